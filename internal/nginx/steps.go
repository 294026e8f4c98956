package nginx

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// isStep tells whether a directive belongs to the rewrite module, whose directives run in order.
func isStep(d *Directive) bool {
	return slices.Contains([]string{"set", "rewrite", "return", "break", "if"}, d.Name)
}

// step translates a rewrite directive. It gives none for one that cannot be carried over, which is then reported.
func (t *translator) step(d *Directive, sc scope) []Step {
	switch d.Name {
	case "set":
		return []Step{SetStep{Do: "set", Variable: strings.TrimPrefix(d.Arg(0), "$"), Value: *t.template(d, d.Arg(1))}}
	case "break":
		return []Step{BreakStep{Do: "break"}}
	case "rewrite":
		return t.rewrite(d)
	case "return":
		return t.returnStep(d)
	}
	return t.ifStep(d, sc)
}

func (t *translator) rewrite(d *Directive) []Step {
	re := t.regex(d, d.Arg(0), false)
	if re == nil {
		return nil
	}
	flag := d.Arg(2)
	if flag != "" && !slices.Contains([]string{"last", "break", "redirect", "permanent"}, flag) {
		t.problem(Invalid, d, fmt.Sprintf("invalid parameter %q: last, break, redirect or permanent is needed", flag))
		return nil
	}
	return []Step{RewriteStep{Do: "rewrite", Regex: *re, Replacement: *t.template(d, d.Arg(1)), Flag: flag}}
}

// returnStep reads return CODE, return CODE TEXT, return CODE URL and return URL.
func (t *translator) returnStep(d *Directive) []Step {
	status, err := strconv.Atoi(d.Arg(0))
	if err != nil {
		if len(d.Args) == 1 && isURL(d.Arg(0)) {
			return []Step{ReturnStep{Do: "return", Status: 302, Location: t.template(d, d.Arg(0))}}
		}
		t.problem(Invalid, d, fmt.Sprintf("invalid return code %q", d.Arg(0)))
		return nil
	}
	if status > 599 || status < 200 {
		t.problem(Invalid, d, fmt.Sprintf("invalid return code %q: a Worker can answer with 200 to 599", d.Arg(0)))
		return nil
	}
	step := ReturnStep{Do: "return", Status: status}
	if len(d.Args) > 1 {
		value := t.template(d, d.Arg(1))
		if slices.Contains([]int{301, 302, 303, 307, 308}, status) {
			step.Location = value
		} else {
			step.Text = value
		}
	}
	if status == 444 {
		t.problem(Differs, d, "a Worker cannot drop the connection: the client gets status 444 without a body")
	}
	return []Step{step}
}

func isURL(text string) bool {
	for _, p := range []string{"http://", "https://", "$scheme"} {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}

// ifStep translates an if block: rewrite directives become its steps, others take the place of the location's.
func (t *translator) ifStep(d *Directive, sc scope) []Step {
	when, ok := t.condition(d)
	if !ok {
		return nil
	}
	out := IfStep{Do: "if", When: when}
	settings := &Settings{}
	inside := scope{inLocation: sc.inLocation, inIf: true}
	for _, c := range d.Block {
		switch {
		case isStep(c):
			out.Steps = append(out.Steps, t.step(c, inside)...)
		case !sc.inLocation:
			t.problem(Invalid, c, fmt.Sprintf("%q is not allowed in an if of a server", c.Name))
		default:
			if h := t.handler(c, inside); h != nil {
				out.Handler = h
				continue
			}
			t.setting(settings, c, inside)
		}
	}
	out.Settings = orNil(settings)
	return []Step{out}
}

// condition reads the words between the parentheses of an if.
func (t *translator) condition(d *Directive) (Condition, bool) {
	args := d.Args
	if len(args) == 0 {
		t.problem(Invalid, d, "if needs a condition")
		return Condition{}, false
	}
	tests := map[string]string{"-f": "file", "-d": "directory", "-e": "exists", "-x": "exists"}
	operator, negated := strings.CutPrefix(args[0], "!")
	if test, ok := tests[operator]; ok && len(args) == 2 {
		return Condition{Test: test, Path: *t.template(d, args[1]), Not: negated}, true
	}
	value := t.template(d, args[0])
	switch {
	case len(args) == 1:
		return Condition{Test: "set", Value: value}, true
	case len(args) == 3 && (args[1] == "=" || args[1] == "!="):
		return Condition{Test: "equal", Value: value, To: t.template(d, args[2]), Not: args[1] == "!="}, true
	case len(args) == 3 && slices.Contains([]string{"~", "~*", "!~", "!~*"}, args[1]):
		re := t.regex(d, args[2], strings.HasSuffix(args[1], "*"))
		return Condition{Test: "matches", Value: value, Regex: re, Not: strings.HasPrefix(args[1], "!")}, re != nil
	}
	t.problem(Invalid, d, fmt.Sprintf("invalid condition %q", strings.Join(args, " ")))
	return Condition{}, false
}

// variableMap translates a map block.
func (t *translator) variableMap(d *Directive) VariableMap {
	out := VariableMap{Source: *t.template(d, d.Arg(0)), Variable: strings.TrimPrefix(d.Arg(1), "$")}
	for _, e := range d.Block {
		to := e.Arg(0)
		t.checkVariables(e, to)
		pattern, isRegex := strings.CutPrefix(e.Name, "~")
		switch {
		case e.Name == "hostnames" && len(e.Args) == 0:
			out.Hostnames = true
		case e.Name == "volatile" && len(e.Args) == 0:
			t.problem(Ignored, e, "maps are not cached")
		case e.Name == "default":
			out.Default = &to
		case e.Name == "include":
			t.problem(Unsupported, e, "an include inside a map is not read")
		case isRegex:
			pattern, ignoreCase := strings.CutPrefix(pattern, "*")
			if re := t.regex(e, pattern, ignoreCase); re != nil {
				out.Entries = append(out.Entries, MapEntry{Regex: re, To: to})
			}
		default:
			out.Entries = append(out.Entries, MapEntry{Value: ptr(strings.TrimPrefix(e.Name, `\`)), To: to})
		}
	}
	return out
}
