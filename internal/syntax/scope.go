package syntax

import "github.com/dock2edge/dock2edge/internal/syntax/cst"

// scope is a stretch of code in which names are declared.
type scope struct {
	parent   int32
	function int32 // the scope that var declarations go to
	unit     int32
	names    map[string]int32 // indexes into builder.bindings
}

// bindingKind is how a name was declared.
type bindingKind uint8

const (
	bindImport bindingKind = iota
	bindConst
	bindLet
	bindVar
	bindFunction
	bindClass
	bindParam
	bindEnum
	bindOther
)

// String is the word Variable.Kind has for it.
func (k bindingKind) String() string {
	switch k {
	case bindImport:
		return "import"
	case bindConst, bindEnum:
		return "const"
	case bindLet:
		return "let"
	case bindFunction:
		return "function"
	case bindClass:
		return "class"
	}
	return "var"
}

// binding is one declared name and what is known of its value.
type binding struct {
	name string
	kind bindingKind
	// node is the declaring name, value what the name (or the pattern it stands in) starts as, default the value that
	// stands behind = in a pattern; each none when there is none.
	node, value, fallback int32
	// path leads from value to the name through a pattern: {a: {b}} has a, b.
	path []string
	// imported is the raw name an import stands for.
	imported string
	// assigned are the right sides of later assignments; rewritten tells of ++ and += as well.
	assigned  []int32
	rewritten bool
	// props are properties assigned later: db.pool = ….
	props map[string]int32
	// unit and index place a parameter.
	unit, index int32
	// annotation is the TypeScript type, 0 when there is none.
	annotation int32
	global     bool

	entity entity
	state  evaluation
}

// evaluation guards against names that are defined by themselves.
type evaluation uint8

const (
	unevaluated evaluation = iota
	evaluating
	evaluated
)

// unit is a stretch of code that runs as one: the module's top level (unit 0), a function, or a class's constructor with
// its field initialisers.
type unit struct {
	node   int32
	name   string
	parent int32
	params int
	// types are the raw names of what parameters hold going by their TypeScript types.
	types   map[int32]string
	returns []int32
	when    when
}

func (b *builder) newScope(parent, unit int32, isFunction bool) int32 {
	id := int32(len(b.scopes))
	s := scope{parent: parent, unit: unit, function: id}
	if !isFunction {
		s.function = b.scopes[parent].function
	}
	b.scopes = append(b.scopes, s)
	return id
}

func (b *builder) newUnit(node, parent int32, name string) int32 {
	b.units = append(b.units, unit{node: node, parent: parent, name: name})
	id := int32(len(b.units) - 1)
	b.unitOf[node] = id
	return id
}

// bind declares a name. The first declaration wins, except that a declaration with a value beats one without.
func (b *builder) bind(scopeID int32, bound binding) int32 {
	s := &b.scopes[scopeID]
	if s.names == nil {
		s.names = make(map[string]int32, 4)
	}
	if old, ok := s.names[bound.name]; ok {
		previous := &b.bindings[old]
		if bound.value != none && previous.kind != bindImport {
			if previous.value == none && previous.kind == bindVar {
				previous.value, previous.path, previous.fallback = bound.value, bound.path, bound.fallback
			} else {
				previous.assigned = append(previous.assigned, bound.value)
			}
		}
		return old
	}
	bound.global = s.function == 0 && s.parent == none
	id := int32(len(b.bindings))
	b.bindings = append(b.bindings, bound)
	s.names[bound.name] = id
	return id
}

// lookup finds the binding a name has at a node, or none for a global.
func (b *builder) lookup(n int32, name string) int32 {
	for s := b.nodes[n].scope; s != none; s = b.scopes[s].parent {
		if id, ok := b.scopes[s].names[name]; ok {
			return id
		}
	}
	return none
}

func (b *builder) unitAt(n int32) int32 { return b.scopes[b.nodes[n].scope].unit }

// declare records scopes, units and declared names below n.
func (b *builder) declare(n, in int32, loops uint8) {
	node := &b.nodes[n]
	node.scope, node.loops = in, loops
	switch node.kind {
	case cst.Import:
		b.declareImport(n, in)
		return
	case cst.ImportAlias:
		b.declareImportAlias(n, in)
	case cst.FunctionDecl, cst.Function, cst.Arrow, cst.Method:
		b.declareFunction(n, in)
		return
	case cst.ClassDecl, cst.Class:
		b.declareClass(n, in)
		return
	case cst.Lexical, cst.Var:
		b.declareVariables(n, in)
	case cst.Block, cst.SwitchBody, cst.For, cst.ForIn, cst.While, cst.Do, cst.Catch:
		b.declareBlock(n, in, loops)
		return
	case cst.Enum:
		b.bindNode(b.child(n, cst.AsName), in, binding{kind: bindEnum, value: n, fallback: none})
	case cst.Namespace:
		if name := b.child(n, cst.AsName); b.kind(name) == cst.Identifier {
			b.bindNode(name, in, binding{kind: bindOther, value: n, fallback: none})
		}
	case cst.Export:
		if value := b.child(n, cst.AsValue); b.kind(value) == cst.Function || b.kind(value) == cst.Class {
			if name := b.child(value, cst.AsName); name != none {
				kind := bindFunction
				if b.kind(value) == cst.Class {
					kind = bindClass
				}
				b.bindNode(name, in, binding{kind: kind, value: value, fallback: none})
			}
		}
	}
	b.declareChildren(n, in, loops)
}

func (b *builder) declareChildren(n, in int32, loops uint8) {
	for c := b.nodes[n].first; c != none; c = b.nodes[c].next {
		b.declare(c, in, loops)
	}
}

func (b *builder) bindNode(name, in int32, bound binding) {
	if name == none {
		return
	}
	bound.name, bound.node = b.text(name), name
	b.bind(in, bound)
}

func (b *builder) declareBlock(n, in int32, loops uint8) {
	inner := b.newScope(in, b.scopes[in].unit, false)
	kind := b.nodes[n].kind
	if kind == cst.Catch {
		b.bindPattern(b.child(n, cst.AsParameter), inner, binding{kind: bindOther, value: none, fallback: none})
	}
	isLoop := kind == cst.For || kind == cst.ForIn || kind == cst.While || kind == cst.Do
	if kind == cst.ForIn {
		if word := b.child(n, cst.AsKind); word != none {
			target, declared := inner, bindConst
			switch b.text(word) {
			case "let":
				declared = bindLet
			case "var":
				target, declared = b.scopes[in].function, bindVar
			}
			b.bindPattern(b.child(n, cst.AsLeft), target, binding{kind: declared, value: none, fallback: none, rewritten: true})
		}
	}
	for c := b.nodes[n].first; c != none; c = b.nodes[c].next {
		deeper := loops
		once := kind == cst.ForIn && b.nodes[c].field == cst.AsRight || kind == cst.For && b.nodes[c].field == cst.AsInitializer
		if isLoop && !once && deeper < 255 {
			deeper++
		}
		b.declare(c, inner, deeper)
	}
}

func (b *builder) declareVariables(n, in int32) {
	kind, target := bindConst, in
	if b.nodes[n].kind == cst.Var {
		kind, target = bindVar, b.scopes[in].function
	} else if word := b.child(n, cst.AsKind); b.text(word) == "let" {
		kind = bindLet
	}
	for c := b.nodes[n].first; c != none; c = b.nodes[c].next {
		if b.nodes[c].kind == cst.Declarator {
			b.bindPattern(b.child(c, cst.AsName), target, binding{
				kind: kind, value: b.child(c, cst.AsValue), fallback: none, annotation: max(b.child(c, cst.AsType), 0),
			})
		}
	}
}

// bindPattern declares every name of a pattern; like carries kind, value and path so far.
func (b *builder) bindPattern(n, in int32, like binding) {
	switch b.kind(n) {
	case cst.Identifier, cst.ShorthandPattern:
		b.bindNode(n, in, like)
	case cst.AssignmentPattern:
		like.fallback = b.child(n, cst.AsRight)
		left := b.child(n, cst.AsLeft)
		if b.kind(left) == cst.ShorthandPattern {
			like.path = appendPath(like.path, b.text(left))
		}
		b.bindPattern(left, in, like)
	case cst.RestPattern:
		like.path = appendPath(like.path, "*")
		b.bindPattern(b.only(n), in, like)
	case cst.ArrayPattern:
		for i, item := range b.elements(n) {
			inner := like
			inner.path = appendPath(like.path, digits(i))
			b.bindPattern(item, in, inner)
		}
	case cst.ObjectPattern:
		for _, item := range b.items(n) {
			inner := like
			switch b.kind(item) {
			case cst.ShorthandPattern:
				inner.path = appendPath(like.path, b.text(item))
				b.bindPattern(item, in, inner)
			case cst.PairPattern:
				name, ok := b.propertyName(b.child(item, cst.AsKey))
				if !ok {
					name = "*"
				}
				inner.path = appendPath(like.path, name)
				b.bindPattern(b.child(item, cst.AsValue), in, inner)
			default:
				b.bindPattern(item, in, inner)
			}
		}
	}
}

// elements are the items of an array or array pattern by position, none for holes.
func (b *builder) elements(n int32) []int32 {
	var out []int32
	at, pending := b.nodes[n].start+1, none
	for c := b.nodes[n].first; c != none; c = b.nodes[c].next {
		if b.nodes[c].kind == cst.Comment || b.nodes[c].kind == cst.Token {
			continue
		}
		for range countCommas(b.src[at:b.nodes[c].start]) {
			out = append(out, pending)
			pending = none
		}
		pending, at = c, b.nodes[c].end
	}
	if pending != none {
		out = append(out, pending)
	}
	return out
}

// countCommas counts commas outside of comments.
func countCommas(s string) int {
	count := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ',':
			count++
		case s[i] == '/' && i+1 < len(s) && s[i+1] == '/':
			for i < len(s) && s[i] != '\n' {
				i++
			}
		case s[i] == '/' && i+1 < len(s) && s[i+1] == '*':
			for i += 2; i+1 < len(s) && (s[i] != '*' || s[i+1] != '/'); i++ {
			}
			i++
		}
	}
	return count
}

func appendPath(path []string, name string) []string {
	return append(path[:len(path):len(path)], name)
}

func (b *builder) declareFunction(n, in int32) {
	kind := b.nodes[n].kind
	name := b.child(n, cst.AsName)
	if kind == cst.FunctionDecl {
		b.bindNode(name, in, binding{kind: bindFunction, value: n, fallback: none})
	}
	var unitID int32
	if class := b.constructorOf(n); class != none {
		unitID = b.unitOf[class]
		b.unitOf[n] = unitID
	} else {
		unitID = b.newUnit(n, b.scopes[in].unit, b.functionName(n))
	}
	inner := b.newScope(in, unitID, true)
	if kind == cst.Function && name != none {
		b.bindNode(name, inner, binding{kind: bindFunction, value: n, fallback: none})
	}
	b.declareParameters(n, inner, unitID)
	body := b.child(n, cst.AsBody)
	if kind == cst.Arrow && b.kind(body) != cst.Block && body != none {
		b.units[unitID].returns = append(b.units[unitID].returns, body)
	}
	for c := b.nodes[n].first; c != none; c = b.nodes[c].next {
		switch {
		case c == body && b.nodes[c].kind == cst.Block:
			b.nodes[c].scope = inner
			b.declareChildren(c, inner, 0)
		case c == name || b.nodes[c].field == cst.AsDecorator:
			b.declare(c, in, 0)
		default:
			b.declare(c, inner, 0)
		}
	}
}

func (b *builder) declareParameters(n, inner, unitID int32) {
	if single := b.child(n, cst.AsParameter); single != none {
		b.bindPattern(single, inner, binding{kind: bindParam, value: none, fallback: none, unit: unitID})
		b.units[unitID].params = 1
		return
	}
	index := int32(0)
	var names []string
	for _, param := range b.items(b.child(n, cst.AsParameters)) {
		bound := binding{kind: bindParam, value: none, fallback: none, unit: unitID, index: index}
		pattern := param
		if b.kind(param) == cst.Parameter {
			pattern = b.child(param, cst.AsPattern)
			if pattern == none {
				pattern = b.child(param, cst.AsName)
			}
			bound.fallback, bound.annotation = b.child(param, cst.AsValue), max(b.child(param, cst.AsType), 0)
			if b.kind(pattern) == cst.This {
				continue
			}
		}
		b.bindPattern(pattern, inner, bound)
		names = append(names, b.text(pattern))
		index++
	}
	b.units[unitID].params = int(index)
	if handlerParameters(names) {
		b.units[unitID].when |= whenHandler
	}
}

// constructorOf is the class a method is the constructor of, or none.
func (b *builder) constructorOf(n int32) int32 {
	if b.nodes[n].kind != cst.Method || b.text(b.child(n, cst.AsName)) != "constructor" {
		return none
	}
	body := b.parent(n)
	if body == none || b.nodes[body].kind != cst.ClassBody {
		return none
	}
	return b.parent(body)
}

func (b *builder) declareClass(n, in int32) {
	name := b.child(n, cst.AsName)
	if b.nodes[n].kind == cst.ClassDecl {
		b.bindNode(name, in, binding{kind: bindClass, value: n, fallback: none})
	}
	unitID := b.newUnit(n, b.scopes[in].unit, b.functionName(n))
	outer := b.newScope(in, b.scopes[in].unit, false)
	if name != none {
		b.bindNode(name, outer, binding{kind: bindClass, value: n, fallback: none})
	}
	instance := b.newScope(outer, unitID, true)
	for c := b.nodes[n].first; c != none; c = b.nodes[c].next {
		if b.nodes[c].kind != cst.ClassBody {
			b.declare(c, outer, 0)
			continue
		}
		b.nodes[c].scope = outer
		for member := b.nodes[c].first; member != none; member = b.nodes[member].next {
			if b.nodes[member].kind == cst.Field && !b.hasToken(member, "static") {
				b.declareField(member, outer, instance)
				continue
			}
			if b.nodes[member].kind == cst.StaticBlock {
				b.declare(member, b.newScope(outer, b.scopes[in].unit, true), 0)
				continue
			}
			b.declare(member, outer, 0)
		}
	}
}

// declareField puts an instance field's value into the constructor's unit; its name and decorators run with the class.
func (b *builder) declareField(n, outer, instance int32) {
	b.nodes[n].scope = outer
	value := b.child(n, cst.AsValue)
	for c := b.nodes[n].first; c != none; c = b.nodes[c].next {
		if c == value {
			b.declare(c, instance, 0)
		} else {
			b.declare(c, outer, 0)
		}
	}
}

// functionName is the name a function or class has, or is given by where it stands: const f = () => {}, {f() {}}, x.f = …
func (b *builder) functionName(n int32) string {
	if name := b.child(n, cst.AsName); name != none {
		if text, ok := b.propertyName(name); ok {
			return text
		}
		return ""
	}
	at := b.outer(n)
	parent := b.parent(at)
	switch b.kind(parent) {
	case cst.Declarator:
		if name := b.child(parent, cst.AsName); b.kind(name) == cst.Identifier {
			return b.text(name)
		}
	case cst.Assign, cst.AssignmentPattern:
		left := b.child(parent, cst.AsLeft)
		if b.kind(left) == cst.Member {
			left = b.child(left, cst.AsProperty)
		}
		if text, ok := b.propertyName(left); ok && text != "exports" && at == b.child(parent, cst.AsRight) {
			return text
		}
	case cst.Pair, cst.Field:
		key := b.child(parent, cst.AsKey)
		if key == none {
			key = b.child(parent, cst.AsProperty)
		}
		if key == none {
			key = b.child(parent, cst.AsName)
		}
		if text, ok := b.propertyName(key); ok {
			return text
		}
	case cst.Call:
		return ""
	}
	return ""
}
