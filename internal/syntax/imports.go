package syntax

import (
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// declareImport declares the names of an import statement. `import {a as b} from "m"` binds b to m's a.
func (b *builder) declareImport(n, in int32) {
	for c := b.nodes[n].first; c != none; c = b.nodes[c].next {
		b.nodes[c].scope = in
	}
	if clause := b.childOf(n, cst.ImportRequire); clause != none {
		specifier, _ := b.stringValue(b.child(clause, cst.AsSource))
		b.bindNode(b.childOf(clause, cst.Identifier), in, binding{
			kind: bindImport, value: none, fallback: none, imported: moduleName(specifier),
		})
		return
	}
	specifier, _ := b.stringValue(b.child(n, cst.AsSource))
	module := moduleName(specifier)
	for _, item := range b.items(b.childOf(n, cst.ImportClause)) {
		switch b.kind(item) {
		case cst.Identifier:
			b.bindImport(item, in, memberName(module, "default"))
		case cst.NamespaceImport:
			b.bindImport(b.childOf(item, cst.Identifier), in, module)
		case cst.NamedImports:
			for _, specifier := range b.items(item) {
				if b.kind(specifier) != cst.ImportSpecifier {
					continue
				}
				name := b.child(specifier, cst.AsName)
				local := b.child(specifier, cst.AsAlias)
				if local == none {
					local = name
				}
				b.bindImport(local, in, memberName(module, b.exportedName(name)))
			}
		}
	}
}

func (b *builder) bindImport(name, in int32, raw string) {
	b.bindNode(name, in, binding{kind: bindImport, value: none, fallback: none, imported: raw})
}

// declareImportAlias declares TypeScript's `import a = b.c`.
func (b *builder) declareImportAlias(n, in int32) {
	items := b.items(n)
	if len(items) == 2 && b.kind(items[0]) == cst.Identifier {
		b.bindNode(items[0], in, binding{kind: bindConst, value: items[1], fallback: none})
	}
}

// exportedName is a name in an import or export list, which may be a string.
func (b *builder) exportedName(n int32) string {
	if text, ok := b.stringValue(n); ok {
		return text
	}
	return b.text(n)
}

// importStatement records an import statement.
func (b *builder) importStatement(n int32) {
	b.module.ESM = true
	source := b.child(n, cst.AsSource)
	clause := b.childOf(n, cst.ImportRequire)
	kind := "import"
	if clause != none {
		source, kind = b.child(clause, cst.AsSource), "require"
	}
	specifier, ok := b.stringValue(source)
	if !ok {
		return
	}
	if b.typeOnly(n) {
		kind = "type"
	}
	b.module.Imports = append(b.module.Imports, Import{Specifier: specifier, Kind: kind, Span: b.span(n)})
}

// typeOnly tells of `import type`, and of `import {type A, type B}`. A plain `import {} from "m"` still loads m.
func (b *builder) typeOnly(n int32) bool {
	if b.hasToken(n, "type") {
		return true
	}
	clause := b.childOf(n, cst.ImportClause)
	if clause == none {
		return false
	}
	types := 0
	for _, item := range b.items(clause) {
		if b.kind(item) != cst.NamedImports {
			return false
		}
		for _, specifier := range b.items(item) {
			if b.kind(specifier) != cst.ImportSpecifier || !b.hasToken(specifier, "type") {
				return false
			}
			types++
		}
	}
	return types > 0
}

// importCall records require(x), require.resolve(x) and import(x).
func (b *builder) importCall(n int32, kind string) {
	argument := none
	if items := b.items(b.child(n, cst.AsArguments)); len(items) > 0 {
		argument = items[0]
	}
	imported := Import{Kind: kind, Optional: b.optional(n), Span: b.span(n)}
	if text, ok := b.stringValue(argument); ok {
		imported.Specifier = text
	} else if argument != none {
		value := b.fold(argument)
		switch value.Kind {
		case String:
			imported.Specifier = value.Text
		case Template, Path:
			imported.Pattern = value.Text
		}
	}
	b.module.Imports = append(b.module.Imports, imported)
}

// optional tells whether a node stands in a try block or behind a condition of its own function.
func (b *builder) optional(n int32) bool {
	for at := n; ; {
		parent := b.parent(at)
		if parent == none || b.isFunction(parent) {
			return false
		}
		switch b.kind(parent) {
		case cst.Try:
			if b.nodes[at].field == cst.AsBody {
				return true
			}
		case cst.If:
			if b.nodes[at].field != cst.AsCondition {
				return true
			}
		case cst.Catch:
			return true
		case cst.Ternary:
			if b.nodes[at].field != cst.AsCondition {
				return true
			}
		case cst.Binary:
			if operator := b.text(b.child(parent, cst.AsOperator)); b.nodes[at].field == cst.AsRight &&
				(operator == "&&" || operator == "||" || operator == "??") {
				return true
			}
		}
		at = parent
	}
}

// exportStatement records what an export statement exports.
func (b *builder) exportStatement(n int32) {
	if b.nodes[n].scope != 0 {
		return // a member of a TypeScript namespace
	}
	b.module.ESM = true
	if source := b.child(n, cst.AsSource); source != none {
		b.reExport(n, source)
		return
	}
	if b.hasToken(n, "type") {
		return
	}
	if b.hasToken(n, "=") {
		if value := b.only(n); value != none {
			b.addExport("=", b.identifierText(value), value)
		}
		return
	}
	declaration := b.child(n, cst.AsDeclaration)
	switch {
	case b.hasToken(n, "default"):
		value := b.child(n, cst.AsValue)
		if value == none {
			value = declaration
		}
		if value == none {
			value = b.only(n)
		}
		if value != none {
			b.addExport("default", b.identifierText(value), value)
		}
	case declaration != none:
		b.exportDeclaration(declaration)
	}
	for _, specifier := range b.items(b.childOf(n, cst.ExportClause)) {
		if b.kind(specifier) != cst.ExportSpecifier || b.hasToken(specifier, "type") {
			continue
		}
		local, name := b.child(specifier, cst.AsName), b.child(specifier, cst.AsAlias)
		if name == none {
			name = local
		}
		b.addExport(b.exportedName(name), b.text(local), local)
	}
}

// identifierText is the text of an identifier, and nothing for other expressions.
func (b *builder) identifierText(n int32) string {
	switch b.kind(n) {
	case cst.Identifier:
		return b.text(n)
	case cst.FunctionDecl, cst.Function, cst.ClassDecl, cst.Class:
		return b.text(b.child(n, cst.AsName))
	}
	return ""
}

func (b *builder) reExport(n, source int32) {
	specifier, _ := b.stringValue(source)
	kind := "export-from"
	clause := b.childOf(n, cst.ExportClause)
	if b.hasToken(n, "type") || b.unknownType(n) || clause != none && b.allTypes(clause) {
		kind = "type"
	}
	b.module.Imports = append(b.module.Imports, Import{Specifier: specifier, Kind: kind, Span: b.span(n)})
	if kind == "type" {
		return
	}
	if clause == none {
		name := "*"
		if namespace := b.childOf(n, cst.NamespaceExport); namespace != none {
			name = b.exportedName(b.only(namespace))
		}
		b.module.Exports = append(b.module.Exports, Export{Name: name, From: specifier, Origin: "*", Span: b.span(n)})
		return
	}
	for _, item := range b.items(clause) {
		if b.kind(item) != cst.ExportSpecifier || b.hasToken(item, "type") {
			continue
		}
		origin, name := b.child(item, cst.AsName), b.child(item, cst.AsAlias)
		if name == none {
			name = origin
		}
		b.module.Exports = append(b.module.Exports, Export{
			Name: b.exportedName(name), From: specifier, Origin: b.exportedName(origin), Span: b.span(item),
		})
	}
}

// unknownType tells of `export type * from "m"`, which the grammar is too old for: "type" is an error there, and is taken off
// the list of errors.
func (b *builder) unknownType(n int32) bool {
	wrong := b.childOf(n, cst.Error)
	if wrong == none || b.text(wrong) != "type" {
		return false
	}
	b.errors = slices.DeleteFunc(b.errors, func(e int32) bool { return e == wrong })
	return true
}

func (b *builder) allTypes(clause int32) bool {
	items := b.items(clause)
	for _, item := range items {
		if !b.hasToken(item, "type") {
			return false
		}
	}
	return len(items) > 0
}

// exportDeclaration exports every name a declaration declares.
func (b *builder) exportDeclaration(n int32) {
	switch b.kind(n) {
	case cst.FunctionDecl, cst.ClassDecl, cst.Enum, cst.Namespace:
		if name := b.child(n, cst.AsName); name != none {
			b.addExport(b.text(name), b.text(name), name)
		}
	case cst.Lexical, cst.Var:
		for _, declarator := range b.items(n) {
			b.exportPattern(b.child(declarator, cst.AsName))
		}
	case cst.ImportAlias:
		if name := b.only(n); name != none {
			b.addExport(b.text(name), b.text(name), name)
		}
	}
}

func (b *builder) exportPattern(n int32) {
	switch b.kind(n) {
	case cst.Identifier, cst.ShorthandPattern:
		b.addExport(b.text(n), b.text(n), n)
	case cst.AssignmentPattern:
		b.exportPattern(b.child(n, cst.AsLeft))
	case cst.PairPattern:
		b.exportPattern(b.child(n, cst.AsValue))
	case cst.ObjectPattern, cst.ArrayPattern, cst.RestPattern:
		for _, item := range b.items(n) {
			b.exportPattern(item)
		}
	}
}

// addExport records an export whose value is the expression or declared name at n.
func (b *builder) addExport(name, local string, n int32) {
	if e := b.eval(n); e.kind == entityUnit && routeExport(name) {
		b.units[e.node].when |= whenHandler
	}
	b.module.Exports = append(b.module.Exports, Export{Name: name, Local: local, Span: b.span(n)})
	b.exports = append(b.exports, exported{name: name, node: n})
}

// commonExport records exports.x = v, module.exports = v and module.exports.x = v, where target is the left side's name.
func (b *builder) commonExport(target string, left, right int32) {
	name, ok := strings.CutPrefix(target, "module.")
	if !ok {
		name = target
	}
	switch {
	case name == "exports" && strings.HasPrefix(target, "module."):
		b.addExport("=", b.identifierText(right), right)
		for _, property := range b.items(right) {
			if b.kind(right) != cst.Object {
				break
			}
			b.exportProperty(property)
		}
	case strings.HasPrefix(name, "exports.") && strings.Count(name, ".") == 1:
		if b.kind(right) != cst.Undefined && b.text(right) != "void 0" {
			b.addExport(name[len("exports."):], b.identifierText(right), right)
		}
	}
}

// exportProperty records one property of module.exports = {…}.
func (b *builder) exportProperty(n int32) {
	switch b.kind(n) {
	case cst.Shorthand:
		b.addExport(b.text(n), b.text(n), n)
	case cst.Pair:
		if name, ok := b.propertyName(b.child(n, cst.AsKey)); ok {
			value := b.child(n, cst.AsValue)
			b.addExport(name, b.identifierText(value), value)
		}
	case cst.Method:
		if name, ok := b.propertyName(b.child(n, cst.AsName)); ok {
			b.addExport(name, "", n)
		}
	}
}
