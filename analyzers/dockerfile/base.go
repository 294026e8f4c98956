package dockerfile

import (
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

const containerInstead = "Keep the service in a container or elsewhere, and give the others its address."

// runtime is a family of base images.
type runtime struct {
	// kind is the Kind of a model.Entry whose program runs on it; empty when it shows only in the image's name.
	kind, title string
	images      []string
	// severity of a service that runs on it, and what can be done.
	severity model.Severity
	instead  string
}

// runtimes are the known families, the ones for Workers first.
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
