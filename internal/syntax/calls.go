package syntax

import (
	"strings"
	"unicode/utf8"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// maxCalleeText is the length of Call.Text in bytes.
const maxCalleeText = 80

// emitCall records a call or new. require, import() and require.resolve become imports instead.
func (b *builder) emitCall(n int32) {
	isNew := b.kind(n) == cst.New
	calleeNode := b.child(n, cst.AsFunction)
	if isNew {
		calleeNode = b.child(n, cst.AsConstructor)
	}
	bare := b.bare(calleeNode)
	if b.kind(bare) == cst.ImportWord {
		b.importCall(n, "dynamic")
		return
	}
	callee := b.eval(bare)
	if callee.kind == entityName && !isNew {
		switch callee.name {
		case "require", "node:module.createRequire()":
			b.importCall(n, "require")
			return
		case "require.resolve", "node:module.createRequire().resolve":
			b.importCall(n, "require.resolve")
			return
		}
	}
	call := Call{
		Callee: b.calleeName(callee), Method: b.methodName(bare), Text: shorten(b.text(calleeNode)), New: isNew,
		Function: b.functionNameAt(n), LoopDepth: int(b.nodes[n].loops), Span: b.span(n), NameSpan: b.span(calleeNode),
	}
	arguments := b.items(b.child(n, cst.AsArguments))
	for _, argument := range arguments {
		call.Args = append(call.Args, b.foldArgument(argument))
	}
	if at := b.outer(n); at != n {
		for inner := b.parent(n); inner != b.parent(at); inner = b.parent(inner) {
			call.Await = call.Await || b.kind(inner) == cst.Await
		}
	}
	call.AssignedTo, call.AssignedGlobal = b.assignedTo(n)
	owner := ""
	if k := b.kind(bare); k == cst.Member || k == cst.Subscript {
		if on := b.eval(b.child(bare, cst.AsObject)); on.kind == entityName {
			owner = on.name
			if on.made != 0 {
				call.On = b.span(on.made)
			}
		}
	}
	call.Decorates = b.decorates(n)
	b.module.Calls = append(b.module.Calls, call)
	b.places.owners = append(b.places.owners, owner)
	b.places.calls = append(b.places.calls, b.unitAt(n))
	raw := ""
	if callee.kind == entityName {
		raw = callee.name
	}
	b.places.callees = append(b.places.callees, raw)

	b.callEdges(n, callee, arguments)
	b.argumentEdges(n, &call, arguments)
	if b.kind(bare) == cst.Member && mutates(call.Method) {
		b.emitMethodMutation(n, b.child(bare, cst.AsObject), call.Method)
	}
}

func (b *builder) foldArgument(n int32) Value {
	if b.kind(n) == cst.Spread {
		return Value{Span: b.span(n)}
	}
	return b.fold(n)
}

// calleeName is Call.Callee.
func (b *builder) calleeName(e entity) string {
	name := ""
	switch e.kind {
	case entityName:
		return b.shown(e.name)
	case entityUnit:
		name = b.units[e.node].name
	case entityClass:
		name = b.units[b.unitOf[e.node]].name
	}
	if name == "" {
		return ""
	}
	return "local:" + name
}

func (b *builder) methodName(callee int32) string {
	switch b.kind(callee) {
	case cst.Identifier:
		return b.text(callee)
	case cst.Member:
		return b.text(b.child(callee, cst.AsProperty))
	case cst.Subscript:
		if index := b.fold(b.child(callee, cst.AsIndex)); index.Kind == String {
			return index.Text
		}
	}
	return ""
}

// shorten cuts a text to maxCalleeText bytes, at a character's edge.
func shorten(text string) string {
	if len(text) <= maxCalleeText {
		return text
	}
	end := maxCalleeText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// assignedTo is the variable or property a call's result is stored in.
func (b *builder) assignedTo(n int32) (name string, global bool) {
	at := b.outer(n)
	parent := b.parent(at)
	for k := b.kind(parent); k == cst.Binary || k == cst.Ternary; k = b.kind(parent) {
		at = b.outer(parent)
		parent = b.parent(at)
	}
	switch b.kind(parent) {
	case cst.Declarator:
		target := b.child(parent, cst.AsName)
		if b.kind(target) != cst.Identifier {
			return "", false
		}
		id := b.lookup(target, b.text(target))
		return b.text(target), id != none && b.bindings[id].global
	case cst.Assign, cst.Augmented:
		if b.nodes[at].field != cst.AsRight {
			return "", false
		}
		target := b.bare(b.child(parent, cst.AsLeft))
		root, _ := b.rootObject(target)
		text := shorten(b.text(target))
		if b.kind(root) != cst.Identifier {
			return text, false
		}
		id := b.lookup(root, b.text(root))
		return text, id == none || b.bindings[id].global
	case cst.Field:
		key := b.child(parent, cst.AsProperty)
		if key == none {
			key = b.child(parent, cst.AsName)
		}
		if text, ok := b.propertyName(key); ok && b.nodes[at].field == cst.AsValue {
			return "this." + text, false
		}
	}
	return "", false
}

// callEdges notes that the called function runs when the caller does, and what it is given.
func (b *builder) callEdges(n int32, callee entity, arguments []int32) {
	e := edge{from: b.unitAt(n), flow: flowCall}
	switch callee.kind {
	case entityUnit:
		e.to = callee.node
	case entityClass:
		e.to = b.unitOf[callee.node]
	case entityName:
		if !strings.HasPrefix(callee.name, importMark) {
			return
		}
		e.raw = callee.name
	default:
		return
	}
	for i, node := range arguments {
		if given := b.eval(node); given.kind == entityName && given.name != "undefined" && i < 8 {
			e.arguments = append(e.arguments, b.argument(given.name, given.made))
		} else {
			e.arguments = append(e.arguments, argument{})
		}
	}
	b.edges = append(b.edges, e)
}

func (b *builder) argument(raw string, made int32) argument {
	if made == 0 {
		return argument{raw: raw}
	}
	return argument{raw: raw, made: b.span(made)}
}

// decorates is the class or method that a decorator's call decorates.
func (b *builder) decorates(n int32) string {
	decorator := b.parent(n)
	if b.kind(decorator) != cst.Decorator {
		return ""
	}
	owner := b.parent(decorator)
	class := b.enclosingClass(decorator)
	switch b.kind(owner) {
	case cst.ClassDecl, cst.Class:
		return b.units[b.unitOf[owner]].name
	case cst.Export:
		for c := b.nodes[decorator].next; c != none; c = b.nodes[c].next {
			if k := b.kind(c); k == cst.ClassDecl || k == cst.Class {
				return b.units[b.unitOf[c]].name
			}
		}
		return ""
	case cst.ClassBody: // TypeScript: the decorators stand before the method
		for owner = b.nodes[decorator].next; owner != none; owner = b.nodes[owner].next {
			if k := b.kind(owner); k != cst.Decorator && k != cst.Comment {
				break
			}
		}
	}
	if class == none || owner == none || b.kind(owner) != cst.Method {
		return ""
	}
	return b.units[b.unitOf[class]].name + "." + b.functionName(owner)
}

// argumentEdges notes when the functions handed to a call run.
func (b *builder) argumentEdges(n int32, call *Call, arguments []int32) {
	if len(arguments) == 0 {
		return
	}
	how := registration(call.Callee, call.Method, call.Args)
	for _, argument := range arguments {
		b.handOver(argument, how, b.unitAt(n), 0)
	}
	if call.Method == "register" && rootOf(call.Callee) == "fastify" {
		b.pluginEdge(n, arguments[0])
	}
}

// pluginEdge notes that a Fastify plugin is called with the server, at the start.
func (b *builder) pluginEdge(n, plugin int32) {
	server := b.eval(b.child(b.bare(b.child(n, cst.AsFunction)), cst.AsObject))
	if server.kind != entityName {
		return
	}
	e := edge{from: b.unitAt(n), flow: flowCall, arguments: []argument{b.argument(server.name, n)}}
	switch found := b.eval(plugin); found.kind {
	case entityUnit:
		e.to = found.node
	case entityName:
		e.raw = found.name
	default:
		return
	}
	b.edges = append(b.edges, e)
}

// handOver notes how the functions in an argument come to run. Wrappers (`asyncHandler(fn)`), lists and objects of functions
// and factories (`auth({…})`) count when the functions are registered.
func (b *builder) handOver(n int32, how flow, from int32, depth int) {
	if depth > 6 || n == none {
		return
	}
	n = b.bare(n)
	if b.kind(n) == cst.Spread {
		n = b.bare(b.only(n))
	}
	registered := how == flowHandler || how == flowTimer
	if b.kind(n) == cst.Call && registered {
		for _, inner := range b.items(b.child(n, cst.AsArguments)) {
			if b.isFunction(b.bare(inner)) || b.kind(b.bare(inner)) == cst.Identifier || b.kind(b.bare(inner)) == cst.Member {
				b.handOver(inner, how, from, depth+1)
			}
		}
		if factory := b.eval(b.child(n, cst.AsFunction)); factory.kind == entityUnit {
			for _, value := range b.units[factory.node].returns {
				b.handOver(value, how, from, depth+1)
			}
			return
		}
	}
	switch e := b.eval(n); e.kind {
	case entityUnit:
		b.edges = append(b.edges, edge{from: from, to: e.node, flow: how})
	case entityName:
		if strings.HasPrefix(e.name, importMark) {
			b.edges = append(b.edges, edge{from: from, flow: how, raw: e.name})
		}
	case entityLiteral:
		if registered || e.node == n {
			b.handOverLiteral(e.node, how, from, depth+1)
		}
	case entityInstance:
		if registered {
			b.handOverMethods(e.node, how, from)
		}
	}
}

func (b *builder) handOverLiteral(n int32, how flow, from int32, depth int) {
	for _, item := range b.items(n) {
		switch b.kind(item) {
		case cst.Pair:
			b.handOver(b.child(item, cst.AsValue), how, from, depth)
		case cst.Method, cst.Shorthand, cst.Identifier, cst.Function, cst.Arrow, cst.Call, cst.Member, cst.Spread, cst.Array, cst.Object:
			b.handOver(item, how, from, depth)
		}
	}
}

// handOverMethods registers all methods of an instance: new Server(new Handlers()).
func (b *builder) handOverMethods(class int32, how flow, from int32) {
	for _, member := range b.items(b.childOf(class, cst.ClassBody)) {
		if b.kind(member) == cst.Method && b.constructorOf(member) == none {
			b.edges = append(b.edges, edge{from: from, to: b.unitOf[member], flow: how})
		}
	}
}

// mutates tells of methods that change a collection in place.
func mutates(method string) bool {
	switch method {
	case "push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill", "copyWithin", "set", "add", "delete", "clear",
		"append", "enqueue", "dequeue":
		return true
	}
	return false
}

// emitMethodMutation records sessions.set(…) on a variable of the module, and this.items.push(…).
func (b *builder) emitMethodMutation(n, object int32, method string) {
	object = b.bare(object)
	root, first := b.rootObject(object)
	assign := Assign{Kind: "method", Method: method}
	switch b.kind(root) {
	case cst.This:
		if first == "" {
			return
		}
		assign.Target = "this." + first
	case cst.Identifier:
		id := b.lookup(root, b.text(root))
		if id == none || !b.bindings[id].global || b.bindings[id].kind == bindImport && !b.fromProject(id) {
			return
		}
		assign.Target, assign.Global = b.text(root), true
	default:
		return
	}
	b.recordAssign(assign, n)
}

// fromProject tells whether an imported name comes from a relative module.
func (b *builder) fromProject(id int32) bool {
	specifier, _, ok := splitImport(b.bindings[id].imported)
	return ok && isRelative(specifier)
}
