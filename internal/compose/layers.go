package compose

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dock2edge/dock2edge/internal/source"
)

// reader reads the files of one project.
type reader struct {
	tree     *source.Tree
	problems *problems
	project  *Project
	schema   *schema
	// parsed files by name: a file may be used in several scopes but is parsed and reported once.
	parsed map[string]*file
	// scopes are all sets of variables in use: the project's and those of includes.
	scopes []*variables
}

// unit is a list of files merged in order, with the units they include.
type unit struct{ docs []*document }

// document is one YAML document of a file.
type document struct {
	root *node
	file string
	// dir is where its relative paths start.
	dir      string
	vars     *variables
	included []*unit
}

// layer is one file's share of a service or another named thing.
type layer struct {
	body *node
	span source.Span
	dir  string
}

// open reads files into a unit. chain are the files being included, to notice a cycle.
func (l *reader) open(files []string, dir string, vars *variables, chain []string) *unit {
	u := &unit{}
	for _, name := range files {
		for _, doc := range l.documents(name, dir, vars) {
			l.include(doc, append(slices.Clone(chain), name))
			u.docs = append(u.docs, doc)
		}
	}
	return u
}

// documents interpolates the documents of a file. The same file read in another scope is interpolated again.
func (l *reader) documents(name, dir string, vars *variables) []*document {
	f := l.parse(name)
	if f == nil {
		return nil
	}
	var docs []*document
	b := &builder{file: f, vars: vars, problems: l.problems, expanding: map[*yaml.Node]bool{}, anchors: map[*yaml.Node]anchor{}}
	for _, y := range f.docs {
		root := b.build(y)
		if root.isNull() {
			continue
		}
		if root.kind != mapping {
			l.problems.add(InvalidYAML, root.span, "a Compose file is a mapping with a key `services`, this is something else; it is not read")
			continue
		}
		root = l.withServices(root)
		for _, section := range sections {
			if n := root.get(section); !n.isNull() && n.kind != mapping {
				l.problems.add(InvalidValue, root.field(section).span, "`%s` must be a mapping of names; it is not read", section)
			}
		}
		docs = append(docs, &document{root: root, file: name, dir: dir, vars: vars})
	}
	return docs
}

func (l *reader) parse(name string) *file {
	if f, ok := l.parsed[name]; ok {
		return f
	}
	var f *file
	if data, err := l.tree.Read(name); err != nil {
		l.problems.add(FileMissing, source.Span{File: name}, "the Compose file cannot be read: %v", err)
	} else {
		f = parseFile(name, data, l.problems)
		l.project.Files = append(l.project.Files, name)
	}
	l.parsed[name] = f
	return f
}

var topLevel = []string{"services", "version", "volumes", "networks", "secrets", "configs", "name", "include", "models", "jobs"}

// sections are the mappings of names at the top level.
var sections = []string{"services", "volumes", "networks", "secrets", "configs"}

// withServices turns a file of the first format, whose top level is the services, into one with `services`.
func (l *reader) withServices(root *node) *node {
	services := 0
	for _, f := range root.fields {
		if slices.Contains(topLevel, f.key) {
			return root
		}
		if f.value.get("image") != nil || f.value.get("build") != nil || f.value.get("extends") != nil {
			services++
		}
	}
	if services == 0 {
		return root
	}
	l.problems.add(LegacyFormat, root.fields[0].span, "the file has services at its top level, a format that Compose no longer reads; they are read as if they stood under `services`")
	wrapped := *root
	return &node{kind: mapping, span: root.span, fields: []field{{key: "services", span: source.Span{File: root.span.File}, value: &wrapped}}}
}

// include opens the files of `include:`, each with the variables of its own project directory.
func (l *reader) include(doc *document, chain []string) {
	list := doc.root.get("include")
	if list.isNull() {
		return
	}
	if list.kind != sequence {
		l.problems.add(InvalidValue, list.span, "`include` must be a list; it is not read")
		return
	}
	for _, item := range list.items {
		files, dir := l.includeFiles(doc, item)
		if len(files) == 0 {
			continue
		}
		if slices.ContainsFunc(files, func(f string) bool { return slices.Contains(chain, f) }) {
			l.problems.add(InvalidValue, item.span, "this include leads back to a file that includes it; it is not read")
			continue
		}
		var envFiles []*node
		for _, entry := range texts(item.get("env_file")) {
			envFiles = append(envFiles, &node{text: source.Join(doc.dir, entry.text), span: entry.span})
		}
		vars := newVariables(l.tree, dir, envFiles, doc.vars.values, l.problems)
		if vars.template == nil {
			vars.template, vars.templateFile = doc.vars.template, doc.vars.templateFile
		}
		l.scopes = append(l.scopes, vars)
		doc.included = append(doc.included, l.open(files, dir, vars, chain))
	}
}

// includeFiles are the files of one entry that exist, and their project directory.
func (l *reader) includeFiles(doc *document, item *node) (files []string, dir string) {
	paths := texts(item)
	if item.kind == mapping {
		paths = texts(item.get("path"))
	}
	if len(paths) == 0 {
		l.problems.add(InvalidValue, item.span, "this entry of `include` names no file; it is not read")
	}
	for _, p := range paths {
		name := source.Join(doc.dir, p.text)
		switch {
		case strings.Contains(p.text, "://") || strings.HasPrefix(p.text, "git@"):
			l.problems.add(FileMissing, p.span, "the file to include is on another machine; it is not fetched and not read")
		case !l.tree.IsFile(name):
			l.problems.add(FileMissing, p.span, "the file to include, %s, does not exist", name)
		default:
			files = append(files, name)
		}
	}
	if len(files) == 0 {
		return nil, ""
	}
	dir = path.Dir(files[0])
	if p := item.get("project_directory"); p != nil && p.text != "" {
		dir = source.Join(doc.dir, p.text)
	}
	return files, dir
}

// texts are the strings of a value that may be one string or a list of strings.
func texts(n *node) []*node {
	if n.isNull() {
		return nil
	}
	if n.kind == scalar {
		return []*node{n}
	}
	var list []*node
	for _, item := range n.items {
		if item.kind == scalar && item.value != nil {
			list = append(list, item)
		}
	}
	return list
}

// names are the keys of a top-level section over all files and includes, sorted.
func (u *unit) names(section string) []string {
	var names []string
	for _, doc := range u.docs {
		for _, in := range doc.included {
			names = append(names, in.names(section)...)
		}
		if n := doc.root.get(section); n != nil {
			for _, f := range n.fields {
				if !strings.HasPrefix(f.key, "x-") || section != "services" {
					names = append(names, f.key)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// layers are the shares of a named thing in merge order; extends is followed for services.
func (l *reader) layers(u *unit, section, name string) []layer {
	var all []layer
	for _, doc := range u.docs {
		all = append(all, l.documentLayers(doc, section, name, nil)...)
	}
	return all
}

// reference is a service in a file, to notice a cycle of extends.
type reference struct{ file, service string }

func (l *reader) documentLayers(doc *document, section, name string, chain []reference) []layer {
	var all []layer
	for _, in := range doc.included {
		all = append(all, l.layers(in, section, name)...)
	}
	f := doc.root.get(section).field(name)
	if f == nil {
		return all
	}
	if section == "services" {
		all = append(all, l.extends(doc, name, f, append(slices.Clone(chain), reference{doc.file, name}))...)
	}
	return append(all, layer{body: f.value, span: f.span, dir: doc.dir})
}

// extends are the layers of the service that another one builds on.
func (l *reader) extends(doc *document, name string, f *field, chain []reference) []layer {
	extends := f.value.get("extends")
	if extends.isNull() {
		return nil
	}
	problems := l.problems.of(name)
	base, file := extends, extends.get("file")
	if extends.kind == mapping {
		base = extends.get("service")
	}
	if base.isNull() || base.kind != scalar {
		problems.add(InvalidValue, extends.span, "`extends` names no service; it is not followed")
		return nil
	}
	docs, where := []*document{doc}, doc.file
	if file != nil && file.text != "" {
		where = source.Join(doc.dir, file.text)
		if !l.tree.IsFile(where) {
			problems.add(FileMissing, file.span, "the file to extend from, %s, does not exist", where)
			return nil
		}
		docs = l.documents(where, path.Dir(where), doc.vars)
	}
	if slices.Contains(chain, reference{where, base.text}) {
		problems.add(InvalidValue, base.span, "extending %s leads back to this service; it is not followed", base.text)
		return nil
	}
	var all []layer
	for _, d := range docs {
		all = append(all, l.documentLayers(d, "services", base.text, chain)...)
	}
	if len(all) == 0 {
		problems.add(UndefinedReference, base.span, "the service to extend, %s, is not in %s", base.text, where)
	}
	return all
}
