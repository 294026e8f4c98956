package dockerfile

import (
	"fmt"
	"path"
	"slices"
	"strings"

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

// runtime is a family of base images.
type runtime struct {
	// kind is the Kind of a model.Entry whose program runs on it; empty when it shows only in the image's name.
	kind, title string
	images      []string
	// severity of a service that runs on it, and what can be done.
	severity model.Severity
	instead  string
}

const containerInstead = "Keep the service in a container or elsewhere, and give the others its address."

func runtimes() []runtime {
	const notYet = "dock2edge does not convert it yet: keep the service in a container or elsewhere, or move it by hand."
	return []runtime{
		{"", "Node.js", []string{"node", "bitnami/node", "distroless/nodejs", "chainguard/node", "cimg/node", "ubi9/nodejs", "ubi8/nodejs", "lambda/nodejs", "hardened/node"}, model.Info, "Nothing is to be done."},
		{"", "a web server", []string{"nginx", "nginxinc/nginx-unprivileged", "bitnami/nginx", "openresty/openresty", "httpd", "caddy", "busybox"}, model.Info, "Nothing is to be done."},
		{"", "Bun", []string{"oven/bun"}, model.Major, "Run the app with Node.js; what only Bun offers (Bun.serve, bun:sqlite) has to be replaced."},
		{"deno", "Deno", []string{"denoland/deno"}, model.Major, "Run the app with Node.js; what only Deno offers has to be replaced."},
		{"python", "Python", []string{"python", "tiangolo/uvicorn-gunicorn", "tiangolo/uvicorn-gunicorn-fastapi", "bitnami/python"}, model.Blocker, notYet},
		{"go", "Go", []string{"golang"}, model.Blocker, notYet},
		{"rust", "Rust", []string{"rust"}, model.Blocker, notYet},
		{"java", "Java", []string{"openjdk", "eclipse-temurin", "amazoncorretto", "maven", "gradle", "tomcat", "jetty", "distroless/java", "bellsoft/liberica-openjdk-alpine", "ibm-semeru-runtimes"}, model.Blocker, containerInstead},
		{"dotnet", ".NET", []string{"dotnet/aspnet", "dotnet/runtime", "dotnet/sdk", "dotnet/core/aspnet", "dotnet/core/sdk", "dotnet/core/runtime", "dotnet/runtime-deps"}, model.Blocker, containerInstead},
		{"php", "PHP", []string{"php", "wordpress", "composer", "webdevops/php-nginx"}, model.Blocker, containerInstead},
		{"ruby", "Ruby", []string{"ruby", "jruby"}, model.Blocker, containerInstead},
		{"elixir", "Elixir or Erlang", []string{"elixir", "erlang"}, model.Blocker, containerInstead},
		{"perl", "Perl", []string{"perl"}, model.Blocker, containerInstead},
		{"", "Swift", []string{"swift"}, model.Blocker, containerInstead},
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

// baseOf is the image of a registry that the service's image is built on, or is.
func baseOf(s *model.Service) string {
	if stage := rootStage(s); stage != nil {
		return stage.Base
	}
	return s.ImageRef
}

// because adds what is known of the reason.
func because(message, problem string) string {
	if problem == "" {
		return message
	}
	return message + ": " + strings.TrimSuffix(problem, ".")
}

// runtimeOf is the runtime that a kind of program needs, else the one that the base image is known to bring.
func runtimeOf(kind, base string) (runtime, bool) {
	repository := repositoryOf(base)
	for _, r := range runtimes() {
		if r.kind != "" && r.kind == kind {
			return r, true
		}
	}
	for _, r := range runtimes() {
		if slices.ContainsFunc(r.images, func(image string) bool { return matchesImage(image, repository) }) {
			return r, true
		}
	}
	return runtime{}, false
}

// repositoryOf is an image reference without registry, tag and digest, in lower case: "library/node:22" is "node",
// "gcr.io/distroless/nodejs22-debian12" is "distroless/nodejs22-debian12".
func repositoryOf(ref string) string {
	ref, _, _ = strings.Cut(strings.ToLower(ref), "@")
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		ref = ref[:i]
	}
	if first, rest, ok := strings.Cut(ref, "/"); ok && strings.ContainsAny(first, ".:") || first == "localhost" {
		ref = rest
	}
	return strings.TrimPrefix(ref, "library/")
}

// matchesImage compares the end of a repository: mirrors put folders in front. Distroless images carry versions in their names.
func matchesImage(image, repository string) bool {
	if strings.Contains(image, "distroless/") {
		return strings.HasPrefix(repository, image) || strings.Contains(repository, "/"+image)
	}
	if image == repository {
		return true
	}
	return strings.Contains(image, "/") && strings.HasSuffix(repository, "/"+image) ||
		!strings.Contains(image, "/") && path.Base(repository) == image && slices.Contains([]string{"docker", "mirror", "dockerhub", "library", "proxy", "public"}, path.Base(path.Dir(repository)))
}

func baseUnpinned() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-base-unpinned", Category: model.CategoryDockerfile, Severity: model.Info,
		Title:  "Base image without a version",
		What:   "`FROM` with no tag, or with the tag `latest`, in a stage that the service needs.",
		Why:    "The base image of a Node.js service is not used any more: packages are installed by the Node.js of the machine that builds, and the app runs on workerd, whose behaviour the compatibility date fixes.",
		Remedy: "Nothing is to be done for the move. Name the version that the app is tested with in `engines` of package.json.",
		Bad: `FROM node
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		Links: []string{"https://developers.cloudflare.com/workers/configuration/compatibility-dates/"},
		CheckService: func(p *analysis.ServicePass) {
			for _, stage := range neededStages(p.Service) {
				if stage.BaseStage == nil && stage.Base != "scratch" && stage.Base != "" && !pinned(stage.Base) {
					p.Report(stage.Span, fmt.Sprintf("The base image %s has no version; after the move the compatibility date says what the app runs on", stage.Base),
						"Name the Node.js version that the app is tested with in package.json.")
				}
			}
		},
	}
}

func pinned(ref string) bool {
	if strings.Contains(ref, "@") {
		return true
	}
	i := strings.LastIndexByte(ref, ':')
	return i > strings.LastIndexByte(ref, '/') && ref[i+1:] != "latest" && ref[i+1:] != ""
}
