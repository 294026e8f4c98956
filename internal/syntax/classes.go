package syntax

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
	if heritage := b.childOf(class, kHeritage); heritage != none {
		facts.heritage = b.only(heritage)
		if b.kind(facts.heritage) == kHeritage { // TypeScript: class_heritage > extends_clause > value
			facts.heritage = b.child(facts.heritage, fValue)
		}
	}
	for _, member := range b.items(b.childOf(class, kClassBody)) {
		into := facts.instance
		if b.hasToken(member, "static") {
			into = facts.static
		}
		switch b.kind(member) {
		case kMethod:
			if b.constructorOf(member) != none {
				b.parameterProperties(member, facts)
			} else if name, ok := b.propertyName(b.child(member, fName)); ok {
				into[name] = member
			}
		case kField:
			key := b.child(member, fProperty)
			if key == none {
				key = b.child(member, fName)
			}
			if name, ok := b.propertyName(key); ok {
				if value := b.child(member, fValue); value != none && b.kind(value) != kNull && b.kind(value) != kUndefined {
					into[name] = value
				} else if annotation := b.child(member, fType); annotation != none {
					facts.types[name] = annotation
				}
			}
		}
	}
	return facts
}

// parameterProperties notes TypeScript's `constructor(private pool: Pool)`.
func (b *builder) parameterProperties(constructor int32, facts *classFacts) {
	for _, parameter := range b.items(b.child(constructor, fParameters)) {
		word := b.text(b.childOf(parameter, kToken))
		if b.kind(parameter) != kParameter || word != "private" && word != "public" && word != "protected" && word != "readonly" {
			continue
		}
		if name := b.child(parameter, fPattern); b.kind(name) == kIdentifier {
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
		if b.kind(value) == kMethod && (b.hasToken(value, "get")) {
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
	case kClassDecl, kClass:
		if static {
			return entity{kind: entityClass, node: owner}
		}
		return entity{kind: entityInstance, node: owner}
	case kObject:
		return entity{kind: entityLiteral, node: owner}
	}
	return entity{}
}

// thisOwner walks out to the class or object literal whose method or field the node stands in.
func (b *builder) thisOwner(n int32) (owner int32, static bool) {
	for at := b.parent(n); at != none; at = b.parent(at) {
		switch b.kind(at) {
		case kFunctionDecl:
			return none, false
		case kFunction:
			if pair := b.parent(at); b.kind(pair) == kPair {
				return b.parent(pair), false
			}
			return none, false
		case kMethod:
			owner = b.parent(at)
			if b.kind(owner) == kClassBody {
				return b.parent(owner), b.hasToken(at, "static")
			}
			return owner, false
		case kField:
			return b.parent(b.parent(at)), b.hasToken(at, "static")
		case kStaticBlock:
			return b.parent(b.parent(at)), true
		}
	}
	return none, false
}

func (b *builder) enclosingClass(n int32) int32 {
	for at := b.parent(n); at != none; at = b.parent(at) {
		if k := b.kind(at); k == kClassDecl || k == kClass {
			return at
		}
	}
	return none
}
