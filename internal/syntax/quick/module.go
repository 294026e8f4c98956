package quick

import "github.com/dock2edge/dock2edge/internal/syntax/cst"

// importStatement reads an import in any form but import(…).
func (p *parser) importStatement() int32 {
	start := p.start
	n := p.open(cst.Import, start)
	p.next()
	if p.kind == tString {
		p.add(n, p.stringLiteral(), cst.AsSource)
		p.importAttribute()
		return p.semicolon(n)
	}
	if p.typed && p.word("type") && p.typeKeyword() {
		p.keep(n, cst.NoRole)
	}
	if p.typed && p.kind == tWord && p.following() == '=' {
		return p.importEquals(n)
	}
	clause := p.open(cst.ImportClause, p.start)
	if p.kind == tWord {
		p.add(clause, p.identifier(), cst.NoRole)
		if p.accept(",") && !p.is("{") && !p.is("*") {
			p.fail()
		}
	}
	switch {
	case p.is("*"):
		p.add(clause, p.namespaceOf(cst.NamespaceImport), cst.NoRole)
	case p.is("{"):
		p.add(clause, p.specifiers(cst.NamedImports, cst.ImportSpecifier), cst.NoRole)
	}
	p.add(n, p.end(clause), cst.NoRole)
	p.expectWord("from")
	if p.kind != tString {
		p.fail()
		return none
	}
	p.add(n, p.stringLiteral(), cst.AsSource)
	p.importAttribute()
	return p.semicolon(n)
}

// typeKeyword tells whether the word type is the keyword and not the name that is imported.
func (p *parser) typeKeyword() bool {
	c := p.following()
	return c == '{' || c == '*' || wordStart[c] && !p.nextIs("from")
}

// nextIs tells whether the token after the current one is this word.
func (p *parser) nextIs(word string) bool {
	i := p.blank(p.pos)
	end := p.wordEnd(i)
	return p.src[i:end] == word
}

// importAttribute reads with {…}, which is no part of the tree.
func (p *parser) importAttribute() {
	if p.newline || !p.word("with") && !(p.typed && p.word("assert")) {
		return
	}
	before := p.mark()
	p.next()
	if !p.is("{") {
		p.fail()
		return
	}
	p.object()
	p.drop(before)
}

// importEquals reads import x = require("m") and import x = A.B; n is what was begun as an import statement.
func (p *parser) importEquals(n int32) int32 {
	clause := p.open(cst.ImportRequire, p.start)
	name := p.identifier()
	equals := p.leaf(cst.Token)
	if p.word("require") && p.following() == '(' {
		p.add(clause, name, cst.NoRole)
		p.add(clause, equals, cst.NoRole)
		p.next()
		p.next()
		if p.kind != tString {
			p.fail()
			return none
		}
		p.add(clause, p.stringLiteral(), cst.AsSource)
		p.expect(")")
		p.add(n, p.end(clause), cst.NoRole)
		return p.semicolon(n)
	}
	if p.failed || p.nodes[n].first != none {
		p.fail() // import type x = A.B
		return none
	}
	p.nodes[n].kind = cst.ImportAlias
	p.add(n, name, cst.NoRole)
	p.add(n, equals, cst.NoRole)
	p.add(n, p.qualified(), cst.NoRole)
	return p.semicolon(n)
}

// qualified reads A.B.C.
func (p *parser) qualified() int32 {
	name := p.identifier()
	for p.is(".") && name != none {
		p.next()
		name = p.member(name)
	}
	return name
}

// namespaceOf reads * as x.
func (p *parser) namespaceOf(kind cst.Kind) int32 {
	n := p.open(kind, p.start)
	p.keep(n, cst.NoRole)
	p.expectWord("as")
	p.add(n, p.exportName(), cst.NoRole)
	return p.end(n)
}

// exportName reads the name of an export: a name, a string or the word default.
func (p *parser) exportName() int32 {
	switch {
	case p.kind == tString:
		return p.stringLiteral()
	case p.word("default") && p.typed:
		return p.leaf(cst.Identifier)
	case p.word("default"):
		return p.leaf(cst.Token)
	}
	return p.identifier()
}

// specifiers reads the braces of an import or export.
func (p *parser) specifiers(list, specifier cst.Kind) int32 {
	n := p.open(list, p.start)
	p.next()
	for !p.failed && !p.is("}") {
		one := p.open(specifier, p.start)
		if p.typed && p.word("type") && (wordStart[p.following()] || p.following() == '"') {
			if p.nextIs("as") {
				p.fail() // type may be the name
			}
			p.keep(one, cst.NoRole)
		}
		p.add(one, p.exportName(), cst.AsName)
		if p.acceptWord("as") {
			p.add(one, p.exportName(), cst.AsAlias)
		}
		p.add(n, p.end(one), cst.NoRole)
		if !p.is("}") {
			p.expect(",")
		}
	}
	p.expect("}")
	return p.end(n)
}

// export reads an export statement that starts at an offset with these decorators.
func (p *parser) export(start int, decorators []int32) int32 {
	n := p.open(cst.Export, start)
	for _, decorator := range decorators {
		p.add(n, decorator, cst.AsDecorator)
	}
	p.next()
	switch {
	case p.word("default"):
		p.keep(n, cst.NoRole)
		return p.exportDefault(n)
	case p.is("*"):
		if p.nextIs("as") {
			p.add(n, p.namespaceOf(cst.NamespaceExport), cst.NoRole)
		} else {
			p.keep(n, cst.NoRole)
		}
		return p.from(n, true)
	case p.is("{"):
		p.add(n, p.specifiers(cst.ExportClause, cst.ExportSpecifier), cst.NoRole)
		return p.from(n, false)
	case p.typed && p.is("="):
		p.keep(n, cst.NoRole)
		p.add(n, p.expression(), cst.NoRole)
		return p.semicolon(n)
	case p.typed && p.word("type") && p.following() == '{':
		p.keep(n, cst.NoRole)
		p.add(n, p.specifiers(cst.ExportClause, cst.ExportSpecifier), cst.NoRole)
		return p.from(n, false)
	case p.is("@"):
		p.fail()
		return none
	}
	declared, ok := p.declaration()
	if !ok {
		p.fail()
		return none
	}
	p.add(n, declared, cst.AsDeclaration)
	return p.end(n)
}

// from reads the source of a re-export.
func (p *parser) from(n int32, required bool) int32 {
	if p.acceptWord("from") {
		if p.kind != tString {
			p.fail()
			return none
		}
		p.add(n, p.stringLiteral(), cst.AsSource)
		if p.word("with") || p.word("assert") {
			p.fail()
		}
	} else if required {
		p.fail()
	}
	return p.semicolon(n)
}

func (p *parser) exportDefault(n int32) int32 {
	declares := false
	switch {
	case p.word("function"), p.word("async") && p.wordFollows("function"):
		i := p.pos
		if p.word("async") {
			i = p.wordEnd(p.blank(i))
		}
		i = p.blank(i)
		if p.byteAt(i) == '*' {
			i = p.blank(i + 1)
		}
		declares = wordStart[p.byteAt(i)]
	case p.word("class"):
		declares = wordStart[p.following()] && !p.nextIs("extends") && !p.nextIs("implements")
	case p.typed && (p.word("abstract") || p.word("interface") || p.word("enum")):
		declares = p.nameFollows()
	}
	if declares {
		declared, ok := p.declaration()
		if !ok {
			p.fail()
		}
		p.add(n, declared, cst.AsDeclaration)
		return p.end(n)
	}
	p.add(n, p.assignment(), cst.AsValue)
	return p.semicolon(n)
}
