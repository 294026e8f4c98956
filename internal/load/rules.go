package load

import (
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

// Rules are the rules that loading reports, sorted by name, for the catalogue. Their findings say what could not be read or had to
// be assumed; what the app does that Workers do differently is for the rules of analyzers/.
func Rules() []model.RuleInfo {
	rules := slices.Concat(composeRules(), dockerfileRules(), nginxRules())
	slices.SortFunc(rules, func(a, b model.RuleInfo) int { return strings.Compare(a.Name, b.Name) })
	return rules
}

// checked is when the claims below were last compared with Docker's documentation.
const checked = "2026-11-21"

// composeRules are about Compose files and what they name.
func composeRules() []model.RuleInfo {
	return []model.RuleInfo{
		{
			Name: "compose-invalid-yaml", Category: model.CategoryCompose, Severity: model.Major,
			Title:   "Compose file is not valid YAML",
			What:    "A part of a Compose file that a YAML parser refuses: an unclosed quote, wrong indentation, tabs, an alias without its anchor.",
			Why:     "Docker Compose refuses the whole file. What stands in the broken part cannot be read, so a service or a setting may be missing from the audit and from the conversion.",
			Remedy:  "Correct the line; the rest of the file has been read.",
			Example: "compose.yaml",
			Bad: `services:
  web:
    image: nginx
    environment: {A: 1
  db:
    image: postgres:16
`,
			Good: `services:
  web:
    image: nginx
    environment: {A: 1}
  db:
    image: postgres:16
`,
			Since: checked,
		},
		{
			Name: "compose-duplicate-key", Category: model.CategoryCompose, Severity: model.Minor,
			Title:   "Key that stands twice in a Compose file",
			What:    "The same key twice in one mapping.",
			Why:     "Docker Compose refuses the file, older versions took the last value. Here the last one is taken; the other is most likely a mistake.",
			Remedy:  "Remove the one that is not meant.",
			Example: "compose.yaml",
			Bad: `services:
  web:
    image: nginx:1.26
    image: nginx:1.27
`,
			Good: `services:
  web:
    image: nginx:1.27
`,
			Since: checked,
		},
		{
			Name: "compose-invalid-value", Category: model.CategoryCompose, Severity: model.Major,
			Title:   "Value that Compose does not accept",
			What:    "A value of the wrong type or form: a port that is no port, a service that is no mapping, an `extends` that leads in a circle.",
			Why:     "Docker Compose refuses the file. The value is left out, so what it was meant to do is missing from the conversion.",
			Remedy:  "Correct the value.",
			Example: "compose.yaml",
			Bad: `services:
  web:
    image: nginx
    ports:
      - "80:http"
`,
			Good: `services:
  web:
    image: nginx
    ports:
      - "80:80"
`,
			Since: checked,
		},
		{
			Name: "compose-invalid-interpolation", Category: model.CategoryCompose, Severity: model.Minor,
			Title:   "Interpolation that is not a variable",
			What:    "A `${` in a value that is not followed by a variable's name and a closing brace.",
			Why:     "Docker Compose reads `${` as the start of a variable and refuses what is none. Here the text is kept as it stands.",
			Remedy:  "Write `$$` for a dollar sign.",
			Example: "compose.yaml",
			Bad: `services:
  web:
    image: nginx
    command: echo ${1}
`,
			Good: `services:
  web:
    image: nginx
    command: echo $${1}
`,
			Since: checked,
		},
		{
			Name: "compose-missing-variable", Category: model.CategoryCompose, Severity: model.Minor,
			Title:   "Variable without a value",
			What:    "A `${NAME}` in a Compose file that has no default, and neither `.env` nor the caller's environment sets it.",
			Why:     "Docker Compose warns and takes an empty text. The conversion does the same, and so may configure a service wrongly.",
			Remedy:  "Set the variable in `.env` or give it a default: `${NAME:-value}`.",
			Example: "compose.yaml",
			Bad: `services:
  web:
    image: nginx:${NGINX_TAG}
`,
			Good: `services:
  web:
    image: nginx:${NGINX_TAG:-1.27}
`,
			Since: checked,
		},
		{
			Name: "compose-required-variable", Category: model.CategoryCompose, Severity: model.Major,
			Title:   "Required variable without a value",
			What:    "A `${NAME:?message}` whose variable nothing sets.",
			Why:     "Docker Compose stops with the message. Here an empty value is taken so that the rest can be read.",
			Remedy:  "Set the variable in `.env` or in the environment of the command.",
			Example: "compose.yaml",
			Bad: `services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${DB_PASSWORD:?set it in .env}
`,
			Good: `services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${DB_PASSWORD:-}
`,
			Since: checked,
		},
		{
			Name: "compose-env-file-missing", Category: model.CategoryCompose, Severity: model.Major,
			Title:   "Env file that does not exist",
			What:    "A service names an `env_file` that is not in the repository, and there is no example of it either.",
			Why:     "The variables that the app needs are not known, so the conversion can neither declare them nor ask for secrets.",
			Remedy:  "Put an example beside it (`.env.example`) with the names and without the secret values.",
			Example: "compose.yaml",
			Bad: `services:
  web:
    image: nginx
    env_file: web.env
`,
			Good: `services:
  web:
    image: nginx
    environment:
      A: "1"
`,
			Since: checked,
		},
		{
			Name: "compose-env-file-template", Category: model.CategoryCompose, Severity: model.Info,
			Title:   "Example file read in place of an env file",
			What:    "An env file is not in the repository, but an example of it is (`.env.example`, `env.sample`, `.env.dist`); its variables are taken.",
			Why:     "Env files with secrets are rightly kept out of repositories. The example tells the names; its values are only examples.",
			Remedy:  "Nothing, if the example is complete. Secrets are asked for by name and never copied.",
			Example: "compose.yaml",
			Bad: `-- compose.yaml --
services:
  web:
    image: nginx
    env_file: web.env
-- web.env.example --
A=1
`,
			Good: `-- compose.yaml --
services:
  web:
    image: nginx
    env_file: web.env
-- web.env --
A=1
`,
			Since: checked,
		},
		{
			Name: "compose-env-file-syntax", Category: model.CategoryCompose, Severity: model.Minor,
			Title:   "Line of an env file that cannot be read",
			What:    "A line that is not `NAME=value`.",
			Why:     "Docker Compose refuses the file. Here the line is left out and the others are read.",
			Remedy:  "Correct or remove the line.",
			Example: "compose.yaml",
			Bad: `-- compose.yaml --
services:
  web:
    image: nginx
    env_file: web.env
-- web.env --
A B=1
`,
			Good: `-- compose.yaml --
services:
  web:
    image: nginx
    env_file: web.env
-- web.env --
A_B=1
`,
			Since: checked,
		},
		{
			Name: "compose-unknown-key", Category: model.CategoryCompose, Severity: model.Minor,
			Title:   "Key that Compose does not know",
			What:    "A key that the Compose specification does not have.",
			Why:     "Docker Compose refuses the file. Mostly it is a misspelling, and then the setting that was meant is missing.",
			Remedy:  "Correct the name, or begin it with `x-` if it is for another tool.",
			Example: "compose.yaml",
			Bad: `services:
  web:
    image: nginx
    enviroment:
      A: "1"
`,
			Good: `services:
  web:
    image: nginx
    environment:
      A: "1"
`,
			Since: checked,
		},
		{
			Name: "compose-undefined-reference", Category: model.CategoryCompose, Severity: model.Major,
			Title:   "Reference to something that is not defined",
			What:    "A service names a volume, network, secret, config or other service that no file defines.",
			Why:     "Docker Compose refuses the project. Here the reference is kept as it is; nothing can be connected to it.",
			Remedy:  "Define it at the top level, or correct the name.",
			Example: "compose.yaml",
			Bad: `services:
  web:
    image: nginx
    depends_on: [api]
`,
			Good: `services:
  web:
    image: nginx
    depends_on: [api]
  api:
    image: nginx
`,
			Since: checked,
		},
		{
			Name: "compose-file-missing", Category: model.CategoryCompose, Severity: model.Major,
			Title:   "Compose file that cannot be read",
			What:    "A file that `include`, `extends` or `COMPOSE_FILE` names does not exist or is on another machine.",
			Why:     "Its services and settings are missing from the audit and from the conversion.",
			Remedy:  "Correct the path, or put the file there.",
			Example: "compose.yaml",
			Bad: `include:
  - other/compose.yaml
services:
  web:
    image: nginx
`,
			Good: `services:
  web:
    image: nginx
`,
			Since: checked,
		},
		{
			Name: "compose-legacy-format", Category: model.CategoryCompose, Severity: model.Minor,
			Title:   "Compose file of the first format",
			What:    "Services stand at the top level of the file, without `services:`.",
			Why:     "Docker Compose no longer reads this format of 2014. It is read here as if the services stood where they do today.",
			Remedy:  "Put the services under `services:`.",
			Example: "compose.yaml",
			Bad: `web:
  image: nginx
`,
			Good: `services:
  web:
    image: nginx
`,
			Since: checked,
		},
		{
			Name: "compose-ambiguous-files", Category: model.CategoryCompose, Severity: model.Info,
			Title:   "Compose file chosen or passed over",
			What:    "A folder has several Compose files, or only one with a name that Compose does not look for.",
			Why:     "Which files make up the app is a matter of the command line (`docker compose -f …`), which is not in the repository. The choice is said so that it can be corrected.",
			Remedy:  "Name the file to read: `dock2edge audit path/to/compose.prod.yaml`, or list the files in `COMPOSE_FILE` in `.env`.",
			Example: "compose.yaml",
			Bad: `-- compose.prod.yaml --
services:
  web:
    image: nginx
`,
			Good: `-- compose.yaml --
services:
  web:
    image: nginx
`,
			Since: checked,
		},
		{
			Name: "compose-no-services", Category: model.CategoryCompose, Severity: model.Major,
			Title:   "Compose file without services",
			What:    "A Compose file from which no service could be read: it is empty, or all that it holds is broken.",
			Why:     "There is nothing to audit or to convert.",
			Remedy:  "Add services, or remove the file.",
			Example: "compose.yaml",
			Bad: `volumes:
  data:
`,
			Good: `services:
  web:
    image: nginx
`,
			Since: checked,
		},
		{
			Name: "compose-no-image", Category: model.CategoryCompose, Severity: model.Major,
			Title:   "Service that has neither image nor build",
			What:    "A service without `image` and without `build`.",
			Why:     "Docker Compose refuses the project. What the service runs is not known, so nothing can be converted.",
			Remedy:  "Give it an image or a build, or remove it.",
			Example: "compose.yaml",
			Bad: `services:
  web:
    ports: ["80:80"]
`,
			Good: `services:
  web:
    image: nginx
    ports: ["80:80"]
`,
			Since: checked,
		},
	}
}
