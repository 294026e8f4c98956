package syntax

import (
	"path"
	"slices"

	"github.com/dock2edge/dock2edge/internal/source"
)

// ParseOptions say where a module will be when it runs. Both are optional.
type ParseOptions struct {
	// ImagePath is the module's absolute path in the image: __dirname folds to its directory.
	ImagePath string
	// Workdir is the process's directory in the image: process.cwd() folds to it.
	Workdir string
}

// builder makes one Module.
type builder struct {
	*tree
	module *Module
	lines  source.Lines
	// dir and base are the module's directory and file name, workdir the process's directory, when it runs.
	dir, base, workdir string

	scopes   []scope
	bindings []binding
	units    []unit
	unitOf   map[int32]int32 // functions and classes
	edges    []edge
	classes  map[int32]*classFacts
	globals  map[string]int32 // properties the module puts on globalThis, by raw name
	exports  []exported
	folded   map[int32]Value
	entities map[int32]entity // what expressions were found to lead to, by node
	places   places
	late     []string // the names of other modules' constants within texts

	depth, folding int
	spreading      bool
}

// exported is an exported name and the node of its value.
type exported struct {
	name string
	node int32
}

// places remembers the unit of everything that has a Where, in the order of the module's slices.
type places struct {
	calls, reads, assigns, loops []int32
	// callees, names and makers are the raw names behind calls, reads and globals, where Link may find more.
	callees, names, makers []string
	// owners are the raw names of the objects that methods are called on.
	owners []string
}

// Parse reads one module of JavaScript or TypeScript; the file's extension tells which. It reads what it can: what the
// parser could not make sense of is listed in Errors.
func Parse(file string, text []byte, opts ParseOptions) *Module {
	l := languageOf(file)
	t := parseTree(l, text)
	if len(t.errors) > 0 && !t.failed && l == javaScript {
		// Type annotations in a .js file (Flow, or TypeScript under the wrong name) read better as TSX.
		if other := parseTree(typeScriptMarkup, text); len(other.errors) < len(t.errors) {
			t = other
		}
	}
	b := &builder{
		tree: t, module: &Module{File: file, Text: text}, lines: source.NewLines(text),
		dir: unknownDir, base: path.Base(file), workdir: unknownCwd,
		unitOf: map[int32]int32{}, classes: map[int32]*classFacts{}, globals: map[string]int32{}, folded: map[int32]Value{}, entities: map[int32]entity{},
	}
	if opts.ImagePath != "" {
		b.dir, b.base = path.Dir(opts.ImagePath), path.Base(opts.ImagePath)
	}
	if opts.Workdir != "" {
		b.workdir = opts.Workdir
	}
	b.build()
	return b.module
}

func (b *builder) build() {
	if len(b.nodes) == 0 {
		return
	}
	b.newUnit(0, none, "")
	b.units[0].when = whenModule
	b.scopes = append(b.scopes, scope{parent: none})
	b.declare(0, 0, 0)
	b.collectFacts()
	b.emit()
	b.emitGlobals()
	for _, c := range b.comments {
		b.module.Comments = append(b.module.Comments, Comment{Text: b.src[c.Start:c.End], Span: b.spanOf(int(c.Start), int(c.End))})
	}
	for _, n := range b.errors {
		b.module.Errors = append(b.module.Errors, b.span(n))
	}
	if b.tooDeep > 0 {
		b.module.Errors = append(b.module.Errors, b.span(0))
	}
	b.module.links = b.takeLinks()
	Link([]*Module{b.module}, nil)
}

// place writes down when everything runs, from the units' moments.
func (m *Module) place() {
	l := &m.links
	at := func(unit int32) Where { return l.units[unit].when.where() }
	for i := range m.Calls {
		m.Calls[i].Where = at(l.places.calls[i])
	}
	for i := range m.Reads {
		m.Reads[i].Where = at(l.places.reads[i])
	}
	for i := range m.Assigns {
		m.Assigns[i].Where = at(l.places.assigns[i])
	}
	for i := range m.Loops {
		m.Loops[i].Where = at(l.places.loops[i])
	}
}

// emitGlobals lists the variables of the module's own scope.
func (b *builder) emitGlobals() {
	type global struct {
		variable Variable
		maker    string
	}
	var found []global
	for id := range b.bindings {
		bound := &b.bindings[id]
		if !bound.global {
			continue
		}
		variable := Variable{Name: bound.name, Kind: bound.kind.String(), Span: b.span(bound.node)}
		maker := ""
		if bound.kind != bindImport && bound.kind != bindFunction && bound.kind != bindClass && bound.kind != bindEnum {
			variable.Maker, maker = b.maker(int32(id))
			if bound.value != none {
				variable.Init = b.fold(bound.value)
			}
			for _, name := range bound.path {
				variable.Init = fieldOf(variable.Init, name)
			}
		}
		found = append(found, global{variable, maker})
	}
	slices.SortStableFunc(found, func(x, y global) int { return source.Compare(x.variable.Span, y.variable.Span) })
	for _, g := range found {
		b.module.Globals = append(b.module.Globals, g.variable)
		b.places.makers = append(b.places.makers, g.maker)
	}
}

// maker is the name of the call or class that made a variable's value, shown and raw.
func (b *builder) maker(id int32) (name, raw string) {
	switch made := b.evalBinding(id); made.kind {
	case entityName:
		if name, ok := cutCall(made.name); ok {
			return b.shown(name), name
		}
	case entityInstance:
		return "local:" + b.units[b.unitOf[made.node]].name, ""
	}
	return "", ""
}

// shown is the form of a raw name that rules see; for parameters with a type that of the type.
func (b *builder) shown(raw string) string {
	if unit, index, rest, ok := splitParam(raw); ok {
		if byType := b.units[unit].types[index]; byType != "" {
			return shown(byType + rest)
		}
		return ""
	}
	return shown(raw)
}

func cutCall(name string) (string, bool) {
	if len(name) > 2 && name[len(name)-2:] == "()" {
		return name[:len(name)-2], true
	}
	return name, false
}
