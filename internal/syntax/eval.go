package syntax

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// entityKind is what an expression leads to.
type entityKind uint8

const (
	entityNone entityKind = iota
	// entityName: something of a module, a global or a parameter; name is raw.
	entityName
	// entityUnit: a function of this module; node is its unit.
	entityUnit
	// entityClass and entityInstance: a class of this module and what new makes of it; node is the class.
	entityClass
	entityInstance
	// entityLiteral: an object or array literal; node is the literal.
	entityLiteral
	// entityEnum: a TypeScript enum or namespace; node is the declaration.
	entityEnum
)

// entity is what an expression leads to, as far as can be told without running it.
type entity struct {
	kind entityKind
	name string
	node int32
	// made is, for a name that ends in a call, the call or new; 0 for others.
	made int32
}

func named(raw string) entity { return entity{kind: entityName, name: raw} }

// maxEvaluation bounds how deep a chain of names, calls and returns is followed.
const maxEvaluation = 100

// eval finds what an expression leads to. An expression that is defined by itself leads nowhere.
func (b *builder) eval(n int32) entity {
	n = b.bare(n)
	if n == none {
		return entity{}
	}
	switch b.kind(n) {
	case cst.Identifier, cst.Shorthand, cst.ShorthandPattern, cst.Undefined:
		return b.evalIdentifier(n)
	case cst.String, cst.Number, cst.Template, cst.True, cst.False, cst.Null, cst.Regex, cst.Unary, cst.Update:
		return entity{}
	}
	if known, ok := b.entities[n]; ok {
		return known
	}
	if b.depth > maxEvaluation {
		return entity{}
	}
	b.depth++
	b.entities[n] = entity{}
	found := b.evalNode(n)
	b.entities[n] = found
	b.depth--
	return found
}

func (b *builder) evalNode(n int32) entity {
	switch b.kind(n) {
	case cst.Member:
		return b.evalMember(n)
	case cst.Subscript:
		return b.evalSubscript(n)
	case cst.Meta:
		return named("import.meta")
	case cst.This:
		return b.evalThis(n)
	case cst.Super:
		if class := b.enclosingClass(n); class != none {
			return b.superOf(class)
		}
	case cst.FunctionDecl, cst.Function, cst.Arrow, cst.Method:
		return entity{kind: entityUnit, node: b.unitOf[n]}
	case cst.ClassDecl, cst.Class:
		return entity{kind: entityClass, node: n}
	case cst.Object, cst.Array:
		return entity{kind: entityLiteral, node: n}
	case cst.Enum, cst.Namespace:
		return entity{kind: entityEnum, node: n}
	case cst.TypeAnnotation:
		return b.evalType(n)
	case cst.Call:
		return b.evalCall(n)
	case cst.New:
		return b.evalNew(n)
	case cst.Assign:
		return b.eval(b.child(n, cst.AsRight))
	case cst.Augmented:
		return b.either(b.child(n, cst.AsLeft), b.child(n, cst.AsRight))
	case cst.Binary:
		switch b.text(b.child(n, cst.AsOperator)) {
		case "||", "??":
			return b.either(b.child(n, cst.AsLeft), b.child(n, cst.AsRight))
		case "&&":
			return b.eval(b.child(n, cst.AsRight))
		}
	case cst.Ternary:
		return b.either(b.child(n, cst.AsConsequence), b.child(n, cst.AsAlternative))
	}
	return entity{}
}

// either takes the first of two expressions that leads anywhere. The app's own globals are a last resort: in
// `globalThis.prisma ?? new PrismaClient()` the right side tells more.
func (b *builder) either(first, second int32) entity {
	one := b.eval(first)
	if one.kind != entityNone && !(one.kind == entityName && strings.HasPrefix(one.name, "globalThis.")) {
		return one
	}
	if two := b.eval(second); two.kind != entityNone {
		return two
	}
	return one
}

func (b *builder) evalIdentifier(n int32) entity {
	name := b.text(n)
	id := b.lookup(n, name)
	if id != none {
		return b.evalBinding(id)
	}
	switch name {
	case "undefined", "NaN", "Infinity", "arguments":
		return entity{}
	}
	return named(name)
}

func (b *builder) evalBinding(id int32) entity {
	switch b.bindings[id].state {
	case evaluated:
		return b.bindings[id].entity
	case evaluating:
		return entity{}
	}
	b.bindings[id].state = evaluating
	found := b.bindingValue(id)
	b.bindings[id].entity, b.bindings[id].state = found, evaluated
	return found
}

func (b *builder) bindingValue(id int32) entity {
	bound := &b.bindings[id]
	if bound.kind == bindImport {
		return named(bound.imported)
	}
	found := entity{}
	switch {
	case bound.kind == bindParam:
		found = b.evalParameter(bound)
	case bound.value != none:
		found = b.eval(bound.value)
	}
	for _, name := range bound.path {
		found = b.member(found, name)
	}
	if found.kind == entityNone && bound.fallback != none {
		found = b.eval(bound.fallback)
	}
	for _, right := range bound.assigned {
		if found.kind != entityNone {
			break
		}
		found = b.eval(right)
	}
	if found.kind == entityNone {
		found = b.annotated(bound)
	}
	return found
}

func (b *builder) evalMember(n int32) entity {
	object := b.child(n, cst.AsObject)
	property := b.text(b.child(n, cst.AsProperty))
	owner := b.eval(object)
	if found := b.member(owner, property); found.kind != entityNone {
		return found
	}
	return b.assignedProperty(object, property)
}

// assignedProperty looks for x.property = v when x is a variable of the module.
func (b *builder) assignedProperty(object int32, property string) entity {
	object = b.bare(object)
	if b.kind(object) != cst.Identifier {
		return entity{}
	}
	id := b.lookup(object, b.text(object))
	if id == none {
		return entity{}
	}
	if value, ok := b.bindings[id].props[property]; ok {
		return b.eval(value)
	}
	return entity{}
}

func (b *builder) evalSubscript(n int32) entity {
	owner := b.eval(b.child(n, cst.AsObject))
	if owner.kind == entityNone {
		return owner
	}
	index := b.fold(b.child(n, cst.AsIndex))
	if index.Kind == String || index.Kind == Number {
		return b.member(owner, index.Text)
	}
	return b.member(owner, "*")
}

// member finds a property of what an expression led to.
func (b *builder) member(owner entity, property string) entity {
	if b.depth > maxEvaluation {
		return entity{}
	}
	b.depth++
	defer func() { b.depth-- }()
	switch owner.kind {
	case entityName:
		name := memberName(owner.name, property)
		if value, ok := b.globals[name]; ok {
			if found := b.eval(value); found.kind != entityNone {
				return found
			}
		}
		return named(name)
	case entityLiteral:
		return b.literalMember(owner.node, property)
	case entityClass:
		return b.classMember(owner.node, property, true)
	case entityInstance:
		return b.classMember(owner.node, property, false)
	}
	return entity{}
}

func (b *builder) literalMember(n int32, property string) entity {
	if b.kind(n) == cst.Array {
		for i, item := range b.elements(n) {
			if digits(i) == property {
				return b.eval(item)
			}
		}
		return entity{}
	}
	value, spread := b.literalProperty(n, property)
	if value != none {
		return b.eval(value)
	}
	if b.spreading { // an object spread into an object that is spread: one step is enough
		return entity{}
	}
	b.spreading = true
	defer func() { b.spreading = false }()
	for _, source := range spread {
		if found := b.member(b.eval(source), property); found.kind != entityNone {
			return found
		}
	}
	return entity{}
}

// literalProperty finds the value of an object literal's property, and the objects spread into the literal.
func (b *builder) literalProperty(n int32, property string) (value int32, spread []int32) {
	for c := b.nodes[n].first; c != none; c = b.nodes[c].next {
		switch b.nodes[c].kind {
		case cst.Shorthand:
			if b.text(c) == property {
				return c, nil
			}
		case cst.Pair:
			if name, ok := b.propertyName(b.child(c, cst.AsKey)); ok && name == property {
				return b.child(c, cst.AsValue), nil
			}
		case cst.Method:
			if name, ok := b.propertyName(b.child(c, cst.AsName)); ok && name == property {
				return c, nil
			}
		case cst.Spread:
			spread = append(spread, b.only(c))
		}
	}
	return none, spread
}

// evalCall finds what a call returns.
func (b *builder) evalCall(n int32) entity {
	function := b.bare(b.child(n, cst.AsFunction))
	arguments := b.items(b.child(n, cst.AsArguments))
	if b.kind(function) == cst.ImportWord {
		return b.moduleOf(arguments)
	}
	if b.kind(function) == cst.Member {
		switch b.text(b.child(function, cst.AsProperty)) {
		case "bind":
			return b.eval(b.child(function, cst.AsObject))
		}
	}
	callee := b.eval(function)
	if callee.kind == entityName {
		if callee.name == "require" || callee.name == "node:module.createRequire()" {
			return b.moduleOf(arguments)
		}
		if passesThrough(callee.name) && len(arguments) > 0 {
			return b.eval(arguments[0])
		}
		return entity{kind: entityName, name: callName(callee.name), made: n}
	}
	if b.interopHelper(function) && len(arguments) > 0 {
		return b.eval(arguments[0])
	}
	return b.returned(callee)
}

// returned is what calling an entity gives.
func (b *builder) returned(callee entity) entity {
	switch callee.kind {
	case entityName:
		return named(callName(callee.name))
	case entityUnit:
		for _, value := range b.units[callee.node].returns {
			if found := b.eval(value); found.kind != entityNone {
				return found
			}
		}
	}
	return entity{}
}

// moduleOf is the module that require(x) or import(x) gives.
func (b *builder) moduleOf(arguments []int32) entity {
	if len(arguments) == 0 {
		return entity{}
	}
	value := b.fold(arguments[0])
	if value.Kind != String {
		return entity{}
	}
	return named(moduleName(value.Text))
}

// passesThrough tells of functions that give back their first argument, or what stands for it.
func passesThrough(name string) bool {
	switch name {
	case "node:util.promisify", "node:util.callbackify", "node:util.deprecate", "Object.freeze", "Object.seal",
		"Object.assign", "Promise.resolve", "Promise.all":
		return true
	}
	return strings.HasPrefix(name, importMark+"tslib"+importMark) ||
		strings.HasPrefix(name, importMark+"@babel/runtime/helpers/interop") ||
		strings.HasPrefix(name, importMark+"@swc/helpers/_/_interop")
}

// interopHelper tells of the functions compilers wrap around require.
func (b *builder) interopHelper(function int32) bool {
	name := b.text(function)
	return strings.HasPrefix(name, "_interop") || name == "__importDefault" || name == "__importStar" ||
		name == "__toESM" || strings.HasPrefix(name, "(0, _interop")
}

func (b *builder) evalNew(n int32) entity {
	constructor := b.eval(b.child(n, cst.AsConstructor))
	switch constructor.kind {
	case entityName:
		return entity{kind: entityName, name: callName(constructor.name), made: n}
	case entityClass:
		return entity{kind: entityInstance, node: constructor.node}
	}
	return entity{}
}

// evalParameter is the name of a parameter, for Link to find what it is called with; its type is kept beside it. A class of
// this module says more than that.
func (b *builder) evalParameter(bound *binding) entity {
	byType := b.annotated(bound)
	if byType.kind == entityInstance {
		return byType
	}
	if byType.kind == entityName {
		unit := &b.units[bound.unit]
		if unit.types == nil {
			unit.types = map[int32]string{}
		}
		unit.types[bound.index] = byType.name
	}
	return named(paramName(bound.unit, bound.index))
}

// annotated is what a variable holds going by its TypeScript type.
func (b *builder) annotated(bound *binding) entity {
	if bound.annotation == 0 || len(bound.path) > 0 {
		return entity{}
	}
	return b.eval(bound.annotation)
}

// evalType finds what an annotation like `: Pool` promises: an instance of a class, when the class is declared or imported
// here.
func (b *builder) evalType(n int32) entity {
	text := strings.TrimSpace(strings.TrimPrefix(b.text(n), ":"))
	end := 0
	for end < len(text) && (isWordByte(text[end]) || text[end] == '.') {
		end++
	}
	if rest := strings.TrimSpace(text[end:]); rest != "" && rest[0] != '<' && !strings.HasPrefix(rest, "|") {
		return entity{}
	}
	path := strings.Split(text[:end], ".")
	id := b.lookup(n, path[0])
	if id == none {
		return entity{}
	}
	found := b.evalBinding(id)
	for _, name := range path[1:] {
		found = b.member(found, name)
	}
	switch found.kind {
	case entityClass:
		return entity{kind: entityInstance, node: found.node}
	case entityName:
		if name := instanceOfType(found.name); name != "" {
			return named(name)
		}
	}
	return entity{}
}
