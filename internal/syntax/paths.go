package syntax

import (
	"math"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dock2edge/dock2edge/internal/syntax/cst"
)

// Prefixes of paths whose place in the image is not known.
const (
	unknownDir = "<dir>"
	unknownCwd = "<cwd>"
)

// joinPath is path.join, which keeps ".." after an unknown directory.
func joinPath(base, rest string) string {
	for _, root := range []string{unknownDir, unknownCwd} {
		if tail, ok := strings.CutPrefix(base, root); ok {
			joined := path.Join(strings.TrimPrefix(tail, "/"), rest)
			if joined == "" || joined == "." {
				return root
			}
			return root + "/" + joined
		}
	}
	return path.Join(base, rest)
}

// foldPath is path.join and path.resolve.
func (b *builder) foldPath(resolve bool, arguments []int32) Value {
	result := Value{Kind: String}
	if resolve {
		result = Value{Kind: Path, Text: b.workdir}
	}
	for i, argument := range arguments {
		part := Value{Kind: Template, Text: "*"}
		if b.kind(argument) != cst.Spread {
			part = resolved(b.foldNode(argument))
		}
		late, isLate := b.lateText(part)
		switch part.Kind {
		case String, Template, Path:
		default:
			part = Value{Kind: Template, Text: "*"}
		}
		if isLate {
			part.late = late
		}
		late = joinLate(result, part, resolve, i == 0)
		result = joinValues(result, part, resolve, i == 0)
		result.late = late
	}
	if len(arguments) == 0 && !resolve {
		result.Text = "."
	}
	return result
}

// joinLate joins what two values become later, "" when all is known now. A part that is not the first of path.resolve may
// turn out to be absolute; then nothing is known.
func joinLate(base, part Value, resolve, first bool) string {
	if base.late == "" && part.late == "" || resolve && !first && part.late != "" {
		return ""
	}
	late := part.late
	if late == "" {
		late = part.Text
	}
	if first {
		if resolve {
			return markResolve + late
		}
		return markJoin + strings.TrimPrefix(late, markJoin)
	}
	before := base.late
	if before == "" {
		before = markJoin + base.Text
	}
	return before + "/" + strings.TrimPrefix(late, markJoin)
}

func joinValues(base, part Value, resolve, first bool) Value {
	switch {
	case resolve && (part.Kind == Path || strings.HasPrefix(part.Text, "/")):
		return textValue(Path, joinPath(part.Text, ""))
	case resolve && strings.HasPrefix(part.Text, "*"):
		// The unknown part may be absolute; then nothing before it counts.
		if base.Kind == Path && !first {
			return textValue(Path, joinPath(base.Text, part.Text))
		}
		return textValue(Template, path.Clean(part.Text))
	case first && !resolve:
		part.Text = joinPath(part.Text, "")
		if part.Text == "" {
			part.Text = "."
		}
		return part
	}
	joined := base
	joined.Text = joinPath(base.Text, part.Text)
	if part.Kind != String && base.Kind == String {
		joined.Kind = Template
	}
	return textValue(joined.Kind, joined.Text)
}

func pathPart(name string, value Value) Value {
	switch value.Kind {
	case String, Template, Path:
	default:
		return Value{}
	}
	switch name {
	case "node:path.normalize":
		value.Text = joinPath(value.Text, "")
	case "node:path.dirname":
		if value.Text == unknownDir || value.Text == unknownCwd {
			value.Text += "/.."
		} else {
			value.Text = joinPath(value.Text, "..")
		}
	case "node:path.basename":
		base := path.Base(value.Text)
		value = Value{Kind: String, Text: base}
		if strings.Contains(base, "*") {
			value.Kind = Template
		}
	}
	return value
}

func numberValue(number float64) Value {
	return Value{Kind: Number, Number: number, Text: strconv.FormatFloat(number, 'f', -1, 64)}
}

// int32Of is JavaScript's ToInt32.
func int32Of(number float64) int32 {
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return 0
	}
	return int32(uint32(int64(math.Mod(math.Trunc(number), 1<<32))))
}

// parseNumber reads a numeric literal: 1_000, 0x1f, 0b1, 0o7, 1e6, 10n.
func parseNumber(text string) Value {
	clean := strings.TrimSuffix(strings.ReplaceAll(strings.TrimSpace(text), "_", ""), "n")
	if clean == "" {
		return Value{}
	}
	if len(clean) > 2 && clean[0] == '0' && strings.ContainsRune("xXbBoO", rune(clean[1])) {
		if number, err := strconv.ParseUint(clean, 0, 64); err == nil {
			return numberValue(float64(number))
		}
		return Value{}
	}
	if strings.ContainsAny(clean, "xXpPiIaA") {
		return Value{}
	}
	number, err := strconv.ParseFloat(clean, 64)
	if err != nil {
		return Value{}
	}
	return numberValue(number)
}

// unescape is the text an escape sequence stands for.
func unescape(sequence string) string {
	if len(sequence) < 2 {
		return sequence
	}
	body := sequence[1:]
	switch body[0] {
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case 'r':
		return "\r"
	case 'b':
		return "\b"
	case 'f':
		return "\f"
	case 'v':
		return "\v"
	case '\n', '\r':
		return ""
	case 'x', 'u':
		code, err := strconv.ParseUint(strings.Trim(body[1:], "{}"), 16, 32)
		if err != nil || code > utf8.MaxRune {
			return sequence
		}
		return string(rune(code))
	case '0', '1', '2', '3', '4', '5', '6', '7':
		if code, err := strconv.ParseUint(body, 8, 16); err == nil {
			return string(rune(code))
		}
	}
	return body
}
