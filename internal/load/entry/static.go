package entry

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/load/nodepkg"
)

// site describes what a development server's build makes of a project.
type site struct {
	// output is the folder that the build fills, relative to the package.
	output string
	// tool is the build's command where package.json has no script for it.
	tool string
	// single tells of single-page applications: unknown paths get index.html.
	single bool
}

// siteOf is what the build of a browser project makes by default; ok is false for tools whose projects also run on a server.
func siteOf(name string) (s site, ok bool) {
	switch name {
	case "react-scripts", "craco", "react-app-rewired", "rescripts", "preact":
		return site{output: "build", tool: name + " build", single: true}, true
	case "vite", "rsbuild", "farm", "parcel", "ember", "wmr":
		return site{output: "dist", tool: name + " build", single: true}, true
	case "snowpack":
		return site{output: "build", tool: "snowpack build", single: true}, true
	case "vue-cli-service":
		return site{output: "dist", tool: "vue-cli-service build", single: true}, true
	case "webpack", "webpack-cli", "webpack-dev-server", "webpack-serve", "rspack":
		return site{output: "dist", tool: "webpack --mode production", single: true}, true
	case "ng":
		return site{tool: "ng build", single: true}, true
	case "quasar":
		return site{output: "dist/spa", tool: "quasar build", single: true}, true
	case "ionic":
		return site{output: "www", tool: "ionic build", single: true}, true
	case "gatsby":
		return site{output: "public", tool: "gatsby build"}, true
	case "docusaurus":
		return site{output: "build", tool: "docusaurus build"}, true
	case "storybook", "start-storybook":
		return site{output: "storybook-static", tool: "storybook build"}, true
	case "eleventy":
		return site{output: "_site", tool: "eleventy"}, true
	case "vitepress":
		return site{output: ".vitepress/dist", tool: "vitepress build"}, true
	}
	return site{}, false
}

// rendersOnServer tells of packages whose presence makes a Vite project more than browser code.
func rendersOnServer(manifest *nodepkg.Manifest) bool {
	for _, name := range []string{
		"@sveltejs/kit", "@remix-run/dev", "@remix-run/node", "@react-router/dev", "@tanstack/react-start", "@solidjs/start", "@builder.io/qwik-city",
		"vike", "vite-plugin-ssr", "vinxi", "@analogjs/platform", "@hono/vite-dev-server",
	} {
		if _, ok := manifest.Dependency(name); ok {
			return true
		}
	}
	return false
}

// developed fills in what the project's own build makes of what a development server serves.
func (f *follower) developed(c command, name string, flags []flag, result *found) {
	manifest := f.manifest(c.dir)
	s, ok := siteOf(name)
	if manifest == nil || !ok {
		return
	}
	if rendersOnServer(manifest) {
		result.Problem = "the project is rendered by a framework on the server; its pages are not followed from an entry module"
		return
	}
	dir := manifest.Dir
	result.StaticRoot = absolute(dir, f.output(dir, name, s.output))
	if out := value(flags, "--outDir", "--dist-dir", "--output-path"); out != "" {
		result.StaticRoot = absolute(dir, out)
	}
	result.StaticSPA = s.single
	result.Workdir = dir
	if slices.Contains(result.Args, "preview") && f.imageRuns(func(script string) bool { return strings.Contains(script, "build") }) {
		return
	}
	result.StaticBuild = "npx " + s.tool
	for _, script := range []string{"build", "build:prod", "build:production", "build-prod"} {
		if _, ok := manifest.Script(script); ok {
			result.StaticBuild = f.manager(dir) + " run " + script
			break
		}
	}
}

// manager is the package manager of a project, by its lock file.
func (f *follower) manager(dir string) string {
	for _, at := range nodepkg.Ancestors(dir) {
		for _, lock := range []struct{ file, name string }{
			{"package-lock.json", "npm"}, {"yarn.lock", "yarn"}, {"pnpm-lock.yaml", "pnpm"}, {"bun.lock", "bun"}, {"bun.lockb", "bun"},
		} {
			if f.files.IsFile(path.Join(at, lock.file)) {
				return lock.name
			}
		}
	}
	return "npm"
}

var (
	outDirSetting  = regexp.MustCompile(`\b(?:outDir|outputDir|distDir|dir)\s*:\s*["'` + "`" + `]([^"'` + "`" + `$]+)["'` + "`" + `]`)
	outputPathCall = regexp.MustCompile(`\bpath\s*:\s*(?:path\.)?(?:resolve|join)\(\s*__dirname\s*,\s*["']([^"']+)["']`)
	caddyRoot      = regexp.MustCompile(`(?m)^\s*root\s+(?:\*\s+)?(\S+)`)
)

// output is the folder that the build's configuration names, or the tool's usual one.
func (f *follower) output(dir, name, usual string) string {
	if name == "ng" {
		return f.angularOutput(dir)
	}
	for _, file := range f.files.List(dir) {
		stem, _, _ := strings.Cut(file, ".")
		if !slices.Contains([]string{"vite", "vue", "webpack", "rsbuild", "rspack", "quasar"}, stem) || !isModuleName(file) {
			continue
		}
		text, err := f.files.Read(path.Join(dir, file))
		if err != nil {
			continue
		}
		for _, setting := range []*regexp.Regexp{outDirSetting, outputPathCall} {
			if match := setting.FindSubmatch(text); match != nil {
				return string(match[1])
			}
		}
	}
	return usual
}

// angularOutput reads angular.json: the output path of the default project, with the folder of its browser half.
func (f *follower) angularOutput(dir string) string {
	config := f.readJSON(path.Join(dir, "angular.json"))
	projects := config.Get("projects").Fields()
	if len(projects) == 0 {
		return "dist"
	}
	chosen := projects[0]
	for _, project := range projects {
		if project.Name == config.Get("defaultProject").Text() {
			chosen = project
		}
	}
	target := chosen.Value.Get("architect", "build")
	if !target.Exists() {
		target = chosen.Value.Get("targets", "build")
	}
	out := target.Get("options", "outputPath")
	base := out.Text()
	if out.IsObject() {
		base = out.Get("base").Text()
	}
	if base == "" {
		base = "dist/" + chosen.Name
	}
	if builder := target.Get("builder").Text(); strings.HasSuffix(builder, ":application") {
		browser := "browser"
		if out.Get("browser").IsString() {
			browser = out.Get("browser").Text()
		}
		base = path.Join(base, browser)
	}
	return base
}

// served fills in the folder that a static file server serves.
func (f *follower) served(c command, result *found) {
	flags, operands := scattered(c.args(), "-l", "--listen", "-p", "--port", "-c", "--config", "-a", "-d", "--root", "-r", "--adapter", "-P", "--proxy", "-e", "--ext", "-H", "--host")
	folder := ""
	if len(operands) > 0 {
		folder = operands[len(operands)-1]
	}
	switch name := c.name(); name {
	case "caddy":
		f.caddy(c, flags, result)
		return
	case "httpd", "httpd-foreground", "apache2", "apache2ctl", "apachectl":
		result.StaticRoot = "/usr/local/apache2/htdocs"
		if name != "httpd" && name != "httpd-foreground" {
			result.StaticRoot = "/var/www/html"
		}
		return
	case "static-web-server":
		folder = value(flags, "-d", "--root")
		if folder == "" {
			folder = c.env["SERVER_ROOT"]
		}
		if folder == "" {
			folder = "/public"
		}
	case "http-server":
		if folder == "" && (f.files.IsDir(path.Join(c.dir, "public"))) {
			folder = "public"
		}
	case "serve", "sirv", "servor", "superstatic", "pushstate-server", "spa-http-server", "angular-http-server":
		result.StaticSPA = has(flags, "-s", "--single", "--spa") || name == "pushstate-server" || name == "spa-http-server" || name == "angular-http-server"
	}
	result.StaticRoot = absolute(c.dir, folder)
}

// caddy reads the Caddyfile: what only serves files is static, the rest is not translated.
func (f *follower) caddy(c command, flags []flag, result *found) {
	if root := value(flags, "-r", "--root"); root != "" {
		result.StaticRoot = absolute(c.dir, root)
		return
	}
	name := value(flags, "-c", "--config")
	if name == "" {
		name = "Caddyfile"
	}
	result.StaticRoot = "/usr/share/caddy"
	text, err := f.files.Read(absolute(c.dir, name))
	if err != nil {
		return
	}
	if match := caddyRoot.FindSubmatch(text); match != nil {
		result.StaticRoot = absolute(c.dir, string(match[1]))
	}
	result.StaticSPA = regexp.MustCompile(`try_files\s+.*index\.html`).Match(text)
	for _, word := range []string{"reverse_proxy", "php_fastcgi", "forward_auth", "templates"} {
		if regexp.MustCompile(`(?m)^\s*` + word + `\b`).Match(text) {
			result.Kind, result.StaticRoot, result.StaticSPA = "binary", "", false
			result.Problem = "Caddy does more than serving files here (" + word + "), which is not translated"
		}
	}
}
