package syntax

import (
	"strings"
	"testing"
	"time"
)

// TestHostileText reads text that was made to be slow or deep. It allows far more time than needed: what it guards against
// takes hours, or ends the process. Where the parser gives up, that takes a few seconds of its own.
func TestHostileText(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	for name, text := range map[string]string{
		"parentheses":        strings.Repeat("(", 200_000),
		"arrays":             "f(" + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + ")",
		"calls":              "a" + strings.Repeat(".b()", 50_000),
		"sum":                "f(" + strings.Repeat("a+", 50_000) + "a)",
		"nested joins":       "const path = require('path'); f(" + strings.Repeat("path.join(", 150) + "'a'" + strings.Repeat(")", 150) + ")",
		"doubling constants": doubling(60),
		"templates":          strings.Repeat("`${", 50_000),
		"regex classes":      strings.Repeat("/[", 40_000) + " import",
		"comment starts":     strings.Repeat("/*", 100_000) + " import",
		"tags":               strings.Repeat("<a ", 20_000) + " import",
		"quotes":             strings.Repeat("'\"`", 20_000) + " import",
		"ifs":                strings.Repeat("if(a){", 20_000) + "require('x')" + strings.Repeat("}", 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			for _, file := range []string{"a.js", "b.ts"} {
				Parse(file, []byte(text), ParseOptions{})
				ScanImports(file, []byte(text))
			}
			if took := time.Since(start); took > 2*time.Minute {
				t.Errorf("took %v", took)
			} else {
				t.Logf("took %v", took)
			}
		})
	}
}

// doubling is a chain of constants of which each is twice as long as the one before.
func doubling(n int) string {
	text := "const a0 = 'xxxxxxxx';\n"
	for i := 1; i <= n; i++ {
		text += "const a" + digits(i) + " = a" + digits(i-1) + " + a" + digits(i-1) + ";\n"
	}
	return text + "f(a" + digits(n) + ");"
}
