package load

import "github.com/dock2edge/dock2edge/internal/model"

// dockerfileRules are about Dockerfiles and build contexts.
func dockerfileRules() []model.RuleInfo {
	return []model.RuleInfo{
		{
			Name: "build-context-missing", Category: model.CategoryDockerfile, Severity: model.Major,
			Title:   "Build context that does not exist",
			What:    "The folder that a service is built from is not there: a submodule that is not checked out, a folder that is made by another step.",
			Why:     "Nothing of the service's code can be judged or converted.",
			Remedy:  "Check out or make the folder first, or correct the path.",
			Example: "compose.yaml",
			Bad: `services:
  web:
    build: ./not-there
`,
			Good: `services:
  web:
    image: nginx
`,
			Since: checked,
		},
		{
			Name: "build-context-remote", Category: model.CategoryDockerfile, Severity: model.Major,
			Title:   "Build context on another machine",
			What:    "The service is built from a URL or a git repository.",
			Why:     "The audit does not use the network, so nothing of the service's code can be judged or converted.",
			Remedy:  "Clone the repository and name the folder.",
			Example: "compose.yaml",
			Bad: `services:
  web:
    build: https://example.com/web.git
`,
			Good: `services:
  web:
    image: nginx
`,
			Since: checked,
		},
		{
			Name: "build-context-guessed", Category: model.CategoryDockerfile, Severity: model.Info,
			Title:   "Build context guessed",
			What:    "A Dockerfile without Compose copies files that are not beside it but in a folder above.",
			Why:     "The build context is a matter of the command line (`docker build -f docker/Dockerfile .`), which is not in the repository.",
			Remedy:  "Nothing, if the guess is right; else write a Compose file that says it.",
			Example: "Dockerfile",
			Bad: `-- docker/Dockerfile --
FROM node:22
COPY package.json ./
-- package.json --
{}
`,
			Good: `-- Dockerfile --
FROM node:22
COPY package.json ./
-- package.json --
{}
`,
			Since: checked,
		},
		{
			Name: "dockerfile-missing", Category: model.CategoryDockerfile, Severity: model.Major,
			Title:   "Dockerfile that does not exist",
			What:    "A service is built from a folder without the Dockerfile it names.",
			Why:     "What the container runs is not known, so nothing of the service can be converted.",
			Remedy:  "Correct `build.dockerfile`, or write the file.",
			Example: "compose.yaml",
			Bad: `services:
  web:
    build:
      context: .
      dockerfile: not-there.Dockerfile
`,
			Good: `services:
  web:
    image: nginx
`,
			Since: checked,
		},
		{
			Name: "dockerfile-syntax", Category: model.CategoryDockerfile, Severity: model.Major,
			Title:   "Dockerfile line that cannot be read",
			What:    "An instruction that BuildKit refuses: an unknown name, a missing argument, a variable that must have a value and has none.",
			Why:     "The build fails. The other instructions have been read, but the image may lack what this one makes.",
			Remedy:  "Correct the line.",
			Example: "Dockerfile",
			Bad: `FROM node:22
COPPY . .
`,
			Good: `FROM node:22
COPY . .
`,
			Since: checked,
		},
		{
			Name: "dockerfile-target-missing", Category: model.CategoryDockerfile, Severity: model.Major,
			Title:   "Build target that does not exist",
			What:    "`build.target` names a stage that the Dockerfile does not have.",
			Why:     "The build fails. The last stage is taken, which may be another one than is meant.",
			Remedy:  "Correct `build.target`, or name the stage: `FROM node:22 AS name`.",
			Example: "compose.yaml",
			Bad: `-- compose.yaml --
services:
  web:
    build:
      context: .
      target: production
-- Dockerfile --
FROM node:22 AS prod
`,
			Good: `-- compose.yaml --
services:
  web:
    build:
      context: .
      target: prod
-- Dockerfile --
FROM node:22 AS prod
`,
			Since: checked,
		},
		{
			Name: "dockerfile-source-missing", Category: model.CategoryDockerfile, Severity: model.Minor,
			Title:   "COPY of something that the build context lacks",
			What:    "COPY or ADD names a file that is not in the build context, because it is made by an earlier step outside of Docker or because .dockerignore leaves it out.",
			Why:     "The build fails unless something makes the file first, and the conversion cannot copy what is not there.",
			Remedy:  "Make the file before (`npm run build`), let the Dockerfile make it in a stage, or correct the path.",
			Example: "Dockerfile",
			Bad: `FROM node:22
COPY not-there ./
`,
			Good: `FROM node:22
COPY . .
`,
			Since: checked,
		},
		{
			Name: "image-built-here", Category: model.CategoryDockerfile, Severity: model.Info,
			Title:   "Image taken to be built from this repository",
			What:    "A service runs an image whose name is that of a package or folder with a Dockerfile in this repository, and has no `build`.",
			Why:     "Published projects name their image in the Compose file for users and build it elsewhere. The source is here, so it is audited and converted in place of the ready-made image.",
			Remedy:  "Nothing, if it is so; else give the service a `build` section, or keep it outside with `--target SERVICE=external`.",
			Example: "compose.yaml",
			Bad: `-- compose.yaml --
services:
  notes:
    image: ghcr.io/acme/notes:2
-- package.json --
{"name": "notes"}
-- Dockerfile --
FROM node:22
CMD ["node", "index.js"]
`,
			Good: `-- compose.yaml --
services:
  notes:
    image: ghcr.io/acme/notes:2
    build: .
-- package.json --
{"name": "notes"}
-- Dockerfile --
FROM node:22
CMD ["node", "index.js"]
`,
			Since: checked,
		},
		{
			Name: "dockerfile-added", Category: model.CategoryDockerfile, Severity: model.Info,
			Title:   "Dockerfile read as a service",
			What:    "A Dockerfile beside a Compose file that does not build it and runs only ready-made images.",
			Why:     "Such a Compose file mostly starts the databases for development, while the app itself is built from the Dockerfile by other means. Without the app there would be nothing to audit.",
			Remedy:  "Nothing, if the Dockerfile is the app's; else name the Compose file: `dock2edge audit compose.yaml`.",
			Example: "Dockerfile",
			Bad: `-- compose.yaml --
services:
  db:
    image: postgres:16
-- Dockerfile --
FROM node:22
`,
			Good: `-- compose.yaml --
services:
  db:
    image: postgres:16
  app:
    build: .
-- Dockerfile --
FROM node:22
`,
			Since: checked,
		},
		{
			Name: "dockerfile-archive", Category: model.CategoryDockerfile, Severity: model.Minor,
			Title:   "ADD of an archive",
			What:    "ADD unpacks a local archive into the image.",
			Why:     "What is in the archive is not read, so code or files of the app may be missing from the audit and from the conversion.",
			Remedy:  "Unpack the archive in the repository and COPY its files.",
			Example: "Dockerfile",
			Bad: `-- Dockerfile --
FROM node:22
ADD app.tar.gz /app/
-- app.tar.gz --
`,
			Good: `-- Dockerfile --
FROM node:22
COPY app /app
-- app/server.js --
`,
			Since: checked,
		},
		{
			Name: "dockerfile-unused", Category: model.CategoryDockerfile, Severity: model.Info,
			Title:   "Dockerfile that nothing builds",
			What:    "A Dockerfile that no service of the Compose files builds, or a variant of the one that was read.",
			Why:     "It may be for another purpose, or an app that is deployed without Compose. It is said so that nothing is left out in silence.",
			Remedy:  "To convert it, name it: `dock2edge convert path/to/Dockerfile`, or add a service that builds it.",
			Example: "Dockerfile",
			Bad: `-- Dockerfile --
FROM node:22
-- Dockerfile.dev --
FROM node:22
`,
			Good: `-- Dockerfile --
FROM node:22
`,
			Since: checked,
		},
	}
}
