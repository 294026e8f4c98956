package dockerfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func runProgram() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-run", Category: model.CategoryDockerfile, Severity: model.Minor,
		Title: "RUN step with a program of the image",
		What:  "RUN instructions that start programs other than package managers and build tools of JavaScript, and other than commands that only set up the system.",
		Why: "The emitted build replays such a step on the machine that builds. There the program has to be installed, in a version that does the same; " +
			"inside Docker the image brought it.",
		Remedy: "Install the program where the Worker is built (Workers Builds: see its build image), or do the step with an npm package.",
		Bad: `FROM node:22
COPY . .
RUN hugo --minify
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
RUN npm ci && npm run build
CMD ["node", "app.js"]
`,
		Since:        checked,
		Links:        []string{"https://developers.cloudflare.com/workers/ci-cd/builds/build-image/"},
		CheckService: checkRunProgram,
	}
}

func checkRunProgram(p *analysis.ServicePass) {
	each(neededStages(p.Service), "RUN", func(_ *model.Stage, i *model.Instruction) {
		var names []string
		for _, c := range commandsOf(i) {
			if !replayable(c) && !slices.Contains(names, c.name()) {
				names = append(names, c.name())
			}
		}
		if len(names) > 0 {
			p.Report(i.Span, fmt.Sprintf("The build runs %s; the emitted build runs it on the machine that builds, where it has to be installed", strings.Join(names, ", ")),
				"Install it where the Worker is built, or do the step with an npm package.")
		}
	})
}

// replayable tells whether a command of RUN is one that every machine with Node.js has, one that only sets up the system
// and is left out, or one of the image's own files.
func replayable(c command) bool {
	name := c.name()
	switch {
	case strings.HasPrefix(c[0], "./"), strings.HasPrefix(c[0], "/"), strings.Contains(c[0], "node_modules/"), strings.HasSuffix(name, ".sh"):
		return true
	case slices.Contains(javascriptTools(), name), slices.Contains(systemTools(), name), slices.Contains(fileTools(), name):
		return true
	}
	return false
}

// javascriptTools come with Node.js or with the project's own packages.
func javascriptTools() []string {
	return []string{
		"node", "npm", "npx", "yarn", "yarnpkg", "pnpm", "pnpx", "corepack", "bun", "bunx", "tsc", "ng", "nest", "vite", "next", "nuxt", "webpack", "rollup", "esbuild",
		"gulp", "grunt", "bower", "lerna", "nx", "turbo", "rush", "prisma", "babel", "swc", "jest", "vitest", "mocha", "eslint", "prettier", "husky", "patch-package",
		"react-scripts", "vue-cli-service", "gatsby", "astro", "svelte-kit", "parcel", "sass", "tailwindcss", "postcss", "strapi", "ember", "tsup", "tsx", "ts-node", "rimraf", "cross-env",
	}
}

// systemTools set up the image's operating system, of which nothing is in an isolate.
func systemTools() []string {
	return []string{
		"apt-get", "apt", "apt-key", "apk", "yum", "dnf", "microdnf", "zypper", "pacman", "dpkg", "rpm", "add-apt-repository", "install_packages", "addgroup", "adduser", "groupadd", "useradd",
		"usermod", "groupmod", "deluser", "userdel", "chown", "chmod", "chgrp", "setcap", "update-ca-certificates", "locale-gen", "ldconfig", "systemctl", "service", "update-alternatives", "dos2unix",
		"curl", "wget", "gpg", "git", "tar", "unzip", "gunzip", "xz", "sha256sum", "dpkg-reconfigure", "debconf-set-selections", "update-rc.d", "crontab", "passwd", "su", "gosu", "pip", "pip3",
	}
}

// fileTools are what every shell has.
func fileTools() []string {
	return []string{
		"sh", "bash", "ash", "cd", "cp", "mv", "rm", "mkdir", "rmdir", "ln", "touch", "cat", "echo", "printf", "ls", "find", "xargs", "sed", "awk", "grep", "sort", "uniq", "head", "tail", "wc", "tr", "cut", "tee",
		"test", "[", "[[", "set", "export", "source", ".", "true", "false", ":", "exit", "env", "which", "command", "type", "uname", "date", "id", "whoami", "pwd", "readlink", "dirname", "basename", "install",
		"sleep", "eval", "umask", "ulimit", "read", "shift", "unset", "alias", "stat", "du", "df", "diff", "nproc", "hostname", "ps", "kill", "if", "return", "trap", "wait", "local", "declare",
	}
}
