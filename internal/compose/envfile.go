package compose

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"

	"github.com/dock2edge/dock2edge/internal/source"
)

// EnvFile is one env file of a service, in the order in which they apply.
type EnvFile struct {
	// Path is the file that was read, relative to the root of the tree; empty when neither it nor a template of it exists.
	Path string
	// Wanted is the path that the Compose file names.
	Wanted string
	// Template tells that Path is the repository's example file, standing in for Wanted.
	Template bool
	// Span is the entry of env_file.
	Span source.Span
	// Vars are its variables, sorted by name.
	Vars []EnvVar
}

// EnvVar is one line of an env file.
type EnvVar struct {
	Name, Value string
	Span        source.Span
}

// readEnv reads an env file's variables. A line that cannot be read is reported and left out.
func readEnv(tree *source.Tree, name, format string, lookup func(string) (string, bool), problems *problems) []EnvVar {
	data, err := tree.Read(name)
	if err != nil {
		problems.add(EnvFileMissing, source.Span{File: name}, "the env file cannot be read: %v", err)
		return nil
	}
	values := map[string]string{}
	if format == "raw" {
		readRawEnv(data, values)
	} else if err := parseEnv(data, values, lookup); err != nil {
		clear(values)
		readEnvLines(name, data, values, lookup, problems)
	}
	spans := envSpans(name, data)
	vars := make([]EnvVar, 0, len(values))
	for key, value := range values {
		span, ok := spans[key]
		if !ok {
			span = source.Span{File: name}
		}
		vars = append(vars, EnvVar{Name: key, Value: value, Span: span})
	}
	slices.SortFunc(vars, func(a, b EnvVar) int { return strings.Compare(a.Name, b.Name) })
	return vars
}

// parseEnv is compose-go's reading of an env file. Its library logs to standard error for variables without a value, so
// those that have no default of their own are answered with an empty value.
func parseEnv(data []byte, values map[string]string, lookup func(string) (string, bool)) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	resolve := func(name string) (string, bool) {
		if value, ok := lookup(name); ok {
			return value, true
		}
		if value, ok := values[name]; ok {
			return value, true
		}
		hasDefault := bytes.Contains(data, []byte("${"+name+"-")) || bytes.Contains(data, []byte("${"+name+"?")) ||
			bytes.Contains(data, []byte("${"+name+"+"))
		return "", !hasDefault
	}
	return dotenv.ParseWithFormat(bytes.NewReader(data), "", values, resolve, "")
}

// readRawEnv is the format `raw`: everything after the first "=" is the value, quotes and dollars included.
func readRawEnv(data []byte, values map[string]string) {
	for line := range bytes.Lines(bytes.TrimPrefix(data, byteOrderMark)) {
		name, value, found := strings.Cut(strings.TrimRight(string(line), "\r\n"), "=")
		if name = strings.TrimSpace(name); found && name != "" && !strings.HasPrefix(name, "#") {
			values[name] = value
		}
	}
}

// readEnvLines reads line by line what cannot be read as a whole.
func readEnvLines(file string, data []byte, values map[string]string, lookup func(string) (string, bool), problems *problems) {
	number := 0
	for line := range bytes.Lines(bytes.TrimPrefix(data, byteOrderMark)) {
		number++
		if parseEnv(line, values, lookup) != nil {
			problems.add(EnvFileSyntax, source.At(file, number, 1), "this line of the env file is not NAME=value; it is not read")
		}
	}
}

var envLine = regexp.MustCompile(`^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*(?:[=:].*)?$`)

// envSpans finds the line that defines each variable; the last definition wins.
func envSpans(file string, data []byte) map[string]source.Span {
	spans := map[string]source.Span{}
	for i, line := range bytes.Split(data, []byte("\n")) {
		line = bytes.TrimRight(line, "\r")
		column := 1
		if i == 0 && bytes.HasPrefix(line, byteOrderMark) {
			line, column = line[len(byteOrderMark):], column+len(byteOrderMark)
		}
		if m := envLine.FindSubmatchIndex(line); m != nil {
			spans[string(line[m[2]:m[3]])] = source.Span{
				File:  file,
				Start: source.Position{Line: i + 1, Column: column + m[2]},
				End:   source.Position{Line: i + 1, Column: column + len(line)},
			}
		}
	}
	return spans
}

// templateOf finds the repository's example of an env file that is not there: .env.example beside .env, and its like.
func templateOf(tree *source.Tree, name string) string {
	dir, base := path.Split(name)
	bare := strings.TrimPrefix(base, ".")
	var candidates []string
	for _, word := range []string{"example", "sample", "template", "dist", "tmpl", "tpl", "default", "defaults", "local.example"} {
		candidates = append(candidates,
			base+"."+word, base+"-"+word, base+"_"+word,
			bare+"."+word, bare+"-"+word, bare+"_"+word,
			word+"."+bare, "."+word+"."+bare, word+base,
		)
		// config.env → config.example.env
		if ext := path.Ext(base); ext != "" && ext != base {
			candidates = append(candidates, strings.TrimSuffix(base, ext)+"."+word+ext)
		}
	}
	// .env.production → .env.example: better than nothing, and said so.
	if strings.HasPrefix(base, ".env.") || strings.HasPrefix(base, ".env-") {
		candidates = append(candidates, ".env.example", "env.example", ".env.sample", ".env.template", ".env.dist")
	}
	for _, c := range candidates {
		if c != base && tree.IsFile(path.Join(dir, c)) {
			return path.Join(dir, c)
		}
	}
	return ""
}

// newVariables reads the values for interpolation: the caller's environment over the env files given (entries of `include`, their
// text relative to the root), or over dir/.env when none is given, or over that file's template.
func newVariables(tree *source.Tree, dir string, envFiles []*node, outer map[string]string, problems *problems) *variables {
	v := &variables{values: map[string]string{}, missing: map[string]source.Span{}}
	// Shells set these two wherever Compose runs. Their real values name places of this machine; the project's own directory
	// and "~" mean the same in paths.
	v.values["PWD"], v.values["HOME"] = ".", "~"
	for name, value := range outer {
		v.values[name] = value
	}
	implicit := len(envFiles) == 0
	if implicit {
		envFiles = []*node{{text: path.Join(dir, ".env")}}
	}
	lookup := func(name string) (string, bool) { value, ok := v.values[name]; return value, ok }
	fromFiles := map[string]string{}
	for _, entry := range envFiles {
		file, into := entry.text, fromFiles
		if !tree.IsFile(file) {
			template := templateOf(tree, file)
			if template == "" {
				if !implicit {
					problems.add(EnvFileMissing, entry.span, "the env file %s does not exist", file)
				}
				continue
			}
			v.template, v.templateFile = map[string]string{}, template
			file, into = template, v.template
		}
		for _, variable := range readEnv(tree, file, "", lookup, problems) {
			into[variable.Name] = variable.Value
		}
	}
	for name, value := range fromFiles {
		if _, ok := outer[name]; !ok {
			v.values[name] = value
		}
	}
	return v
}
