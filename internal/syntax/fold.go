package syntax

import (
	"math"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// maxFold bounds the depth of folding, maxText the length of a folded string: doubling a constant a few dozen times would
// otherwise fill the memory.
const (
	maxFold = 200
	maxText = 8192
)

// fold finds a constant value, as far as it goes. It has the span of the expression.
func (b *builder) fold(n int32) Value {
	if n == none {
		return Value{}
	}
	value := b.foldNode(n)
	value.Span = b.span(n)
	return value
}

func (b *builder) foldNode(n int32) Value {
	if b.folding > maxFold {
		return Value{}
	}
	b.folding++
	defer func() { b.folding-- }()
	switch b.kind(n) {
	case cst.Paren, cst.Await, cst.Cast, cst.Sequence:
		return b.foldNode(b.bare(n))
	case cst.String:
		return textValue(String, b.fragments(n))
	case cst.Template:
		return b.foldTemplate(n)
	case cst.Number:
		return parseNumber(b.text(n))
	case cst.True, cst.False:
		return Value{Kind: Bool, Text: b.text(n)}
	case cst.Null, cst.Undefined:
		return Value{Kind: Null, Text: b.text(n)}
	case cst.Regex:
		return Value{Kind: Regexp, Text: b.text(n)}
	case cst.FunctionDecl, cst.Function, cst.Arrow, cst.Method:
		return b.functionValue(b.unitOf[n])
	case cst.Object:
		return b.foldObject(n)
	case cst.Array:
		value := Value{Kind: Array}
		for _, item := range b.items(n) {
			value.Items = append(value.Items, b.fold(item))
		}
		return value
	case cst.Unary:
		return b.foldUnary(n)
	case cst.Binary:
		return b.foldBinary(n)
	case cst.Ternary:
		return b.foldTernary(n)
	case cst.Identifier, cst.Shorthand, cst.ShorthandPattern:
		return b.foldIdentifier(n)
	case cst.Member, cst.Subscript:
		return b.foldMember(n)
	case cst.Call:
		return b.foldCall(n)
	case cst.New:
		return b.foldNew(n)
	}
	return b.reference(b.eval(n))
}

func textValue(k ValueKind, text string) Value {
	if len(text) > maxText {
		return Value{Kind: Template, Text: "*"}
	}
	return Value{Kind: k, Text: text}
}

func (b *builder) functionValue(id int32) Value {
	return Value{Kind: Function, Text: b.units[id].name, Params: b.units[id].params}
}

// reference is the value of an expression of which only the name is known.
func (b *builder) reference(e entity) Value {
	switch e.kind {
	case entityUnit:
		return b.functionValue(e.node)
	case entityClass:
		return Value{Kind: Function, Text: b.units[b.unitOf[e.node]].name}
	case entityLiteral:
		return b.foldNode(e.node)
	case entityName:
		switch e.name {
		case "__dirname", "import.meta.dirname":
			return Value{Kind: Path, Text: b.dir}
		case "__filename", "import.meta.filename":
			return Value{Kind: Path, Text: joinPath(b.dir, b.base)}
		case "node:path.sep":
			return Value{Kind: String, Text: "/"}
		case "node:os.EOL":
			return Value{Kind: String, Text: "\n"}
		case "Infinity":
			return numberValue(math.Inf(1))
		}
		value := Value{raw: e.name}
		if name := b.shown(e.name); name != "" {
			value.Kind, value.Text = Ref, name
			if e.made != 0 {
				value.Made = b.span(e.made)
			}
		}
		return value
	}
	return Value{}
}

func (b *builder) foldObject(n int32) Value {
	value := Value{Kind: Object, Fields: map[string]Value{}}
	for _, item := range b.items(n) {
		switch b.kind(item) {
		case cst.Shorthand:
			value.Fields[b.text(item)] = b.fold(item)
		case cst.Pair:
			if name, ok := b.propertyName(b.child(item, cst.AsKey)); ok {
				value.Fields[name] = b.fold(b.child(item, cst.AsValue))
			}
		case cst.Method:
			if name, ok := b.propertyName(b.child(item, cst.AsName)); ok {
				value.Fields[name] = b.fold(item)
			}
		case cst.Spread:
			spread := b.foldNode(b.only(item))
			for name, field := range spread.Fields {
				if spread.Kind == Object {
					value.Fields[name] = field
				}
			}
		}
	}
	return value
}

func (b *builder) foldIdentifier(n int32) Value {
	name := b.text(n)
	id := b.lookup(n, name)
	if id == none {
		if name == "Infinity" {
			return numberValue(math.Inf(1))
		}
		return b.reference(b.evalIdentifier(n))
	}
	if value, ok := b.folded[id]; ok {
		return value
	}
	b.folded[id] = Value{}
	value := b.foldBinding(id)
	b.folded[id] = value
	return value
}

// foldBinding is the constant a variable holds. A variable that is assigned again holds none, but keeps its name.
func (b *builder) foldBinding(id int32) Value {
	bound := &b.bindings[id]
	constant := bound.value != none && !bound.rewritten && len(bound.assigned) == 0
	var value Value
	switch {
	case bound.kind == bindParam || bound.kind == bindImport:
	case constant && len(bound.path) == 0:
		value = b.foldNode(bound.value)
	case constant:
		value = b.foldNode(bound.value)
		for _, name := range bound.path {
			value = fieldOf(value, name)
		}
	case bound.value == none && !bound.rewritten && len(bound.assigned) == 1:
		value = b.foldNode(bound.assigned[0])
	}
	if value.Kind == Unknown {
		value = b.reference(b.evalBinding(id))
	}
	if value.Kind == Ref && constant && bound.fallback != none {
		return withDefault(value, b.fold(bound.fallback))
	}
	return value
}

func fieldOf(value Value, name string) Value {
	switch value.Kind {
	case Object:
		return value.Fields[name]
	case Array:
		for i, item := range value.Items {
			if digits(i) == name {
				return item
			}
		}
	}
	return Value{}
}

func (b *builder) foldMember(n int32) Value {
	object := b.child(n, cst.AsObject)
	name := b.text(b.child(n, cst.AsProperty))
	if b.kind(n) == cst.Subscript {
		index := b.foldNode(b.child(n, cst.AsIndex))
		if index.Kind != String && index.Kind != Number {
			return b.reference(b.eval(n))
		}
		name = index.Text
	}
	owner := b.eval(object)
	switch owner.kind {
	case entityLiteral:
		if value := fieldOf(b.foldNode(object), name); value.Kind != Unknown {
			return value
		}
	case entityEnum:
		return b.enumMember(owner.node, name)
	case entityInstance, entityClass:
		if found := b.classValue(owner, name); found != none {
			return b.foldNode(found)
		}
	case entityNone:
		if value := b.foldNode(object); value.Kind != Unknown {
			return memberOfValue(value, name)
		}
	case entityName:
		if name == "pathname" || name == "href" || name == "length" {
			if value := b.foldNode(object); value.Kind == Path || value.Kind == String {
				return memberOfValue(value, name)
			}
		}
	}
	return b.reference(b.eval(n))
}

// memberOfValue is the property of a folded value: length of a string, pathname of a file: URL.
func memberOfValue(value Value, name string) Value {
	switch {
	case value.Kind == Object || value.Kind == Array:
		return fieldOf(value, name)
	case value.Kind == Path && (name == "pathname" || name == "href"):
		return value
	case value.Kind == String && name == "length":
		return numberValue(float64(len(value.Text)))
	}
	return Value{}
}

// classValue is the node that gives a class's field its value.
func (b *builder) classValue(owner entity, name string) int32 {
	facts := b.factsOf(owner.node)
	members := facts.instance
	if owner.kind == entityClass {
		members = facts.static
	}
	if value, ok := members[name]; ok && b.kind(value) != cst.Method {
		return value
	}
	return none
}

// enumMember is the value of a TypeScript enum's member.
func (b *builder) enumMember(n int32, name string) Value {
	if b.kind(n) != cst.Enum {
		return Value{}
	}
	next := 0.0
	for _, item := range b.items(b.child(n, cst.AsBody)) {
		key, value := item, Value{}
		if b.kind(item) == cst.EnumAssignment {
			key = b.child(item, cst.AsName)
			value = b.foldNode(b.child(item, cst.AsValue))
		} else {
			value = numberValue(next)
		}
		next = value.Number + 1
		if text, ok := b.propertyName(key); ok && text == name {
			return value
		}
	}
	return Value{}
}

func (b *builder) foldTernary(n int32) Value {
	condition := constantText(b.foldNode(b.child(n, cst.AsCondition)))
	switch condition {
	case "true":
		return b.foldNode(b.child(n, cst.AsConsequence))
	case "false":
		return b.foldNode(b.child(n, cst.AsAlternative))
	}
	first := b.foldNode(b.child(n, cst.AsConsequence))
	if first.Kind == Ref {
		return withDefault(first, b.fold(b.child(n, cst.AsAlternative)))
	}
	if e := b.eval(n); e.kind == entityName {
		return b.reference(e)
	}
	return Value{}
}

func constantText(value Value) string {
	if value.Kind == Bool {
		return value.Text
	}
	return ""
}

// withDefault is what `process.env.X || "default"` folds to.
func withDefault(ref, fallback Value) Value {
	if inner, ok := ref.Fields["default"]; ok && inner.Kind != Unknown {
		return ref
	}
	if fallback.Kind == Ref && fallback.Fields["default"].Kind != Unknown {
		fallback = fallback.Fields["default"]
	}
	if fallback.Kind == Unknown || fallback.Kind == Ref {
		return ref
	}
	ref.Fields = map[string]Value{"default": fallback}
	return ref
}

// resolved replaces a Ref that has a default by the default.
func resolved(value Value) Value {
	if value.Kind == Ref {
		if fallback, ok := value.Fields["default"]; ok {
			return fallback
		}
	}
	return value
}

func (b *builder) foldUnary(n int32) Value {
	operand := b.foldNode(b.child(n, cst.AsArgument))
	switch operator := b.text(b.child(n, cst.AsOperator)); {
	case operator == "+" && operand.Kind == Ref:
		return numericRef(operand)
	case operator == "!" && (operand.Kind == Bool || operand.Kind == Number):
		truth := operand.Text == "true" || operand.Kind == Number && operand.Number != 0
		return boolValue(!truth)
	case operator == "void":
		return Value{Kind: Null, Text: "undefined"}
	case operand.Kind == Number && operator == "-":
		return numberValue(-operand.Number)
	case operand.Kind == Number && operator == "+":
		return operand
	case operand.Kind == Number && operator == "~":
		return numberValue(float64(^int32Of(operand.Number)))
	case operand.Kind == String && operator == "+":
		return parseNumber(operand.Text)
	}
	return Value{}
}

func boolValue(truth bool) Value {
	if truth {
		return Value{Kind: Bool, Text: "true"}
	}
	return Value{Kind: Bool, Text: "false"}
}

func (b *builder) foldBinary(n int32) Value {
	operator := b.text(b.child(n, cst.AsOperator))
	left, right := b.foldNode(b.child(n, cst.AsLeft)), b.child(n, cst.AsRight)
	switch operator {
	case "||", "??":
		return b.foldOr(n, operator, left, right)
	case "&&":
		if left.Kind == Bool && left.Text == "false" {
			return left
		}
		return b.reference(b.eval(n))
	}
	other := b.foldNode(right)
	if operator == "+" {
		if left.Kind == Number && other.Kind == Number {
			return numberValue(left.Number + other.Number)
		}
		return b.concatenate(left, other)
	}
	left, other = resolved(left), resolved(other)
	if left.Kind == Number && other.Kind == Number {
		return arithmetic(operator, left.Number, other.Number)
	}
	return Value{}
}

func (b *builder) foldOr(n int32, operator string, left Value, right int32) Value {
	switch left.Kind {
	case Ref:
		if e := b.eval(n); e.kind == entityName && e.name != left.raw && left.raw != "" {
			return b.reference(e)
		}
		fallback := b.fold(right)
		return withDefault(left, fallback)
	case Null:
		return b.foldNode(right)
	case Number:
		if operator == "||" && left.Number == 0 {
			return b.foldNode(right)
		}
	case String:
		if operator == "||" && left.Text == "" {
			return b.foldNode(right)
		}
	case Unknown:
		if e := b.eval(n); e.kind == entityName {
			return b.reference(e)
		}
	}
	return left
}
