package syntax

import "github.com/dock2edge/dock2edge/internal/syntax/cst"

// classFacts is what is known of a class's members before they are evaluated.
type classFacts struct {
	heritage int32
	static   map[string]int32 // method, field value
	instance map[string]int32 // method, field value, or the right side of this.x = …
	types    map[string]int32 // annotations of fields without a value
	busy     bool
}

// factsOf reads a class's members once.
func (b *builder) factsOf(class int32) *classFacts {
	if facts, ok := b.classes[class]; ok {
		return facts
	}
	facts := &classFacts{heritage: none, static: map[string]int32{}, instance: map[string]int32{}, types: map[string]int32{}}
	b.classes[class] = facts
	if heritage := b.childOf(class, cst.Heritage); heritage != none {
		facts.heritage = b.only(heritage)
		if b.kind(facts.heritage) == cst.Heritage { // TypeScript: class_heritage > extends_clause > value
			facts.heritage = b.child(facts.heritage, cst.AsValue)
		}
	}
	for _, member := range b.items(b.childOf(class, cst.ClassBody)) {
		into := facts.instance
		if b.hasToken(member, "static") {
			into = facts.static
		}
		switch b.kind(member) {
		case cst.Method:
			if b.constructorOf(member) != none {
				b.parameterProperties(member, facts)
			} else if name, ok := b.propertyName(b.child(member, cst.AsName)); ok {
				into[name] = member
			}
		case cst.Field:
			key := b.child(member, cst.AsProperty)
			if key == none {
				key = b.child(member, cst.AsName)
			}
			if name, ok := b.propertyName(key); ok {
				if value := b.child(member, cst.AsValue); value != none && b.kind(value) != cst.Null && b.kind(value) != cst.Undefined {
					into[name] = value
				} else if annotation := b.child(member, cst.AsType); annotation != none {
					facts.types[name] = annotation
				}
			}
		}
	}
	return facts
}

// parameterProperties notes TypeScript's `constructor(private pool: Pool)`.
func (b *builder) parameterProperties(constructor int32, facts *classFacts) {
	for _, parameter := range b.items(b.child(constructor, cst.AsParameters)) {
		word := b.text(b.childOf(parameter, cst.Token))
		if b.kind(parameter) != cst.Parameter || word != "private" && word != "public" && word != "protected" && word != "readonly" {
			continue
		}
		if name := b.child(parameter, cst.AsPattern); b.kind(name) == cst.Identifier {
			facts.instance[b.text(name)] = name
		}
	}
}

// classMember finds a member of a class or of its instances, along extends.
func (b *builder) classMember(class int32, name string, static bool) entity {
	facts := b.factsOf(class)
	members := facts.instance
	if static {
		members = facts.static
	}
	if value, ok := members[name]; ok {
		if b.kind(value) == cst.Method && (b.hasToken(value, "get")) {
			return b.returned(entity{kind: entityUnit, node: b.unitOf[value]})
		}
		if found := b.eval(value); found.kind != entityNone {
			return found
		}
	}
	if annotation, ok := facts.types[name]; ok {
		if found := b.eval(annotation); found.kind != entityNone {
			return found
		}
	}
	if facts.heritage == none || facts.busy {
		return entity{}
	}
	facts.busy = true
	defer func() { facts.busy = false }()
	parent := b.superOf(class)
	if !static {
		switch parent.kind {
		case entityClass:
			parent.kind = entityInstance
		case entityName:
			parent = named(callName(parent.name))
		}
	}
	return b.member(parent, name)
}

// superOf is what a class extends.
func (b *builder) superOf(class int32) entity {
	facts := b.factsOf(class)
	if facts.heritage == none {
		return entity{}
	}
	return b.eval(facts.heritage)
}

// evalThis finds what this is: an instance in methods and field initialisers, the class in static ones.
func (b *builder) evalThis(n int32) entity {
	owner, static := b.thisOwner(n)
	switch b.kind(owner) {
	case cst.ClassDecl, cst.Class:
		if static {
			return entity{kind: entityClass, node: owner}
		}
		return entity{kind: entityInstance, node: owner}
	case cst.Object:
		return entity{kind: entityLiteral, node: owner}
	}
	return entity{}
}

// thisOwner walks out to the class or object literal whose method or field the node stands in.
func (b *builder) thisOwner(n int32) (owner int32, static bool) {
	for at := b.parent(n); at != none; at = b.parent(at) {
		switch b.kind(at) {
		case cst.FunctionDecl:
			return none, false
		case cst.Function:
			if pair := b.parent(at); b.kind(pair) == cst.Pair {
				return b.parent(pair), false
			}
			return none, false
		case cst.Method:
			owner = b.parent(at)
			if b.kind(owner) == cst.ClassBody {
				return b.parent(owner), b.hasToken(at, "static")
			}
			return owner, false
		case cst.Field:
			return b.parent(b.parent(at)), b.hasToken(at, "static")
		case cst.StaticBlock:
			return b.parent(b.parent(at)), true
		}
	}
	return none, false
}

func (b *builder) enclosingClass(n int32) int32 {
	for at := b.parent(n); at != none; at = b.parent(at) {
		if k := b.kind(at); k == cst.ClassDecl || k == cst.Class {
			return at
		}
	}
	return none
}
