package compose

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// bindKind is what a bind mount is for. Docker does not know; what lies in the folder tells.
type bindKind int

const (
	bindOfSource bindKind = iota // the program's own code, mounted over the image's for development
	bindOfConfig                 // one file
	bindOfData                   // a folder that the program keeps files in
	bindOfHost                   // something of the host outside of the repository
)

// bindKindOf tells what a bind mount is for.
func bindKindOf(tree *source.Tree, s *model.Service, m model.Mount) bindKind {
	switch {
	case strings.HasPrefix(m.Source, "/"), strings.HasPrefix(m.Source, "~"), strings.HasPrefix(m.Source, ".."), strings.Contains(m.Source, ":"):
		return bindOfHost
	case tree.IsFile(m.Source):
		return bindOfConfig
	case holdsCode(tree, s, m.Source):
		return bindOfSource
	case !tree.IsDir(m.Source) && path.Ext(m.Source) != "":
		return bindOfConfig // a file that the repository does not hold
	}
	return bindOfData
}

// holdsCode tells whether a folder holds code of the service: a module that ships, a manifest, or source text at its top.
func holdsCode(tree *source.Tree, s *model.Service, dir string) bool {
	inside := func(file string) bool { return dir == "." || strings.HasPrefix(file, dir+"/") }
	if s.Ship != nil && slices.ContainsFunc(s.Ship.Modules, func(m model.ShippedModule) bool { return inside(m.Source) }) {
		return true
	}
	for _, entry := range tree.List(dir) {
		name := entry.Name()
		if slices.Contains([]string{"package.json", "Dockerfile", "tsconfig.json", "index.html"}, name) {
			return true
		}
		if slices.Contains([]string{".js", ".cjs", ".mjs", ".jsx", ".ts", ".tsx", ".py", ".go", ".php", ".rb", ".java", ".html", ".css"}, path.Ext(name)) {
			return true
		}
	}
	return false
}

// eachBind calls report for the bind mounts of one kind.
func eachBind(p *analysis.ServicePass, kind bindKind, report func(m model.Mount)) {
	for _, m := range p.Service.Mounts {
		if m.Type == "bind" && !isEngineSocket(m.Source) && bindKindOf(p.Tree, p.Service, m) == kind {
			report(m)
		}
	}
}

func bindSource() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-bind-source", Category: model.CategoryFS, Severity: model.Info,
		Title:  "Source code mounted over the image",
		What:   "A bind mount of a folder with the project's own code.",
		Why:    "Such mounts are for development: the container sees edits at once. convert lays the folder over the image's files, so that the Worker runs the same code.",
		Remedy: "`wrangler dev` watches the service's app/ folder. A mount that only development wants belongs into compose.override.yaml.",
		Bad: `-- compose.yaml --
services:
  api:
    build: .
    volumes: ["./src:/app/src"]
-- src/app.js --
console.log("ready");
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			eachBind(p, bindOfSource, func(m model.Mount) {
				if !becomesWorker(p.Service) {
					return
				}
				p.Report(m.Span, fmt.Sprintf("The code in %s is mounted at %s; it is laid over the image's files", m.Source, m.Target),
					"Edit the copy in app/ after the move; `wrangler dev` watches it.")
			})
		},
	}
}

func bindConfig() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-bind-config", Category: model.CategoryFS, Severity: model.Info,
		Title:  "Single file mounted",
		What:   "A bind mount of one file, as configuration files are.",
		Why:    "The file's text as it is now becomes part of the Worker. Editing it on a host changes nothing any more.",
		Remedy: "Deploy again after editing the file. A file that holds credentials belongs into `secrets`. A file that is not in the repository has to be added.",
		Bad: `-- compose.yaml --
services:
  api:
    build: .
    volumes: ["./settings.json:/app/settings.json:ro"]
-- settings.json --
{}
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			eachBind(p, bindOfConfig, func(m model.Mount) {
				if !becomesWorker(p.Service) {
					return
				}
				if !p.Tree.IsFile(m.Source) {
					p.Report(m.Span, fmt.Sprintf("The file %s is mounted at %s but is not in the repository, so the Worker will not have it", m.Source, m.Target),
						"Add the file, or an example of it, before converting.", model.Need{Kind: model.NeedFiles, Detail: m.Target}).Severity = model.Major
					return
				}
				p.Report(m.Span, fmt.Sprintf("The file %s is mounted at %s; its text becomes part of the Worker", m.Source, m.Target),
					"Deploy again after editing the file.", model.Need{Kind: model.NeedFiles, Detail: m.Target})
			})
		},
	}
}

func bindData() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-bind-data", Category: model.CategoryFS, Severity: model.Minor,
		Title: "Data folder mounted",
		What:  "A bind mount of a folder that holds no code: where a service keeps files on the host.",
		Why: "No disk of a host is behind a Worker. The files that the app writes there are kept in its Durable Object's storage instead; nobody finds " +
			"them in the folder any more. Files that are in the repository today come along, others do not.",
		Remedy: "Copy by hand what the folder holds outside of the repository. Files that people or other programs fetch belong into R2.",
		Bad: `services:
  api:
    build: .
    volumes: ["./data:/app/data"]
`,
		Good: `services:
  api:
    build: .
`,
		Since: checked,
		Links: []string{objectLimits, "https://developers.cloudflare.com/r2/"},
		CheckService: func(p *analysis.ServicePass) {
			eachBind(p, bindOfData, func(m model.Mount) {
				if !becomesWorker(p.Service) {
					p.Report(m.Span, fmt.Sprintf("The folder %s belongs to a service that does not become a Worker (%s); it is not moved", m.Source, m.Target),
						"Move data with the server's own dump and restore; run initial scripts against what takes the server's place.").Severity = model.Info
					return
				}
				f := p.Report(m.Span, fmt.Sprintf("The folder %s is mounted at %s; what the app writes there is kept in a Durable Object's storage, not in the folder", m.Source, m.Target),
					"Copy by hand what it holds outside of the repository.", model.Need{Kind: model.NeedDisk, Detail: m.Target})
				if m.ReadOnly {
					f.Severity = model.Info
					f.Message = fmt.Sprintf("The folder %s is mounted read-only at %s; its files become part of the Worker", m.Source, m.Target)
					f.Remedy = "Deploy again after changing the files."
					f.Needs = []model.Need{{Kind: model.NeedFiles, Detail: m.Target}}
				}
			})
		},
	}
}

func bindHost() *analysis.Rule {
	return &analysis.Rule{
		Name: "compose-bind-host", Category: model.CategoryFS, Severity: model.Major,
		Title: "Folder of the host mounted",
		What:  "A bind mount of an absolute path, of the home directory or of a folder outside of the project.",
		Why: "What lies there is not in the repository, so it cannot be taken along, and a Worker has no host. The time zone and certificates, which are " +
			"often mounted this way, exist without it.",
		Remedy: "Move what the service needs into the repository or into R2, and credentials into secrets.",
		Bad: `services:
  api:
    build: .
    volumes: ["/srv/media:/app/media"]
`,
		Good: `services:
  api:
    build: .
    volumes: ["/etc/localtime:/etc/localtime:ro"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			eachBind(p, bindOfHost, func(m model.Mount) {
				if slices.ContainsFunc([]string{"/etc/localtime", "/etc/timezone", "/etc/ssl/certs", "/usr/share/ca-certificates"}, func(known string) bool {
					return m.Source == known || strings.HasPrefix(m.Source, known+"/")
				}) {
					return // a Worker has certificates of its own and runs in UTC; the rule about TZ is node's
				}
				if !becomesWorker(p.Service) {
					return
				}
				p.Report(m.Span, fmt.Sprintf("%s of the host is mounted at %s; it is not in the repository and a Worker has no host, so the folder is missing", m.Source, m.Target),
					"Move what the service needs into the repository or into R2.", model.Need{Kind: model.NeedDisk, Detail: m.Target})
			})
		},
	}
}
