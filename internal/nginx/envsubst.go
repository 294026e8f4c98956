package nginx

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// The variables that steer the official image's template script (docker-entrypoint.d/20-envsubst-on-templates.sh), with its
// own defaults.
const (
	templateDirVar    = "NGINX_ENVSUBST_TEMPLATE_DIR"
	templateSuffixVar = "NGINX_ENVSUBST_TEMPLATE_SUFFIX"
	templateOutputVar = "NGINX_ENVSUBST_OUTPUT_DIR"
	templateFilterVar = "NGINX_ENVSUBST_FILTER"
)

// SecretVariable is the prefix of the gateway variables that stand for secrets of the environment: ${secret_NAME} is read
// from the variable NAME when a request comes.
const SecretVariable = "secret_"

// fillTemplates does what the official image does before nginx starts: every template is filled from the environment and
// written to the output folder, where it takes the place of a file of the same name.
func (in *input) fillTemplates() {
	get := func(name, otherwise string) string {
		if v := in.img.Env[name]; v != "" {
			return v
		}
		return otherwise
	}
	dir := path.Clean(get(templateDirVar, "/etc/nginx/templates"))
	suffix := get(templateSuffixVar, ".template")
	output := get(templateOutputVar, "/etc/nginx/conf.d")
	names := in.templateNames(get(templateFilterVar, ""), path.Join(dir, "*"))

	root := strings.TrimPrefix(dir, "/")
	// A folder that is not there has no templates; WalkDir then calls back with the error once.
	_ = fs.WalkDir(in.img.Files, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, suffix) {
			return nil
		}
		content, err := fs.ReadFile(in.img.Files, name)
		if err != nil {
			in.problem(Invalid, "", "the template cannot be read", in.place("/"+name, 1, ""))
			return nil
		}
		target := path.Join(output, strings.TrimSuffix(strings.TrimPrefix(name, root+"/"), suffix))
		in.made[target] = newText(in.sourceOf("/"+name), Envsubst(string(content), in.values(names)))
		return nil
	})
}

// templateNames are the variables that templates may use: those of the environment whose names match the filter.
func (in *input) templateNames(filter, templates string) []string {
	re, err := regexp.Compile(filter)
	if err != nil {
		in.problem(Invalid, "", templateFilterVar+" is not a regular expression: "+filter, in.place(templates, 1, ""))
		return nil
	}
	var names []string
	for name := range in.img.Env {
		if re.MatchString(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// values are the texts to fill in. A secret's value is replaced by a variable of the gateway.
func (in *input) values(names []string) map[string]string {
	values := map[string]string{}
	for _, name := range names {
		values[name] = in.img.Env[name]
		if in.img.Secret != nil && in.img.Secret(name) {
			values[name] = "${" + SecretVariable + name + "}"
		}
	}
	return values
}

var shellVariable = regexp.MustCompile(`\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))`)

// Envsubst replaces $NAME and ${NAME} for the names in values and leaves all others as they are, which is how nginx's own
// variables survive. It is envsubst of GNU gettext called with a list of names.
func Envsubst(content string, values map[string]string) string {
	return shellVariable.ReplaceAllStringFunc(content, func(match string) string {
		name := strings.Trim(match, "${}")
		if value, ok := values[name]; ok {
			return value
		}
		return match
	})
}
