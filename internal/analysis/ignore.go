package analysis

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

// ignoreMark is what every ignore comment holds.
const ignoreMark = "dock2edge:ignore"

// directive is one ignore comment:
//
//	dock2edge:ignore RULE[,RULE] -- reason        on the line it speaks of, or alone on the line above
//	dock2edge:ignore-file RULE[,RULE] -- reason   anywhere in the file
type directive struct {
	// suffix is what follows "dock2edge:ignore" directly: empty or "-file"; anything else is a mistake.
	suffix string
	rules  []string
	reason string
	span   source.Span
	// first and last are the lines it speaks of; the whole file for -file.
	first, last int
	// used are the rules of which it silenced a finding.
	used map[string]bool
}

var directivePattern = regexp.MustCompile(ignoreMark + `([-\w]*)(?:[ \t]+([^\n]*))?`)

// parseDirective reads the first ignore comment in text, a comment or one line of it.
func parseDirective(text string) (directive, bool) {
	match := directivePattern.FindStringSubmatch(text)
	if match == nil {
		return directive{}, false
	}
	rest := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(match[2]), "*/"))
	names, reason, _ := strings.Cut(" "+rest+" ", " -- ")
	d := directive{suffix: match[1], reason: strings.TrimSpace(reason), used: map[string]bool{}}
	// Without the dashes, text after the names is taken for a reason in the wrong place, not for names.
	if list, _, more := strings.Cut(strings.TrimSpace(strings.ReplaceAll(names, ", ", ",")), " "); list != "" || more {
		for name := range strings.SplitSeq(list, ",") {
			if name != "" {
				d.rules = append(d.rules, name)
			}
		}
	}
	return d, true
}

// applyIgnores marks the findings that ignore comments silence and adds findings about comments that do nothing.
func applyIgnores(r *runner, findings []model.Finding) []model.Finding {
	known := map[string]bool{}
	for _, language := range r.languages {
		for _, rule := range language.Rules {
			known[rule.Name] = true
		}
	}
	byFile := map[string][]int{}
	for i, f := range findings {
		byFile[f.Span.File] = append(byFile[f.Span.File], i)
	}
	for _, file := range r.filesWithIgnores(findings) {
		directives := r.directivesOf(file.name)
		for i := range directives {
			d := &directives[i]
			if !d.valid(known) {
				continue
			}
			for _, k := range byFile[file.name] {
				d.silence(&findings[k])
			}
		}
		for i := range directives {
			findings = append(findings, directives[i].problems(known, file.project)...)
		}
	}
	return findings
}

// valid tells whether the comment may silence anything: a comment without a reason does not.
func (d *directive) valid(known map[string]bool) bool {
	return d.reason != "" && (d.suffix == "" || d.suffix == "-file")
}

// silence marks the finding if the comment speaks of it.
func (d *directive) silence(f *model.Finding) {
	line := f.Span.Start.Line
	if !slices.Contains(d.rules, f.Rule) || d.suffix == "" && (line < d.first || line > d.last) {
		return
	}
	d.used[f.Rule] = true
	if f.Suppressed == nil {
		f.Suppressed = &model.Suppression{Reason: d.reason, Span: d.span}
	}
}

// problems are the findings about the comment itself.
func (d *directive) problems(known map[string]bool, project string) []model.Finding {
	make := func(rule *Rule, message, remedy string) model.Finding {
		return model.Finding{
			Rule: rule.Name, Category: rule.Category, Severity: rule.Severity, Project: project,
			Span: d.span, Message: message, Remedy: remedy,
		}
	}
	if d.suffix != "" && d.suffix != "-file" {
		return []model.Finding{make(ignoreUnknownRule(), "There is no comment `"+ignoreMark+d.suffix+"`, so it silences nothing",
			"Write `"+ignoreMark+" RULE -- reason` or `"+ignoreMark+"-file RULE -- reason`.")}
	}
	if len(d.rules) == 0 {
		return []model.Finding{make(ignoreUnknownRule(), "The comment names no rule, so it silences nothing",
			"Name the rule: `"+ignoreMark+d.suffix+" RULE -- reason`.")}
	}
	var findings []model.Finding
	for _, name := range d.rules {
		switch {
		case !known[name]:
			findings = append(findings, make(ignoreUnknownRule(), "There is no rule `"+name+"`, so the comment silences nothing",
				"`dock2edge rules` lists the names; a finding prints the one of its rule."))
		case d.reason != "" && !d.used[name]:
			findings = append(findings, make(ignoreUnused(), "The comment silences `"+name+"`, which finds nothing here",
				"Remove the comment, or move it to the line of the finding or the one above."))
		}
	}
	if d.reason == "" {
		findings = append(findings, make(ignoreWithoutReason(), "The comment gives no reason, so it silences nothing",
			"Add one: `"+ignoreMark+d.suffix+" "+strings.Join(d.rules, ",")+" -- reason`."))
	}
	return findings
}

// commented is a file that ignore comments may stand in, and the project it is reported for.
type commented struct{ name, project string }

// filesWithIgnores are the files that hold an ignore comment, among those that were judged: modules, Compose files,
// Dockerfiles, and whatever else a finding speaks of.
func (r *runner) filesWithIgnores(findings []model.Finding) []commented {
	owner := map[string]string{}
	add := func(project string, names ...string) {
		for _, name := range names {
			if _, known := owner[name]; !known && name != "" {
				owner[name] = project
			}
		}
	}
	for _, project := range r.workspace.Projects {
		add(project.Dir, project.ComposeFiles...)
		for _, service := range project.Services {
			if service.Image != nil {
				add(project.Dir, service.Image.File)
			}
		}
	}
	for _, u := range r.units {
		for _, p := range slices.Concat(u.shipped, u.others) {
			add(u.project.Dir, p.file)
		}
	}
	for _, f := range findings {
		add(f.Project, f.Span.File)
	}
	var files []commented
	for name, project := range owner {
		text, err := r.tree.Read(name)
		if err == nil && bytes.Contains(text, []byte(ignoreMark)) {
			files = append(files, commented{name, project})
		}
	}
	slices.SortFunc(files, func(a, b commented) int { return strings.Compare(a.name, b.name) })
	return files
}

// directivesOf reads the ignore comments of a file in file order.
func (r *runner) directivesOf(file string) []directive {
	text, err := r.tree.Read(file)
	if err != nil {
		return nil
	}
	lines := strings.Split(string(text), "\n")
	var directives []directive
	if isModule(file) {
		for _, u := range r.units {
			for _, p := range slices.Concat(u.shipped, u.others) {
				if module := r.modules[p]; p.file == file && module != nil {
					return moduleDirectives(module, lines)
				}
			}
		}
		return nil
	}
	if path.Ext(file) != ".json" { // JSON has no comments
		directives = hashDirectives(file, lines)
	}
	for i := range directives {
		r.widen(&directives[i])
	}
	return directives
}

// moduleDirectives reads them from the comments of a parsed module.
func moduleDirectives(module *syntax.Module, lines []string) []directive {
	var directives []directive
	for _, comment := range module.Comments {
		for offset, text := range strings.Split(comment.Text, "\n") {
			d, ok := parseDirective(text)
			if !ok {
				continue
			}
			line := comment.Span.Start.Line + offset
			column := 1 + strings.Index(lines[line-1], ignoreMark)
			d.span = source.Span{File: module.File, Start: source.Position{Line: line, Column: column}}
			d.span.End = source.Position{Line: line, Column: column + len(strings.TrimSpace(text[strings.Index(text, ignoreMark):]))}
			d.first = comment.Span.Start.Line
			before := lines[d.first-1][:min(comment.Span.Start.Column-1, len(lines[d.first-1]))]
			if strings.Trim(before, " \t{") == "" { // "{" before a comment is JSX
				d.first = nextCode(lines, comment.Span.End.Line, "//", "/*", "*", "{/*")
			}
			d.last = d.first
			directives = append(directives, d)
		}
	}
	return directives
}

// hashDirectives reads them from comments that begin with "#" at the start of a line or after white space.
func hashDirectives(file string, lines []string) []directive {
	var directives []directive
	for i, line := range lines {
		mark := strings.Index(line, ignoreMark)
		if mark < 0 {
			continue
		}
		hash := strings.LastIndex(line[:mark], "#")
		if hash < 0 || hash > 0 && line[hash-1] != ' ' && line[hash-1] != '\t' || strings.TrimSpace(line[hash+1:mark]) != "" {
			continue
		}
		d, _ := parseDirective(line[mark:])
		d.span = source.Span{
			File:  file,
			Start: source.Position{Line: i + 1, Column: mark + 1},
			End:   source.Position{Line: i + 1, Column: len(strings.TrimRight(line, " \t\r")) + 1},
		}
		d.first = i + 1
		if strings.TrimSpace(line[:hash]) == "" {
			d.first = nextCode(lines, i+1, "#")
		}
		d.last = d.first
		directives = append(directives, d)
	}
	return directives
}

// nextCode is the number of the first line after the given one that is neither blank nor a comment, so that several
// ignore comments can stand above one another.
func nextCode(lines []string, after int, marks ...string) int {
	for i := after; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		comment := slices.ContainsFunc(marks, func(mark string) bool { return strings.HasPrefix(line, mark) })
		if line != "" && !comment {
			return i + 1
		}
	}
	return after + 1
}

// widen lets a comment above a Dockerfile instruction speak of all its lines: a comment cannot stand inside of one.
func (r *runner) widen(d *directive) {
	for _, project := range r.workspace.Projects {
		for _, service := range project.Services {
			if service.Image == nil || service.Image.File != d.span.File {
				continue
			}
			for _, stage := range service.Image.Stages {
				for _, instruction := range stage.Instructions {
					if instruction.Span.Start.Line == d.first {
						d.last = max(d.last, instruction.Span.End.Line)
					}
				}
			}
		}
	}
}
