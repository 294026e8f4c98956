package dockerfile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

func systemPackage() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-system-package", Category: model.CategoryProcess, Severity: model.Major,
		Title: "System package in the image",
		What: "Packages that `apt`, `apk`, `yum`, `dnf` or `microdnf` install into the final image. Tools that a program starts (ffmpeg, ImageMagick, Chromium, " +
			"Ghostscript, …) are blockers where the shipped code is seen to start them, and major where it is not; the rest is said for the record.",
		Why: "Nothing of the image's operating system exists in an isolate, and no process can be started there: child_process throws " +
			"ERR_METHOD_NOT_IMPLEMENTED.",
		Remedy: "Images: the Images binding. Browsers: Browser Rendering. Video, documents and everything else: a container, or a service elsewhere that is called over HTTP.",
		Bad: `FROM node:22
RUN apt-get update && apt-get install -y ffmpeg
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		Links: []string{
			"https://developers.cloudflare.com/browser-rendering/", "https://developers.cloudflare.com/images/transform-images/bindings/",
			"https://developers.cloudflare.com/containers/",
		},
		CheckService: checkSystemPackage,
	}
}

// idle are tools that images have for building and looking around more often than for the program to start: they are no
// concern unless the code is seen to start them.
func idle(t tool) bool {
	return slices.Contains([]string{"git", "SSH", "curl", "PostgreSQL's client programs", "MySQL's client programs", "archivers", "Python"}, t.title)
}

func checkSystemPackage(p *analysis.ServicePass) {
	started := startedPrograms(p)
	each(finalStages(p.Service), "RUN", func(_ *model.Stage, i *model.Instruction) {
		var rest []string
		for _, name := range installed(i) {
			t, known := toolOf(name)
			span, binary := started.find(t)
			switch {
			case known && binary != "":
				p.Report(i.Span, fmt.Sprintf("The image has %s, and the code starts it at %s:%d; no process can be started in an isolate", t.title, span.File, span.Start.Line),
					"Instead of "+t.title+" use "+t.instead+".", model.Need{Kind: model.NeedNative, Detail: binary}).Severity = model.Blocker
			case known && !idle(t):
				p.Report(i.Span, fmt.Sprintf("The image has %s (%s); if the program starts it, that fails in an isolate", t.title, name),
					"Instead of "+t.title+" use "+t.instead+".")
			default:
				rest = append(rest, name)
			}
		}
		if len(rest) > 0 {
			p.Report(i.Span, fmt.Sprintf("System packages are dropped, an isolate has no operating system: %s", shorten(strings.Join(rest, ", "))),
				"Nothing is to be done unless the program needs one of them when it runs.").Severity = model.Info
		}
	})
}

// toolOf is the tool that a system package brings.
func toolOf(name string) (tool, bool) {
	for _, t := range tools() {
		if slices.Contains(t.packages, name) {
			return t, true
		}
	}
	return tool{}, false
}

// starts are the programs that shipped code starts, by name, and the packages it imports that start programs.
type starts struct {
	programs map[string]source.Span
	packages map[string]source.Span
}

// startedPrograms looks for what the shipped modules start.
func startedPrograms(p *analysis.ServicePass) starts {
	s := starts{programs: map[string]source.Span{}, packages: map[string]source.Span{}}
	for _, m := range p.Modules {
		for i := range m.Calls {
			c := &m.Calls[i]
			if !startsProgram(c.Callee) || c.Arg(0).Kind != syntax.String && c.Arg(0).Kind != syntax.Template {
				continue
			}
			if words := strings.Fields(c.Arg(0).Text); len(words) > 0 {
				if name := path.Base(words[0]); s.programs[name].IsZero() {
					s.programs[name] = c.Span
				}
			}
		}
	}
	if p.Service.Ship != nil {
		for _, imported := range p.Service.Ship.Packages {
			if len(imported.Spans) > 0 {
				s.packages[imported.Name] = imported.Spans[0]
			}
		}
	}
	return s
}

// startsProgram tells whether a call starts the program that its first argument names.
func startsProgram(callee string) bool {
	if strings.HasPrefix(callee, "node:child_process.") {
		return true
	}
	return slices.Contains([]string{"execa", "execa.execa", "execa.execaSync", "execa.execaCommand", "execa.command", "shelljs.exec", "cross-spawn", "cross-spawn.spawn", "cross-spawn.sync"}, callee)
}

// find is the place where a tool is started, and the name it is started by; empty when no such place is seen.
func (s starts) find(t tool) (source.Span, string) {
	for _, name := range t.binaries {
		if span, ok := s.programs[name]; ok {
			return span, name
		}
	}
	for _, name := range t.clients {
		if span, ok := s.packages[name]; ok {
			return span, name
		}
	}
	return source.Span{}, ""
}

// installed are the system packages that a RUN instruction installs, without versions, in the order of the line. Virtual
// groups of apk (-t .build-deps) are removed again by whoever makes them, so they are left out.
func installed(i *model.Instruction) []string {
	var list []string
	for _, c := range commandsOf(i) {
		var names []string
		switch {
		case slices.Contains([]string{"apt-get", "apt", "yum", "dnf", "microdnf", "install_packages", "zypper"}, c.name()):
			names = c.operands()
			if c.name() != "install_packages" {
				at := slices.Index(names, "install")
				if at < 0 {
					continue
				}
				names = names[at+1:]
			}
		case c.name() == "apk" && c.has("add") && !c.has("-t", "--virtual") && !slices.ContainsFunc(c, func(w string) bool { return strings.HasPrefix(w, "--virtual=") }):
			names = slices.DeleteFunc(c.operands(), func(w string) bool { return w == "add" || strings.Contains(w, "://") })
		}
		for _, name := range names {
			name, _, _ = strings.Cut(name, "=")
			name, _, _ = strings.Cut(name, "~")
			name = strings.Trim(name, "<>@")
			if name != "" && !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}
