package dockerfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
)

func addRemote() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-add-remote", Category: model.CategoryDockerfile, Severity: model.Major,
		Title:  "ADD of an address or an archive",
		What:   "`ADD` whose source is an address, a git repository, or an archive that Docker unpacks.",
		Why:    "The emitted build copies files of the repository. It fetches nothing and unpacks nothing, so what the instruction brings is missing.",
		Remedy: "Put the files into the repository, or fetch them in a build script of package.json.",
		Bad: `FROM node:22
ADD https://example.com/geo.json /app/geo.json
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
ADD geo.json /app/geo.json
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(neededStages(p.Service), "ADD", func(_ *model.Stage, i *model.Instruction) {
				for _, from := range i.Sources {
					switch {
					case strings.Contains(from, "://") || strings.HasPrefix(from, "git@"):
						p.Report(i.Span, fmt.Sprintf("ADD fetches %s; the emitted build fetches nothing, so it is missing", shorten(withoutCredentials(from))),
							"Put it into the repository, or fetch it in a build script.")
					case isArchive(from):
						p.Report(i.Span, fmt.Sprintf("ADD unpacks %s; the emitted build copies it as it is", shorten(from)), "Unpack it in a RUN instruction or a build script.")
					}
				}
			})
		},
	}
}

// withoutCredentials takes user and password out of an address.
func withoutCredentials(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	host, path, _ := strings.Cut(rest, "/")
	return scheme + "://" + host[strings.LastIndexByte(host, '@')+1:] + "/" + path
}

func isArchive(name string) bool {
	return slices.ContainsFunc([]string{".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"}, func(end string) bool { return strings.HasSuffix(name, end) })
}

func copyExternal() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-copy-image", Category: model.CategoryDockerfile, Severity: model.Minor,
		Title: "Files copied from another image",
		What:  "`COPY --from` with the name of an image of a registry instead of a stage.",
		Why: "The emitted build has no images to copy from. What is copied this way is mostly a program (a static binary, a package manager), and no program of an " +
			"image runs in an isolate.",
		Remedy: "Package managers come with the machine that builds. Files that the app reads have to be in the repository or in an npm package.",
		Bad: `FROM node:22
COPY --from=busybox:1.36 /bin/busybox /bin/busybox
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22 AS build
WORKDIR /app
COPY . .
FROM node:22
COPY --from=build /app /app
CMD ["node", "/app/app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(neededStages(p.Service), "COPY", func(_ *model.Stage, i *model.Instruction) {
				if i.From != "" && i.FromStage == nil {
					p.Report(i.Span, fmt.Sprintf("Files are copied from the image %s; the emitted build has no images, so %s is missing", i.From, shorten(strings.Join(i.Sources, ", "))),
						"Files that the app reads have to be in the repository or in an npm package.")
				}
			})
		},
	}
}

func download() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-download", Category: model.CategoryDockerfile, Severity: model.Minor,
		Title: "Download in a RUN instruction",
		What:  "`curl`, `wget` or `git clone` in a RUN instruction of a stage that the service needs.",
		Why: "Most downloads bring system software, which an isolate cannot use; they are left out of the emitted build together with what unpacks them. Files " +
			"that the app reads would be missing.",
		Remedy: "Put files that the app reads into the repository or fetch them in a build script of package.json.",
		Bad: `FROM node:22
RUN curl -fsSL https://example.com/model.bin -o /app/model.bin
COPY . .
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(neededStages(p.Service), "RUN", func(_ *model.Stage, i *model.Instruction) {
				for _, c := range commandsOf(i) {
					if c.name() != "curl" && c.name() != "wget" && (c.name() != "git" || !c.has("clone")) {
						continue
					}
					what := "something"
					for _, word := range c.operands() {
						if strings.Contains(word, "://") || strings.HasPrefix(word, "git@") {
							what = withoutCredentials(word)
						}
					}
					p.Report(i.Span, fmt.Sprintf("`%s` fetches %s; the download is left out of the emitted build", c.name(), shorten(what)),
						"If the app reads what it brings, put it into the repository or fetch it in a build script.")
				}
			})
		},
	}
}

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

func buildMount() *analysis.Rule {
	return &analysis.Rule{
		Name: "dockerfile-run-mount", Category: model.CategoryDockerfile, Severity: model.Info,
		Title: "Mount of a RUN instruction",
		What:  "`RUN --mount` with type `secret`, `ssh`, `bind` or `cache`.",
		Why: "The emitted build runs on an ordinary machine without mounts. Caches of package managers are there anyway; secrets, SSH agents and files of other " +
			"stages or images are not where the command looks for them.",
		Remedy: "Give credentials as variables of the environment or in the user's .npmrc; copy files with COPY.",
		Bad: `FROM node:22
COPY . .
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
CMD ["node", "app.js"]
`,
		Good: `FROM node:22
COPY . .
RUN npm ci
CMD ["node", "app.js"]
`,
		Since: checked,
		CheckService: func(p *analysis.ServicePass) {
			each(neededStages(p.Service), "RUN", func(_ *model.Stage, i *model.Instruction) {
				for _, mount := range i.Mounts {
					checkMount(p, i, mount)
				}
			})
		},
	}
}

// checkMount reports one --mount; without a type it is a bind mount.
func checkMount(p *analysis.ServicePass, i *model.Instruction, mount string) {
	options := map[string]string{"type": "bind"}
	for part := range strings.SplitSeq(mount, ",") {
		name, value, _ := strings.Cut(part, "=")
		options[name] = value
	}
	switch options["type"] {
	case "secret":
		p.Report(i.Span, fmt.Sprintf("The build gets the secret %s; the emitted build has it only if the machine that builds does", options["id"]),
			"Give it as a variable of the environment, or in the user's .npmrc.").Severity = model.Minor
	case "ssh":
		p.Report(i.Span, "The build uses an SSH agent; the emitted build uses that of the machine that builds", "Let that machine have access to the repositories.").Severity = model.Minor
	case "bind":
		if options["from"] == "" {
			p.Report(i.Span, fmt.Sprintf("Files of the context are mounted at %s while the step runs; the emitted build looks for them in the stage's own files", options["target"]),
				"Copy them with COPY.").Severity = model.Minor
			return
		}
		p.Report(i.Span, fmt.Sprintf("Files of %s are mounted while the step runs; the emitted build does not have them there", options["from"]), "Copy them with COPY --from.").Severity = model.Minor
	case "cache":
		p.Report(i.Span, "A cache is mounted while the step runs; the emitted build uses the package manager's own", "Nothing is to be done.")
	}
}
