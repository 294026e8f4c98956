package syntax

import (
	"strings"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// foldNew folds new URL("./x", import.meta.url), which stands for a path.
func (b *builder) foldNew(n int32) Value {
	constructor := b.eval(b.child(n, cst.AsConstructor))
	if constructor.kind == entityName && constructor.name == "URL" {
		arguments := b.items(b.child(n, cst.AsArguments))
		if len(arguments) == 2 && b.isModuleURL(arguments[1]) {
			target := resolved(b.foldNode(arguments[0]))
			if target.Kind == String || target.Kind == Template {
				return Value{Kind: Path, Text: joinPath(b.dir, target.Text)}
			}
		}
	}
	return b.reference(b.eval(n))
}

// isModuleURL tells of import.meta.url and what compilers write for it in CommonJS.
func (b *builder) isModuleURL(n int32) bool {
	e := b.eval(n)
	return e.kind == entityName && e.name == "import.meta.url"
}

func (b *builder) foldCall(n int32) Value {
	callee := b.eval(b.child(n, cst.AsFunction))
	arguments := b.items(b.child(n, cst.AsArguments))
	if callee.kind == entityName {
		if value := b.foldKnownCall(callee.name, arguments); value.Kind != Unknown {
			return value
		}
	}
	function := b.bare(b.child(n, cst.AsFunction))
	if b.kind(function) == cst.Member {
		if value := b.foldMethod(function, arguments); value.Kind != Unknown {
			return value
		}
	}
	return b.reference(b.eval(n))
}

func (b *builder) foldKnownCall(name string, arguments []int32) Value {
	switch name {
	case "node:path.join", "node:path.resolve":
		return b.foldPath(name == "node:path.resolve", arguments)
	case "process.cwd":
		return Value{Kind: Path, Text: b.workdir}
	case "node:os.tmpdir":
		return Value{Kind: Path, Text: "/tmp"}
	}
	if len(arguments) == 0 || b.kind(arguments[0]) == cst.Spread {
		return Value{}
	}
	return b.foldConversion(name, arguments)
}

// foldConversion folds the functions that make something of their first argument.
func (b *builder) foldConversion(name string, arguments []int32) Value {
	switch name {
	case "node:path.normalize", "node:path.dirname", "node:path.basename", "node:url.fileURLToPath", "node:url.pathToFileURL",
		"node:fs.realpathSync", "require.resolve", "String", "Number", "parseInt", "parseFloat", "Number.parseInt",
		"Number.parseFloat", "Object.freeze", "Object.seal":
	default:
		return Value{}
	}
	first := b.foldNode(arguments[0])
	switch name {
	case "node:path.normalize", "node:path.dirname", "node:path.basename":
		return pathPart(name, resolved(first))
	case "node:url.fileURLToPath":
		if len(arguments) == 1 && b.isModuleURL(arguments[0]) {
			return Value{Kind: Path, Text: joinPath(b.dir, b.base)}
		}
		if first.Kind == Path {
			return first
		}
	case "node:url.pathToFileURL", "node:fs.realpathSync":
		if first.Kind == Path {
			return first
		}
	case "require.resolve":
		if first.Kind == String && strings.HasPrefix(first.Text, ".") {
			return Value{Kind: Path, Text: joinPath(b.dir, first.Text)}
		}
	case "String":
		if first.Kind == Number || first.Kind == Bool {
			return Value{Kind: String, Text: first.Text}
		}
		return first
	case "Number", "parseInt", "parseFloat", "Number.parseInt", "Number.parseFloat":
		switch first.Kind {
		case Number:
			return first
		case String:
			return parseNumber(first.Text)
		case Ref:
			return numericRef(first)
		}
	case "Object.freeze", "Object.seal":
		return first
	}
	return Value{}
}

// numericRef turns the default of a Ref into a number: Number(process.env.PORT || "3000").
func numericRef(value Value) Value {
	if fallback, ok := value.Fields["default"]; ok && fallback.Kind == String {
		if number := parseNumber(fallback.Text); number.Kind == Number {
			number.Span = fallback.Span
			value.Fields = map[string]Value{"default": number}
		}
	}
	return value
}

// foldMethod folds methods of constants: ["a", "b"].join("/"), "A".toLowerCase().
func (b *builder) foldMethod(function int32, arguments []int32) Value {
	name := b.text(b.child(function, cst.AsProperty))
	switch name {
	case "join", "toString", "trim", "toLowerCase", "toUpperCase":
	default:
		return Value{}
	}
	object := resolved(b.foldNode(b.child(function, cst.AsObject)))
	switch {
	case name == "join" && object.Kind == Array:
		separator := Value{Kind: String, Text: ","}
		if len(arguments) > 0 {
			separator = b.foldNode(arguments[0])
		}
		parts := textParts{b: b}
		for i, item := range object.Items {
			if i > 0 {
				parts.add(separator)
			}
			parts.add(item)
		}
		return parts.value()
	case name == "toString" && (object.Kind == Path || object.Kind == String):
		return object
	case object.Kind == String && name == "trim":
		return Value{Kind: String, Text: strings.TrimSpace(object.Text)}
	case object.Kind == String && name == "toLowerCase":
		return Value{Kind: String, Text: strings.ToLower(object.Text)}
	case object.Kind == String && name == "toUpperCase":
		return Value{Kind: String, Text: strings.ToUpper(object.Text)}
	}
	return Value{}
}
