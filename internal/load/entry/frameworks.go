package entry

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/load/nodepkg"
)

// framework follows the commands of web frameworks: those that start the project's own program, those that serve it by a
// program of their own, and development servers of browser code.
func (f *follower) framework(c command) (found, bool) {
	name := c.name()
	verb := ""
	flags, operands := scattered(c.args(), "-p", "--port", "-H", "--host", "--hostname", "--config", "-c", "--mode", "-d", "--debug", "--exec", "-e", "--entryFile", "--sourceRoot", "--path", "--outDir", "--output-path", "--dist-dir")
	if len(operands) > 0 {
		verb = operands[0]
	}
	switch name {
	case "nest":
		if verb != "start" {
			return prepared(c, map[bool]string{true: "build", false: "setup"}[verb == "build"]), true
		}
		app := ""
		if len(operands) > 1 {
			app = operands[1]
		}
		return f.nest(c, app, flags), true
	case "fastify":
		if verb == "start" && len(operands) > 1 {
			return f.module(c, operands[len(operands)-1], nil, nil, preloads(flags)).by("fastify"), true
		}
	case "moleculer-runner", "moleculer-runner-esm":
		result := runs(c, "framework", fmt.Sprintf("%s loads the services itself; they are not followed from an entry module", name))
		return result, true
	case "adonis":
		return f.module(c, "ace.js", operands, nil, nil).by(name), true
	case "sails":
		return f.module(c, "app.js", operands, nil, nil).by(name), true
	}
	if kind, ok := frameworkKind(name, verb); ok {
		if kind == "setup" {
			if verb == "build" || name == "webpack" || name == "webpack-cli" || name == "rspack" || name == "nuxt" && verb == "generate" {
				kind = "build"
			}
			return prepared(c, kind), true
		}
		problem := ""
		if kind == "framework" {
			problem = fmt.Sprintf("%s starts the framework's own server; the project's pages are not followed from an entry module", Quote(c.argv))
		}
		result := runs(c, kind, problem)
		result.Launchers = []string{name}
		if kind == "dev-server" {
			f.developed(c, name, flags, &result)
		}
		return result, true
	}
	return found{}, false
}

// frameworkKind tells what a framework's command does: "framework" serves the project by the framework's own program,
// "dev-server" serves browser code during development, "setup" builds and ends.
func frameworkKind(name, verb string) (string, bool) {
	dev := func(verbs ...string) string {
		if slices.Contains(verbs, verb) {
			return "dev-server"
		}
		return "setup"
	}
	switch name {
	case "next", "nuxt", "nuxi", "remix", "blitz", "redwood", "rw", "gatsby", "astro", "react-router", "solid-start", "vinxi", "qwik", "umi", "ice", "waku":
		switch verb {
		case "dev", "develop", "vite:dev":
			return "dev-server", true
		case "start", "preview", "serve":
			return "framework", true
		case "":
			return map[bool]string{true: "dev-server", false: "setup"}[name == "next" || name == "nuxt" || name == "nuxi"], true
		}
		return "setup", true
	case "remix-serve", "react-router-serve", "strapi", "directus", "medusa", "keystone", "payload", "n8n", "apostrophe", "ghost", "redwood-serve":
		if verb == "build" {
			return "setup", true
		}
		return "framework", true
	case "react-scripts", "craco", "react-app-rewired", "razzle", "rescripts":
		return dev("start"), true
	case "vue-cli-service", "vue", "quasar", "ionic", "ember", "storybook", "start-storybook", "expo", "eleventy", "vitepress", "vuepress", "docusaurus", "slidev":
		return dev("serve", "dev", "start", "s", "ui", ""), true
	case "ng":
		return dev("serve", "s", "dev"), true
	case "vite", "rsbuild", "farm", "wmr", "snowpack", "parcel", "rspack":
		return dev("", "dev", "serve", "start", "preview", "."), true
	case "webpack", "webpack-cli":
		return dev("serve", "s"), true
	case "webpack-dev-server", "webpack-serve", "browser-sync", "budo", "wds", "preact", "stencil", "elm-live", "poi":
		return "dev-server", true
	case "expo-cli", "react-native", "metro":
		return "dev-server", true
	}
	return "", false
}

// nest follows `nest start [app]`: the entry file of the project that nest-cli.json declares.
func (f *follower) nest(c command, app string, flags []flag) found {
	config := f.readJSON(absolute(c.dir, "nest-cli.json"))
	projects := nodepkg.NestProjects(config)
	chosen := projects[0]
	for _, project := range projects {
		if project.Name == app && app != "" || app == "" && project.Default {
			chosen = project
			break
		}
	}
	entry := chosen.Entry
	if given := value(flags, "-e", "--entryFile"); given != "" {
		entry = given
	}
	if exec := value(flags, "--exec"); exec != "" {
		return f.follow(c.with(append(strings.Fields(exec), path.Join(chosen.SourceRoot, entry+".ts"))...)).launched(c, "nest")
	}
	result := f.module(c, path.Join(chosen.SourceRoot, entry), nil, nil, nil)
	if result.Module != "" {
		// The module that runs is the compiled one; its path is that of the standard build.
		built := path.Join("dist", entry+".js")
		if chosen.Name != "" {
			built = path.Join("dist", chosen.Root, entry+".js")
		}
		result.ImageModule = absolute(f.packageDir(c.dir), built)
		result.Built = true
		if !f.nestBuilt() {
			build := step(c, "build")
			build.Text = strings.TrimSpace("npx nest build " + chosen.Name)
			result.Before = append(result.Before, build)
		}
	}
	return result.by("nest")
}

// nestBuilt tells whether the image's build has compiled the project already; `nest start` does it otherwise.
func (f *follower) nestBuilt() bool {
	return f.imageRuns(func(script string) bool {
		return strings.Contains(script, "nest build") || strings.Contains(script, "run build") || strings.Contains(script, "yarn build") || strings.Contains(script, "pnpm build")
	})
}

// imageRuns tells whether a RUN instruction of the stage that runs, or of those it is built on, satisfies a condition.
func (f *follower) imageRuns(condition func(script string) bool) bool {
	if f.service.Image == nil {
		return false
	}
	for stage := f.service.Image.Target; stage != nil; stage = stage.BaseStage {
		for _, in := range stage.Instructions {
			if in.Op == "RUN" && condition(in.Script+strings.Join(in.Argv, " ")) {
				return true
			}
		}
	}
	return false
}

// packageDir is the directory of the package.json in force.
func (f *follower) packageDir(dir string) string {
	if manifest := f.manifest(dir); manifest != nil {
		return manifest.Dir
	}
	return dir
}

// server recognises web servers that need no program of the project's own.
func (f *follower) server(c command) (found, bool) {
	switch name := c.name(); name {
	case "nginx", "nginx-debug", "openresty":
		result := runs(c, "nginx", "")
		// Started without `daemon off;` it goes to the background, unless its configuration says otherwise.
		result.daemon = !strings.Contains(strings.Join(c.args(), " "), "daemon off")
		return result, true
	case "httpd-foreground", "httpd", "apache2", "apache2ctl", "apachectl", "caddy", "lighttpd", "static-web-server", "darkhttpd", "webfsd",
		"serve", "http-server", "live-server", "lite-server", "superstatic", "local-web-server", "ws", "sirv", "spa-http-server", "http-serve",
		"pushstate-server", "static-server", "docsify", "angular-http-server", "servor", "json-server", "thttpd", "mini-httpd", "goStatic", "statik":
		if name == "json-server" {
			return runs(c, "node", "json-server is a program of a package, not of the repository"), true
		}
		result := runs(c, "static-server", "")
		f.served(c, &result)
		return result, true
	}
	return found{}, false
}

// workspaceBin follows a command that a package of the workspace declares, or that node_modules would hold.
func (f *follower) workspaceBin(c command) (found, bool) {
	name := path.Base(c.argv[0])
	if strings.Contains(c.argv[0], "/") && !strings.Contains(c.argv[0], "node_modules/.bin/") {
		return found{}, false
	}
	for _, member := range f.packages.Members(f.packages.WorkspaceRoot(c.dir)) {
		for _, bin := range member.Bin {
			if bin.Name == name {
				return f.module(c, absolute(member.Dir, bin.File), c.args(), nil, nil), true
			}
		}
	}
	manifest := f.manifest(c.dir)
	if dependency, ok := manifest.Dependency(name); ok {
		return runs(c, "node", fmt.Sprintf("%s is a program of the package %s, not of the repository", name, dependency.Name)), true
	}
	return found{}, false
}
