package syntax

import (
	"maps"
	"slices"

	"github.com/dock2edge/dock2edge/internal/source"
	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// export is what one exported name is, in a form that outlives the tree.
type export struct {
	// raw is the name it leads to out of the module: "pg.Pool()" for `new Pool()`.
	raw string
	// made is where raw was made, when a call made it.
	made source.Span
	// unit is the function or class it is, -1 for other things.
	unit int32
	// members are properties of an object, static members of a class, or members of an instance.
	members map[string]*export
	// result is what a call returns, for a class what new makes.
	result *export
	// value is the constant it holds.
	value Value
}

// maxExportDepth is how many members deep exported objects are kept.
const maxExportDepth = 4

// takeLinks copies out of the builder what Link needs.
func (b *builder) takeLinks() links {
	taken := links{units: b.units, edges: b.edges, places: b.places, exports: map[string]*export{}}
	made := map[entity]*export{}
	for _, e := range b.exports {
		if taken.exports[e.name] != nil {
			continue
		}
		found := b.exportOf(b.eval(e.node), made, 0)
		if value := b.fold(e.node); constant(value) {
			found = &export{raw: found.raw, made: found.made, unit: found.unit, members: found.members, result: found.result, value: value}
		}
		taken.exports[e.name] = found
	}
	taken.late, taken.workdir = b.late, b.workdir
	return taken
}

// constant tells of values that other modules may use in place of a name. A Ref counts when it has a default.
func constant(value Value) bool {
	switch value.Kind {
	case Unknown, Function:
		return false
	case Ref:
		return value.Fields["default"].Kind != Unknown
	}
	return true
}

// exportOf keeps what an expression led to.
func (b *builder) exportOf(e entity, made map[entity]*export, depth int) *export {
	if known := made[e]; known != nil {
		return known
	}
	out := &export{unit: -1}
	if e.kind == entityNone || depth > maxExportDepth {
		return out
	}
	made[e] = out
	switch e.kind {
	case entityName:
		out.raw = e.name
		if e.made != 0 {
			out.made = b.span(e.made)
		}
	case entityUnit:
		out.unit = e.node
		if result := b.returned(e); result.kind != entityNone {
			out.result = b.exportOf(result, made, depth+1)
		}
	case entityClass:
		out.unit = b.unitOf[e.node]
		out.members = b.exportMembers(e, b.factsOf(e.node).static, made, depth)
		out.result = b.exportOf(entity{kind: entityInstance, node: e.node}, made, depth+1)
	case entityInstance:
		facts := b.factsOf(e.node)
		out.members = b.exportMembers(e, facts.instance, made, depth)
		for _, name := range slices.Sorted(maps.Keys(facts.types)) {
			if out.members[name] == nil {
				out.members[name] = b.exportOf(b.member(e, name), made, depth+1)
			}
		}
		if parent := b.superOf(e.node); parent.kind == entityName {
			out.raw = callName(parent.name)
		}
	case entityLiteral:
		out.members = b.exportLiteral(e.node, made, depth)
	case entityEnum:
		out.members = map[string]*export{}
		if b.kind(e.node) == cst.Enum {
			for _, name := range b.enumNames(e.node) {
				out.members[name] = &export{unit: -1, value: b.enumMember(e.node, name)}
			}
		}
	}
	return out
}

func (b *builder) exportMembers(owner entity, names map[string]int32, made map[entity]*export, depth int) map[string]*export {
	members := make(map[string]*export, len(names))
	for _, name := range slices.Sorted(maps.Keys(names)) {
		node := names[name]
		found := b.exportOf(b.member(owner, name), made, depth+1)
		if value := b.fold(node); found.unit < 0 && constant(value) {
			found = &export{raw: found.raw, made: found.made, unit: -1, members: found.members, value: value}
		}
		members[name] = found
	}
	return members
}

// exportLiteral keeps the properties of an object literal.
func (b *builder) exportLiteral(n int32, made map[entity]*export, depth int) map[string]*export {
	if b.kind(n) != cst.Object {
		return nil
	}
	members := map[string]*export{}
	for _, item := range b.items(n) {
		name, node, ok := "", item, false
		switch b.kind(item) {
		case cst.Shorthand:
			name, ok = b.text(item), true
		case cst.Pair:
			name, ok = b.propertyName(b.child(item, cst.AsKey))
			node = b.child(item, cst.AsValue)
		case cst.Method:
			name, ok = b.propertyName(b.child(item, cst.AsName))
		case cst.Spread:
			if e := b.eval(b.only(item)); e.kind == entityLiteral && e.node != n {
				for name, member := range b.exportOf(e, made, depth+1).members {
					members[name] = member
				}
			}
		}
		if !ok {
			continue
		}
		found := b.exportOf(b.eval(node), made, depth+1)
		if value := b.fold(node); found.unit < 0 && constant(value) {
			found = &export{raw: found.raw, made: found.made, unit: -1, members: found.members, value: value}
		}
		members[name] = found
	}
	return members
}

// enumNames are the names of an enum's members.
func (b *builder) enumNames(n int32) []string {
	var names []string
	for _, item := range b.items(b.child(n, cst.AsBody)) {
		if b.kind(item) == cst.EnumAssignment {
			item = b.child(item, cst.AsName)
		}
		if name, ok := b.propertyName(item); ok {
			names = append(names, name)
		}
	}
	return names
}
