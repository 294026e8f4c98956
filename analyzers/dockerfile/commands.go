package dockerfile

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/dock2edge/dock2edge/internal/model"
)

// command is one simple command of a RUN instruction: the words that are literal, "" for those that are not.
type command []string

// name is the program without its folder.
func (c command) name() string { return path.Base(c[0]) }

// operands are the words after the program that are no flags.
func (c command) operands() []string {
	var list []string
	for _, word := range c[1:] {
		if word != "" && !strings.HasPrefix(word, "-") {
			list = append(list, word)
		}
	}
	return list
}

// has tells whether one of the words is there.
func (c command) has(words ...string) bool {
	for _, word := range c[1:] {
		for _, w := range words {
			if word == w {
				return true
			}
		}
	}
	return false
}

// commandsOf are the simple commands of a RUN instruction. A script that the shell's grammar refuses has none; buildkit
// would stop there too.
func commandsOf(i *model.Instruction) []command {
	if len(i.Argv) > 0 {
		return []command{i.Argv}
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(i.Script), "")
	if err != nil {
		return nil
	}
	var list []command
	syntax.Walk(file, func(node syntax.Node) bool {
		if call, ok := node.(*syntax.CallExpr); ok && len(call.Args) > 0 {
			var c command
			for _, word := range call.Args {
				c = append(c, text(word))
			}
			if c = unwrap(c); len(c) > 0 && c[0] != "" {
				list = append(list, c)
			}
		}
		return true
	})
	return list
}

// text is a word's literal text, its quotes taken off; "" when a part is only known when it runs.
func text(word *syntax.Word) string {
	var b strings.Builder
	for _, part := range word.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			b.WriteString(part.Value)
		case *syntax.SglQuoted:
			b.WriteString(part.Value)
		case *syntax.DblQuoted:
			for _, inner := range part.Parts {
				literal, ok := inner.(*syntax.Lit)
				if !ok {
					return ""
				}
				b.WriteString(literal.Value)
			}
		default:
			return ""
		}
	}
	return b.String()
}

// unwrap takes away words that only say how the rest is run.
func unwrap(c command) command {
	for len(c) > 1 {
		switch path.Base(c[0]) {
		case "sudo", "exec", "time", "nice", "env", "command", "eatmydata":
			c = c[1:]
			for len(c) > 0 && (strings.HasPrefix(c[0], "-") || strings.Contains(c[0], "=")) {
				c = c[1:]
			}
		default:
			return c
		}
	}
	return c
}

// withoutCredentials takes user and password out of an address.
func withoutCredentials(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	host, path, _ := strings.Cut(rest, "/")
	return scheme + "://" + host[strings.LastIndexByte(host, '@')+1:] + "/" + path
}
