package syntax

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/source"
)

// links is what Link needs of a module besides what rules see.
type links struct {
	units   []unit
	edges   []edge
	places  places
	exports map[string]*export
	late    []string
	workdir string
}

// Link follows names across the modules of one project: after `import {db} from "./db"`, where db.js has
// `exports.db = new Pool()`, the Callee of db.query is "pg.Pool().query". It also carries over when code runs: a function that
// another module registers as a handler is InHandler, one that is called while another module starts is AtModule. Constants
// that other modules export are put into arguments.
//
// resolve finds the file a specifier means, as Module.File has it, and says false for packages; nil resolves nothing.
// Modules that are not in the list are not followed. Link changes the modules and must not run twice at once on any of them.
// It may be called again with more modules.
func Link(modules []*Module, resolve func(from, specifier string) (file string, ok bool)) {
	l := &linker{
		files: make(map[string]*Module, len(modules)), resolve: resolve,
		resolved: map[[2]string]*Module{}, params: map[param][]given{}, arguments: map[param]given{},
		followed: map[reference]target{}, exported: map[reference]target{},
	}
	for _, m := range modules {
		l.files[m.File] = m
	}
	l.linkUnits(modules)
	for _, m := range modules {
		l.rename(m)
		m.place()
	}
}

// linker is the state of one Link.
type linker struct {
	files    map[string]*Module
	resolve  func(from, specifier string) (string, bool)
	resolved map[[2]string]*Module
	params   map[param][]given
	// arguments, followed and exported hold what was looked up already, or is being looked up: a name that is defined by
	// itself leads nowhere.
	arguments map[param]given
	followed  map[reference]target
	exported  map[reference]target
}

// reference is a name in a module.
type reference struct {
	module *Module
	name   string
}

// param is one parameter of one function of the project.
type param struct {
	module      *Module
	unit, index int32
}

// given is an argument that a parameter was seen with: a raw name in a module.
type given struct {
	module *Module
	argument
}

// target is what a raw name leads to. With export nil and name "" it is the module itself.
type target struct {
	module *Module
	export *export
	name   string // a raw name, of the module, that leads out of the project
	value  Value  // the constant that was exported on the way
	made   source.Span
}

// maxFollow bounds how many modules a name is followed through.
const maxFollow = 24

// moduleAt is the module of the project that a specifier means, or nil.
func (l *linker) moduleAt(from *Module, specifier string) *Module {
	if l.resolve == nil {
		return nil
	}
	key := [2]string{from.File, specifier}
	if m, ok := l.resolved[key]; ok {
		return m
	}
	var found *Module
	if file, ok := l.resolve(from.File, specifier); ok {
		found = l.files[file]
	}
	l.resolved[key] = found
	return found
}

// follow finds what a raw name of a module leads to. ok is false when nothing is known.
func (l *linker) follow(m *Module, raw string, depth int) (t target, ok bool) {
	if raw == "" || depth > maxFollow {
		return target{}, false
	}
	if !strings.HasPrefix(raw, importMark) && !strings.HasPrefix(raw, paramMark) {
		return target{module: m, name: raw}, true
	}
	key := reference{m, raw}
	if known, ok := l.followed[key]; ok {
		return known, known.module != nil
	}
	l.followed[key] = target{}
	t, ok = l.findTarget(m, raw, depth)
	if ok {
		l.followed[key] = t
	}
	return t, ok
}

func (l *linker) findTarget(m *Module, raw string, depth int) (t target, ok bool) {
	if unit, index, rest, isParam := splitParam(raw); isParam {
		g, ok := l.argumentFor(param{m, unit, index}, depth)
		if !ok {
			if byType := m.links.units[unit].types[index]; byType != "" {
				return l.follow(m, byType+rest, depth+1)
			}
			return target{}, false
		}
		t, ok := l.follow(g.module, g.raw+rest, depth+1)
		if len(l.params[param{m, unit, index}]) > 1 {
			t.value = Value{} // called with other values as well
		}
		if rest == "" && !g.made.IsZero() {
			t.made = g.made
		}
		return t, ok
	}
	specifier, rest, _ := splitImport(raw)
	origin := l.moduleAt(m, specifier)
	if origin == nil {
		return target{module: m, name: raw}, true
	}
	at := target{module: origin}
	for rest != "" {
		var step string
		step, rest = nextStep(rest)
		at, ok = l.step(at, step, depth)
		if !ok {
			return target{}, false
		}
		if at.name != "" {
			return l.follow(at.module, at.name+rest, depth+1)
		}
	}
	if at.export == nil {
		whole, ok := l.exportOf(at.module, "=", depth)
		if !ok || whole.export == nil {
			return at, true
		}
		at = whole
	}
	at.value = l.value(at.module, at.export.value, depth+1)
	if at.export.unit < 0 && at.export.raw != "" {
		further, ok := l.follow(at.module, at.export.raw, depth+1)
		if !ok {
			further.module = at.module
		}
		if at.value.Kind != Unknown {
			further.value = at.value
		}
		if !at.export.made.IsZero() {
			further.made = at.export.made
		}
		return further, ok || at.value.Kind != Unknown
	}
	return at, true
}

// argumentFor is the first argument of a parameter that leads anywhere. It is found once for each parameter; a parameter
// that is only handed on to itself has none.
func (l *linker) argumentFor(p param, depth int) (given, bool) {
	if known, ok := l.arguments[p]; ok {
		return known, known.module != nil
	}
	l.arguments[p] = given{}
	for _, g := range l.params[p] {
		if unit, index, rest, isParam := splitParam(g.raw); isParam {
			outer, ok := l.argumentFor(param{g.module, unit, index}, depth+1)
			if !ok {
				continue
			}
			g.module, g.raw = outer.module, outer.raw+rest
			if rest == "" && g.made.IsZero() {
				g.made = outer.made
			}
		}
		if _, ok := l.follow(g.module, g.raw, depth+1); ok {
			l.arguments[p] = g
			return g, true
		}
	}
	return given{}, false
}

// nextStep takes the first member (".name") or call ("()") off a name.
func nextStep(rest string) (step, tail string) {
	if strings.HasPrefix(rest, "()") {
		return "()", rest[2:]
	}
	end := 1
	for end < len(rest) && rest[end] != '.' && rest[end] != '(' {
		end++
	}
	return rest[:end], rest[end:]
}

// step goes on from a target by one member or call. When it comes to a name of the target's module, name is set.
func (l *linker) step(at target, step string, depth int) (target, bool) {
	if at.export == nil {
		if step == "()" {
			whole, ok := l.exportOf(at.module, "=", depth)
			if !ok || whole.export == nil {
				return whole, ok
			}
			return l.step(whole, step, depth)
		}
		return l.exportOf(at.module, step[1:], depth)
	}
	e := at.export
	var next *export
	if step == "()" {
		next = e.result
	} else {
		next = e.members[step[1:]]
	}
	switch {
	case next != nil:
		return target{module: at.module, export: next}, true
	case e.raw != "":
		return target{module: at.module, name: e.raw + step}, true
	}
	return target{}, false
}

// exportOf finds an exported name, through re-exports. A CommonJS module's default is all it exports.
func (l *linker) exportOf(m *Module, name string, depth int) (target, bool) {
	key := reference{m, name}
	if known, ok := l.exported[key]; ok {
		return known, known.module != nil
	}
	l.exported[key] = target{}
	found, ok := l.findExport(m, name, depth)
	if ok {
		l.exported[key] = found
	}
	return found, ok
}

func (l *linker) findExport(m *Module, name string, depth int) (target, bool) {
	if e := m.links.exports[name]; e != nil {
		return target{module: m, export: e}, true
	}
	whole := m.links.exports["="]
	switch {
	case name == "default" && whole != nil:
		return target{module: m, export: whole}, true
	case name == "default" && !m.ESM:
		return target{module: m}, true
	case whole != nil && name != "=":
		if t, ok := l.step(target{module: m, export: whole}, "."+name, depth); ok {
			return t, true
		}
	}
	for _, e := range m.Exports {
		if e.From == "" || e.Name != name && e.Name != "*" {
			continue
		}
		origin := moduleName(e.From)
		switch {
		case e.Name == name && e.Origin != "*":
			return target{module: m, name: memberName(origin, e.Origin)}, true
		case e.Name == name:
			return target{module: m, name: origin}, true
		case name == "default":
			continue
		}
		if next := l.moduleAt(m, e.From); next != nil {
			if t, ok := l.exportOf(next, name, depth+1); ok {
				return t, true
			}
		}
	}
	return target{}, false
}

// rename puts what was found in other modules into a module's names and arguments.
func (l *linker) rename(m *Module) {
	p := &m.links.places
	for i, raw := range p.callees {
		if name, ok := l.nameOf(m, raw); ok {
			m.Calls[i].Callee = name
		}
		if t, ok := l.follow(m, p.owners[i], 0); ok && !t.made.IsZero() {
			m.Calls[i].On = t.made
		}
		for k := range m.Calls[i].Args {
			m.Calls[i].Args[k] = l.value(m, m.Calls[i].Args[k], 0)
		}
	}
	for i, raw := range p.names {
		if name, ok := l.nameOf(m, raw); ok {
			m.Reads[i].Name = name
		}
	}
	for i, raw := range p.makers {
		if name, ok := l.nameOf(m, raw+"()"); ok && raw != "" {
			m.Globals[i].Maker, _ = cutCall(name)
		}
		m.Globals[i].Init = l.value(m, m.Globals[i].Init, 0)
	}
}

// nameOf is the shown form of what a raw name leads to, when that is more than the name itself tells.
func (l *linker) nameOf(m *Module, raw string) (string, bool) {
	if !strings.HasPrefix(raw, importMark) && !strings.HasPrefix(raw, paramMark) {
		return "", false
	}
	t, ok := l.follow(m, raw, 0)
	switch {
	case !ok:
		return "", false
	case t.name != "":
		name := shown(t.name)
		return name, name != ""
	case t.export != nil && t.export.unit >= 0:
		name := t.module.links.units[t.export.unit].name
		return "local:" + name, name != ""
	}
	return "", false
}

// value replaces references to other modules' constants.
func (l *linker) value(m *Module, v Value, depth int) Value {
	if depth > maxFollow {
		return v
	}
	if v.raw != "" {
		t, ok := l.follow(m, v.raw, depth)
		switch {
		case !ok:
		case t.value.Kind != Unknown:
			t.value.Span = v.Span
			return t.value
		case t.name != "" && t.name != v.raw:
			if name := shown(t.name); name != "" {
				v.Kind, v.Text = Ref, name
			}
			if !t.made.IsZero() {
				v.Made = t.made
			}
		}
		return v
	}
	if v.late != "" {
		return l.lateValue(m, v, depth)
	}
	if len(v.Fields) > 0 {
		fields := make(map[string]Value, len(v.Fields))
		for name, field := range v.Fields {
			fields[name] = l.value(m, field, depth+1)
		}
		v.Fields = fields
	}
	for i := range v.Items {
		v.Items[i] = l.value(m, v.Items[i], depth+1)
	}
	return v
}

// linkUnits finds out when the functions of all modules run, across modules.
func (l *linker) linkUnits(modules []*Module) {
	first := make(map[*Module]int32, len(modules))
	var units []*unit
	for _, m := range modules {
		first[m] = int32(len(units))
		for i := range m.links.units {
			units = append(units, &m.links.units[i])
		}
	}
	// What a function is given can lead to the next function, so parameters are collected before names are followed
	// through them.
	l.collectArguments(modules)
	var edges []edge
	for _, m := range modules {
		for _, e := range m.links.edges {
			if e.raw == "" {
				edges = append(edges, edge{from: first[m] + e.from, to: first[m] + e.to, flow: e.flow})
				continue
			}
			for _, to := range l.unitsOf(m, e) {
				edges = append(edges, edge{from: first[m] + e.from, to: first[to.module] + to.unit, flow: e.flow})
			}
		}
	}
	spread(units, edges)
}

// collectArguments notes what the functions of the project are called with.
func (l *linker) collectArguments(modules []*Module) {
	for _, m := range modules {
		for _, e := range m.links.edges {
			if len(e.arguments) == 0 {
				continue
			}
			called := []param{{module: m, unit: e.to}}
			if e.raw != "" {
				called = l.unitsOf(m, e)
			}
			for _, function := range called {
				for i, handed := range e.arguments {
					if handed.raw != "" {
						p := param{module: function.module, unit: function.unit, index: int32(i)}
						l.params[p] = append(l.params[p], given{m, handed})
					}
				}
			}
		}
	}
}

// unitsOf are the functions an edge to another module leads to. What is registered may be an object of functions.
func (l *linker) unitsOf(m *Module, e edge) []param {
	t, ok := l.follow(m, e.raw, 0)
	if !ok || t.name != "" {
		return nil
	}
	if t.export == nil {
		whole, ok := l.exportOf(t.module, "default", 0)
		if !ok || whole.export == nil {
			return nil
		}
		t = whole
	}
	var found []param
	if t.export.unit >= 0 {
		found = append(found, param{module: t.module, unit: t.export.unit})
	} else if e.flow == flowHandler || e.flow == flowTimer {
		for _, member := range t.export.members {
			if member.unit >= 0 {
				found = append(found, param{module: t.module, unit: member.unit})
			}
		}
	}
	return found
}
