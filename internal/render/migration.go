package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// migration writes MIGRATION.md: what became what, what differs, what is left to do by hand.
func migration(p *model.Plan) string {
	m := &document{}
	m.line("# Moving %s to Cloudflare Workers", p.Project.Name)
	m.line("")
	m.line("Written by `dock2edge convert`. Every service, Compose key, Dockerfile line, port and volume of the original is named below with")
	m.line("what became of it. Positions are those of the repository that was converted.")
	m.services(p)
	m.steps(p)
	m.differences(p)
	for _, sp := range p.Services {
		m.service(sp)
	}
	if len(p.Dispositions) > 0 {
		m.line("")
		m.line("## The rest of the Compose file")
		m.dispositions(p.Dispositions)
	}
	return m.out.String()
}

type document struct{ out strings.Builder }

func (m *document) line(format string, args ...any) { fmt.Fprintf(&m.out, format+"\n", args...) }

func (m *document) services(p *model.Plan) {
	m.line("")
	m.line("## What became what")
	m.line("")
	m.line("| service | becomes | why |")
	m.line("|---|---|---|")
	for _, sp := range p.Services {
		target := string(sp.Target)
		if sp.WorkerName != "" {
			target += " `" + sp.WorkerName + "`"
		}
		m.line("| %s | %s | %s |", sp.Service.Name, target, cell(sentence(sp.Why[0])))
	}
	for _, w := range p.Warnings {
		m.line("")
		m.line("**Note:** %s.", w)
	}
}

// steps lists what a person has to do, in order.
func (m *document) steps(p *model.Plan) {
	m.line("")
	m.line("## Left to do by hand")
	m.line("")
	n := 0
	step := func(format string, args ...any) {
		n++
		m.line("%d. %s", n, fmt.Sprintf(format, args...))
	}
	step("`npm install`, then `npm run build` and `npm run check`.")
	for _, sp := range p.Services {
		for _, b := range sp.Bindings {
			if b.Kind == model.BindingHyperdrive {
				step("Make the database behind `%s` reachable from Cloudflare and create its Hyperdrive configuration: `npx wrangler hyperdrive create %s-%s --connection-string=…`; put the id into `%s/wrangler.jsonc`.",
					b.Service, sp.WorkerName, strings.ToLower(b.Name), Dir(sp))
			}
		}
		for _, e := range sp.Vars {
			if e.Origin == "address" {
				step("Set the variable `%s` in `%s/wrangler.jsonc` to host:port of the server outside.", e.Name, Dir(sp))
			}
		}
		for _, s := range sp.Secrets {
			step("`npx wrangler secret put %s -c %s/wrangler.jsonc` (%s).", s.Name, Dir(sp), s.Why)
		}
	}
	for _, q := range p.Questions {
		step("Decide: %s Taken: %s. Other choice: %s (`convert --target %s=%s`).", q.Text, q.Choices[0], q.Choices[1], q.Service, q.Choices[1])
	}
	for _, sp := range p.Services {
		if sp.WorkerName == "" {
			continue
		}
		for _, f := range severe(sp.Findings) {
			step("%s: %s. %s (%s)", place(f.Span), upperFirst(f.Message), f.Remedy, f.Rule)
		}
	}
	step("`npm run deploy`.")
}

// severe are the findings that a person has to look at.
func severe(findings []model.Finding) []model.Finding {
	var out []model.Finding
	for _, f := range findings {
		if f.Severity >= model.Major && f.Suppressed == nil {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b model.Finding) int {
		if a.Severity != b.Severity {
			return int(b.Severity) - int(a.Severity)
		}
		return model.CompareFindings(a, b)
	})
	return out
}

func (m *document) differences(p *model.Plan) {
	m.line("")
	m.line("## What differs")
	m.line("")
	seen := map[string]bool{}
	say := func(text string) {
		if !seen[text] {
			seen[text] = true
			m.line("- %s", text)
		}
	}
	for _, sp := range p.Services {
		switch {
		case sp.Server != "":
			say(serverDifference(sp.Server))
		case sp.Target == model.TargetDurableObject:
			say("A Durable Object is one process in one place, as one container was: it starts with the first request, may be evicted when idle, and starts anew after `process.exit()`. Its memory is 128 MB.")
		case sp.Target == model.TargetWorker:
			say("A plain Worker runs in many isolates at once. Each evaluates the app at its first request; memory is not shared between them.")
		case sp.Target == model.TargetAssets:
			if sp.Service.WebServer != nil && sp.Service.WebServer.Static != nil {
				for _, d := range sp.Service.WebServer.Static.Differences {
					say(d)
				}
			}
		}
		for _, f := range sp.Findings {
			if f.Severity == model.Minor && f.Suppressed == nil && sp.WorkerName != "" {
				say(fmt.Sprintf("%s: %s (%s, %s).", sp.Service.Name, f.Message, f.Rule, place(f.Span)))
			}
		}
	}
	say("Requests reach the Workers through Cloudflare: TLS and compression are done there, and `CF-Connecting-IP` holds the client's address.")
}

func (m *document) service(sp *model.ServicePlan) {
	m.line("")
	m.line("## %s", sp.Service.Name)
	m.line("")
	m.line("Becomes: **%s**.", targetWords(sp))
	m.line("")
	for _, why := range sp.Why {
		m.line("- %s", sentence(why))
	}
	for _, r := range sp.Rejected {
		if r.Why.Text != "" {
			m.line("- Not %s: %s", r.Target, lowerFirst(sentence(r.Why)))
		}
	}
	for _, b := range sp.Bindings {
		m.line("- Binding `%s`: %s", b.Name, sentence(b.Why))
	}
	if sp.Service.Entry != nil && sp.Service.Entry.Problem != "" && sp.WorkerName != "" {
		m.line("- Note: %s", sp.Service.Entry.Problem)
	}
	m.dispositions(sp.Dispositions)
}

func (m *document) dispositions(list []model.Disposition) {
	if len(list) == 0 {
		return
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b model.Disposition) int { return source.Compare(a.Span, b.Span) })
	m.line("")
	m.line("| original | at | outcome | why |")
	m.line("|---|---|---|---|")
	for _, d := range list {
		m.line("| `%s` | %s | %s | %s |", cell(d.What), place(d.Span), d.Outcome, cell(d.Why))
	}
}

func place(s source.Span) string {
	if s.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", s.File, s.Start.Line)
}

// cell keeps a text inside its table cell.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "`", "'").Replace(text)
}

func upperFirst(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func lowerFirst(text string) string {
	if text == "" || strings.HasPrefix(text, "HTTP") {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}
