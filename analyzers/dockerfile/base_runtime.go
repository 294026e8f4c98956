package dockerfile

import (
	"fmt"
	"slices"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func baseRuntime() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-base-runtime", Category: model.CategoryNative, Severity: model.Blocker,
		Title: "Runtime of the base image",
		What:  "What the image that the final stage is built on brings to run programs with.",
		Why: "Workers run JavaScript and WebAssembly. A Node.js base is replaced by workerd's own Node.js interface and a web server by assets or a " +
			"gateway. Programs for the JVM, .NET, PHP, Ruby, and native binaries have nothing to run on.",
		Remedy: "Keep the service in a container or elsewhere and give the others its address. Python and Go can run in Workers, but dock2edge does not convert them yet.",
		Bad: `FROM eclipse-temurin:21
COPY app.jar .
CMD ["java", "-jar", "app.jar"]
`,
		Good: `FROM scratch
COPY app.js .
CMD ["node", "app.js"]
`,
		Since:        checked,
		Links:        []string{"https://developers.cloudflare.com/containers/", "https://developers.cloudflare.com/workers/languages/"},
		CheckService: checkBaseRuntime,
	}
}

func checkBaseRuntime(p *analysis.ServicePass) {
	entry, base, span := p.Service.Entry, baseOf(p.Service), p.Service.ImageSpan
	if stage := rootStage(p.Service); stage != nil {
		span = stage.Span
	}
	if entry == nil || base == "" || entry.Kind == "service-image" {
		return
	}
	r, known := runtimeOf(entry.Kind, base)
	switch {
	case slices.Contains([]string{"node", "nginx", "static-server", "dev-server", "framework", "script"}, entry.Kind):
		if known && r.severity == model.Info && p.Service.Image != nil {
			p.Report(span, fmt.Sprintf("%s brings %s; what it does there is done by Workers", base, r.title), r.instead).Severity = model.Info
		}
	case known && r.severity > model.Info:
		p.Report(span, fmt.Sprintf("The service runs on %s (%s); no program for it runs in an isolate as it is", r.title, base),
			r.instead, model.Need{Kind: model.NeedNative, Detail: r.title}).Severity = r.severity
	case p.Service.Image == nil: // compose-unknown-image speaks of it
	case entry.Kind == "binary":
		p.Report(span, because(fmt.Sprintf("The service runs a native program on %s; an isolate runs JavaScript and WebAssembly only", base), entry.Problem),
			containerInstead, model.Need{Kind: model.NeedNative, Detail: "binary"})
	default:
		p.Report(span, because(fmt.Sprintf("What the service runs on %s could not be found out", base), entry.Problem),
			"Say so with ENTRYPOINT or CMD, or keep the service in a container or elsewhere.", model.Need{Kind: model.NeedNative, Detail: "unknown"}).Severity = model.Major
	}
}
