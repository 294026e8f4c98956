package syntax

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// collectFacts notes assignments and returns before anything is evaluated.
func (b *builder) collectFacts() {
	for i := range b.nodes {
		n := int32(i)
		switch b.nodes[i].kind {
		case cst.Assign:
			b.noteAssignment(b.bare(b.child(n, cst.AsLeft)), b.child(n, cst.AsRight))
		case cst.Augmented:
			left := b.bare(b.child(n, cst.AsLeft))
			switch b.text(b.child(n, cst.AsOperator)) {
			case "||=", "??=":
				b.noteAssignment(left, b.child(n, cst.AsRight))
			default:
				b.noteRewrite(left)
			}
		case cst.Update:
			b.noteRewrite(b.bare(b.child(n, cst.AsArgument)))
		case cst.Return:
			if value := b.only(n); value != none {
				unit := &b.units[b.unitAt(n)]
				unit.returns = append(unit.returns, value)
			}
		case cst.Method:
			b.noteDecorators(n)
		}
	}
}

func (b *builder) noteRewrite(left int32) {
	if b.kind(left) != cst.Identifier {
		return
	}
	if id := b.lookup(left, b.text(left)); id != none {
		b.bindings[id].rewritten = true
	}
}

func (b *builder) noteAssignment(left, right int32) {
	switch b.kind(left) {
	case cst.Identifier:
		if id := b.lookup(left, b.text(left)); id != none {
			b.bindings[id].assigned = append(b.bindings[id].assigned, right)
		}
	case cst.Member:
		b.notePropertyAssignment(left, right)
	case cst.ObjectPattern, cst.ArrayPattern:
		for _, item := range b.items(left) {
			switch b.kind(item) {
			case cst.PairPattern:
				item = b.child(item, cst.AsValue)
			case cst.AssignmentPattern:
				item = b.child(item, cst.AsLeft)
			}
			if k := b.kind(item); k == cst.Identifier || k == cst.ShorthandPattern {
				if id := b.lookup(item, b.text(item)); id != none {
					b.bindings[id].rewritten = true
				}
			}
		}
	}
}

func (b *builder) notePropertyAssignment(left, right int32) {
	object, property := b.bare(b.child(left, cst.AsObject)), b.text(b.child(left, cst.AsProperty))
	switch b.kind(object) {
	case cst.This:
		owner, static := b.thisOwner(left)
		if k := b.kind(owner); k != cst.ClassDecl && k != cst.Class {
			return
		}
		facts := b.factsOf(owner)
		members := facts.instance
		if static {
			members = facts.static
		}
		if k := b.kind(right); members[property] == 0 && k != cst.Null && k != cst.Undefined {
			members[property] = right
		}
	case cst.Identifier:
		name := b.text(object)
		if id := b.lookup(object, name); id != none {
			if b.bindings[id].props == nil {
				b.bindings[id].props = map[string]int32{}
			}
			if _, ok := b.bindings[id].props[property]; !ok {
				b.bindings[id].props[property] = right
			}
			return
		}
		switch name {
		case "global", "globalThis":
			b.globals["globalThis."+property] = right
		case "exports":
			b.globals["exports."+property] = right
		}
	case cst.Member:
		if b.text(object) == "module.exports" && b.lookup(object, "module") == none {
			b.globals["module.exports."+property] = right
		}
	}
}

// noteDecorators marks methods that a framework calls for requests or on a schedule.
func (b *builder) noteDecorators(n int32) {
	mark := func(decorator int32) {
		name := strings.TrimPrefix(b.text(decorator), "@")
		if i := strings.IndexAny(name, "(\n "); i >= 0 {
			name = name[:i]
		}
		switch name {
		case "Get", "Post", "Put", "Patch", "Delete", "Head", "Options", "All", "MessagePattern", "EventPattern",
			"SubscribeMessage", "Process", "Processor", "OnWorkerEvent", "Sse", "Query", "Mutation", "Subscription",
			"ResolveField", "GrpcMethod", "RabbitSubscribe", "RabbitRPC":
			b.units[b.unitOf[n]].when |= whenHandler
		case "Cron", "Interval", "Timeout":
			b.units[b.unitOf[n]].when |= whenTimer
		}
	}
	for c := b.nodes[n].first; c != none; c = b.nodes[c].next {
		if b.nodes[c].kind == cst.Decorator {
			mark(c)
		}
	}
	// In TypeScript's grammar the decorators stand before the method, in the class body.
	body := b.parent(n)
	if b.kind(body) != cst.ClassBody {
		return
	}
	pending := []int32(nil)
	for c := b.nodes[body].first; c != none && c != n; c = b.nodes[c].next {
		if b.nodes[c].kind == cst.Decorator {
			pending = append(pending, c)
		} else if b.nodes[c].kind != cst.Comment {
			pending = nil
		}
	}
	for _, decorator := range pending {
		mark(decorator)
	}
}

// emit walks all nodes in file order and records what the module does.
func (b *builder) emit() {
	calls := 0
	for i := range b.nodes {
		if k := b.nodes[i].kind; k == cst.Call || k == cst.New {
			calls++
		}
	}
	b.module.Calls = make([]Call, 0, calls)
	for i := range b.nodes {
		n := int32(i)
		switch b.nodes[i].kind {
		case cst.Import:
			b.importStatement(n)
		case cst.Export:
			b.exportStatement(n)
		case cst.Call, cst.New:
			b.emitCall(n)
		case cst.Identifier, cst.Shorthand:
			if b.isUse(n) {
				b.emitRead(n)
			}
		case cst.Member, cst.Subscript, cst.Meta:
			b.emitRead(n)
		case cst.Assign, cst.Augmented:
			b.emitAssign(n)
		case cst.Update:
			b.emitMutation(n, b.child(n, cst.AsArgument), "++")
		case cst.Unary:
			if b.text(b.child(n, cst.AsOperator)) == "delete" {
				b.emitMutation(n, b.child(n, cst.AsArgument), "delete")
			}
		case cst.For, cst.ForIn, cst.While, cst.Do:
			b.emitLoop(n)
		}
	}
}

// isUse tells whether an identifier is the use of a variable, not a declaration or a label of some kind.
func (b *builder) isUse(n int32) bool {
	parent, role := b.parent(n), b.nodes[n].field
	if parent == none {
		return false
	}
	switch b.kind(parent) {
	case cst.Import, cst.ImportClause, cst.ImportSpecifier, cst.NamespaceImport, cst.ImportRequire, cst.ExportSpecifier, cst.NamespaceExport,
		cst.Parameters, cst.RestPattern, cst.ObjectPattern, cst.ArrayPattern, cst.Tag, cst.EnumBody, cst.ImportAlias:
		return false
	case cst.Declarator, cst.FunctionDecl, cst.Function, cst.ClassDecl, cst.Class, cst.Enum, cst.EnumAssignment, cst.Namespace:
		return role != cst.AsName
	case cst.Parameter:
		return role == cst.AsValue
	case cst.AssignmentPattern:
		return role == cst.AsRight
	case cst.PairPattern:
		return false
	case cst.Arrow, cst.Catch:
		return role != cst.AsParameter
	case cst.ForIn:
		return role != cst.AsLeft
	case cst.Cast:
		return b.nodes[parent].first == n
	}
	return true
}

// functionNameAt is the name of the function a node stands in; empty at module scope.
func (b *builder) functionNameAt(n int32) string {
	return b.units[b.unitAt(n)].name
}

// emitRead records the use of a resolved name that is no call. Of a chain a.b.c only the whole is a use.
func (b *builder) emitRead(n int32) {
	at := b.outer(n)
	parent := b.parent(at)
	role := b.nodes[at].field
	switch b.kind(parent) {
	case cst.Member, cst.Subscript:
		if role == cst.AsObject {
			return
		}
	case cst.Call, cst.New:
		if role == cst.AsFunction || role == cst.AsConstructor {
			b.emitCalleeRead(n)
			return
		}
	case cst.Assign, cst.Augmented:
		if role == cst.AsLeft {
			return
		}
	case cst.Update:
		return
	case cst.Declarator:
		if role == cst.AsValue && b.kind(b.child(parent, cst.AsName)) == cst.ObjectPattern {
			b.emitPatternReads(n, b.child(parent, cst.AsName))
			return
		}
	}
	b.addRead(n, n)
}

// emitCalleeRead records process.env.X in process.env.X.split(","), which is a use as well as a call.
func (b *builder) emitCalleeRead(callee int32) {
	if b.kind(callee) != cst.Member {
		return
	}
	object := b.bare(b.child(callee, cst.AsObject))
	if k := b.kind(object); k == cst.Member || k == cst.Subscript {
		b.addRead(object, object)
	}
}

// emitPatternReads records process.env.A and process.env.B for const {A, B} = process.env.
func (b *builder) emitPatternReads(value, pattern int32) {
	owner := b.eval(value)
	if owner.kind != entityName || strings.Contains(owner.name, "()") {
		return
	}
	for _, item := range b.items(pattern) {
		name, ok := "", false
		switch b.kind(item) {
		case cst.ShorthandPattern:
			name, ok = b.text(item), true
		case cst.AssignmentPattern:
			name, ok = b.propertyName(b.child(item, cst.AsLeft))
		case cst.PairPattern:
			name, ok = b.propertyName(b.child(item, cst.AsKey))
		}
		if !ok {
			b.addRead(value, value)
			continue
		}
		b.recordRead(memberName(owner.name, name), item)
	}
}

func (b *builder) addRead(n, at int32) {
	if k := b.kind(n); k == cst.Identifier || k == cst.Shorthand {
		if id := b.lookup(n, b.text(n)); id != none && b.bindings[id].kind != bindImport {
			return
		}
	}
	if e := b.eval(n); e.kind == entityName && !strings.Contains(e.name, "()") {
		b.recordRead(e.name, at)
	}
}

func (b *builder) recordRead(raw string, at int32) {
	name := b.shown(raw)
	if name == "" || strings.Contains(name, "()") {
		return
	}
	b.places.names = append(b.places.names, raw)
	b.module.Reads = append(b.module.Reads, Read{Name: name, Function: b.functionNameAt(at), Span: b.span(at)})
	b.places.reads = append(b.places.reads, b.unitAt(at))
}

// emitAssign records an assignment and what it exports.
func (b *builder) emitAssign(n int32) {
	left, right := b.bare(b.child(n, cst.AsLeft)), b.child(n, cst.AsRight)
	kind := "="
	if b.kind(n) == cst.Augmented {
		kind = "+="
	} else if k := b.kind(left); k == cst.ObjectPattern || k == cst.ArrayPattern {
		for _, item := range b.items(left) {
			switch b.kind(item) {
			case cst.PairPattern:
				item = b.child(item, cst.AsValue)
			case cst.AssignmentPattern:
				item = b.child(item, cst.AsLeft)
			}
			b.emitMutation(n, item, kind)
		}
		return
	}
	b.emitMutation(n, left, kind)
	if kind == "=" && b.kind(left) == cst.Member {
		if e := b.eval(b.child(left, cst.AsObject)); e.kind == entityName {
			b.commonExport(e.name+"."+b.text(b.child(left, cst.AsProperty)), left, right)
		}
	}
}

// emitMutation records a change of the variable or property at target, by the statement or expression n.
func (b *builder) emitMutation(n, target int32, kind string) {
	target = b.bare(target)
	switch b.kind(target) {
	case cst.Identifier, cst.ShorthandPattern:
		id := b.lookup(target, b.text(target))
		if id == none || b.bindings[id].global {
			b.recordAssign(Assign{Target: b.text(target), Kind: kind, Global: id != none}, n)
		}
	case cst.Member, cst.Subscript:
		if assign, ok := b.propertyTarget(target, kind); ok {
			b.recordAssign(assign, n)
		}
	}
}

func (b *builder) recordAssign(assign Assign, n int32) {
	assign.Function, assign.Span = b.functionNameAt(n), b.span(n)
	b.module.Assigns = append(b.module.Assigns, assign)
	b.places.assigns = append(b.places.assigns, b.unitAt(n))
}

// propertyTarget names what an assignment to x.y or x[y] changes.
func (b *builder) propertyTarget(target int32, kind string) (Assign, bool) {
	if kind != "delete" {
		kind = "property"
	}
	root, first := b.rootObject(target)
	switch b.kind(root) {
	case cst.This:
		name := "this." + first
		if direct := b.bare(b.child(target, cst.AsObject)) == root; direct && kind != "delete" && b.kind(target) == cst.Member {
			kind = "="
		}
		return Assign{Target: name, Kind: kind}, first != ""
	case cst.Identifier:
		if id := b.lookup(root, b.text(root)); id != none {
			bound := &b.bindings[id]
			if bound.kind == bindImport || !bound.global {
				if name, ok := b.plainName(target); ok {
					return Assign{Target: name, Kind: assignKind(kind)}, true
				}
			}
			return Assign{Target: bound.name, Kind: kind, Global: bound.global}, bound.global
		}
		if name, ok := b.plainName(target); ok {
			return Assign{Target: name, Kind: assignKind(kind)}, true
		}
	}
	return Assign{}, false
}

// assignKind is the kind of an assignment whose target is the property itself.
func assignKind(kind string) string {
	if kind == "delete" {
		return kind
	}
	return "="
}

// plainName is the resolved name of a property of a module or global: process.env.TZ. Things of the project have none.
func (b *builder) plainName(n int32) (string, bool) {
	owner := b.eval(b.child(n, cst.AsObject))
	if owner.kind != entityName || strings.Contains(owner.name, "()") {
		return "", false
	}
	property := b.text(b.child(n, cst.AsProperty))
	if b.kind(n) == cst.Subscript {
		property = b.fold(b.child(n, cst.AsIndex)).Text
	}
	name := shown(memberName(owner.name, property))
	return name, name != "" && !strings.HasPrefix(name, "local:")
}

// rootObject walks a.b.c down to a, and tells the first property ("b").
func (b *builder) rootObject(n int32) (root int32, first string) {
	for {
		n = b.bare(n)
		switch b.kind(n) {
		case cst.Member:
			first = b.text(b.child(n, cst.AsProperty))
		case cst.Subscript:
			first = ""
		default:
			return n, first
		}
		n = b.child(n, cst.AsObject)
	}
}

// emitLoop records a loop.
func (b *builder) emitLoop(n int32) {
	loop := Loop{Depth: int(b.nodes[n].loops) + 1, Function: b.functionNameAt(n), Span: b.span(n)}
	condition := b.child(n, cst.AsCondition)
	switch b.kind(n) {
	case cst.For:
		loop.Infinite = condition == none || b.kind(condition) == cst.Other
		if b.kind(condition) == cst.ExpressionStatement {
			condition = b.only(condition)
		}
		if b.kind(condition) == cst.Binary {
			if bound := b.fold(b.child(condition, cst.AsRight)); bound.Kind == Number {
				loop.Bound = bound.Number
			}
		}
	case cst.While, cst.Do:
		value := b.fold(b.bare(condition))
		loop.Infinite = value.Kind == Bool && value.Text == "true" || value.Kind == Number && value.Number != 0
	case cst.ForIn:
		loop.Awaits = b.hasToken(n, "await")
		if over := b.fold(b.child(n, cst.AsRight)); over.Kind == Array {
			loop.Bound = float64(len(over.Items))
		}
	}
	unit := b.unitAt(n)
	end := b.nodes[n].end
	for c := n + 1; int(c) < len(b.nodes) && b.nodes[c].start < end && !loop.Awaits; c++ {
		loop.Awaits = b.nodes[c].kind == cst.Await && b.unitAt(c) == unit
	}
	b.module.Loops = append(b.module.Loops, loop)
	b.places.loops = append(b.places.loops, unit)
}
