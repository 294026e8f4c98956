package analysis

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

// Options are the choices of a run.
type Options struct {
	// AllFiles judges also the code that ships with no service. Its findings carry no needs: what does not run decides nothing.
	AllFiles bool
	// Resolve gives, for a service, the function that finds the file a specifier in one of its modules means (false for
	// packages). With it names are followed from module to module. Nil follows none.
	Resolve func(project *model.Project, service *model.Service) func(from, specifier string) (file string, ok bool)
}

// Run runs all rules over the workspace. It returns every finding there is, those of loading included, sorted by
// model.CompareFindings; the ones that an ignore comment silences are marked, and all have a fingerprint. The routes that
// rules saw are attached to the services of the workspace.
//
// Modules are parsed and judged in parallel, each file once even if several services ship it; the result does not depend
// on the order. The error joins what went wrong inside the program itself (a rule that panicked, a cancelled context);
// the findings beside it are still good.
func Run(ctx context.Context, tree *source.Tree, workspace *model.Workspace, languages []*Language, options Options) ([]model.Finding, error) {
	r := &runner{tree: tree, workspace: workspace, languages: append([]*Language{Own()}, languages...)}
	r.units = unitsOf(tree, workspace, options)
	if err := r.parse(ctx); err != nil {
		return nil, err
	}
	r.link(options)
	findings, err := r.check(ctx)
	findings = append(findings, r.unreadable...)
	findings = append(findings, loadFindings(workspace)...)
	findings = applyIgnores(r, findings)
	findings = model.SortFindings(findings)
	fingerprint(tree, findings)
	return findings, err
}

// runner is the state of one Run.
type runner struct {
	tree      *source.Tree
	workspace *model.Workspace
	languages []*Language
	units     []*unit
	// modules are the parsed modules; one that does not ship and that no rule mentions is nil in it.
	modules map[parsing]*syntax.Module
	// scanner knows the rules for code that does not ship, mentioned what it found in each file of that.
	scanner   *scanner
	mentioned map[parsing]ruleSet
	// unreadable are findings about modules that could not be read in full.
	unreadable []model.Finding
}

// unit is one service with the source to judge for it.
type unit struct {
	project *model.Project
	service *model.Service
	// shipped and others are the source files, sorted; others do not ship and are only there with AllFiles.
	shipped, others []parsing
}

// parsing is what one parse depends on: the file, and where it will be when it runs. Services that ship a file to the same
// place share the result.
type parsing struct{ file, image, workdir string }

// loadFindings are the findings that loading has left.
func loadFindings(workspace *model.Workspace) []model.Finding {
	findings := slices.Clone(workspace.Findings)
	for _, project := range workspace.Projects {
		findings = append(findings, project.Findings...)
	}
	return findings
}

// parse reads the modules of all units, each once. Of those that do not ship, only the ones that a rule can find anything
// in are parsed; of those that do, all are, because names are followed through them.
func (r *runner) parse(ctx context.Context) error {
	owners := map[parsing]*unit{}
	var todo []parsing
	var ships []bool
	add := func(u *unit, list []parsing, shipped bool) {
		for _, p := range list {
			if owners[p] == nil {
				owners[p] = u
				todo, ships = append(todo, p), append(ships, shipped)
			}
		}
	}
	for _, u := range r.units {
		add(u, u.shipped, true)
	}
	for _, u := range r.units {
		add(u, u.others, false)
	}
	if slices.Contains(ships, false) {
		r.scanner = newScanner(r.idleRules())
	}
	results := make([]parsed, len(todo))
	err := parallel(ctx, len(todo), func(i int) error {
		results[i] = r.read(todo[i], ships[i])
		return nil
	})
	r.modules, r.mentioned = make(map[parsing]*syntax.Module, len(todo)), map[parsing]ruleSet{}
	told := map[string]bool{}
	for i, p := range todo {
		result := results[i]
		r.modules[p], r.mentioned[p] = result.module, result.mentioned
		switch {
		case told[p.file]:
		case result.err != nil:
			r.unreadable = append(r.unreadable, unreadableFinding(owners[p], p.file, result.err))
		case result.module != nil && len(result.module.Errors) > 0:
			r.unreadable = append(r.unreadable, brokenFinding(owners[p], result.module.Errors))
		}
		told[p.file] = true
	}
	return err
}

// parsed is what reading one module gave.
type parsed struct {
	module    *syntax.Module
	mentioned ruleSet
	err       error
}

func (r *runner) read(p parsing, ships bool) parsed {
	text, err := r.tree.Read(p.file)
	if err != nil {
		return parsed{err: err}
	}
	var mentioned ruleSet
	if !ships {
		mentioned = r.scanner.scan(text)
		if mentioned.empty() && !bytes.Contains(text, []byte(ignoreMark)) {
			return parsed{}
		}
	}
	module := syntax.Parse(p.file, text, syntax.ParseOptions{ImagePath: p.image, Workdir: p.workdir})
	return parsed{module: module, mentioned: mentioned}
}

// idleRules are the rules for modules that do not ship.
func (r *runner) idleRules() []*Rule {
	return slices.DeleteFunc(r.rules(), func(rule *Rule) bool { return rule.CheckModule == nil || rule.OnlyShipped })
}

// rules are all rules in order.
func (r *runner) rules() []*Rule {
	var rules []*Rule
	for _, language := range r.languages {
		rules = append(rules, language.Rules...)
	}
	return rules
}

// link follows names from module to module. Services that share modules are linked together, so that each module is linked
// once; specifiers are resolved as the first service that ships the module does.
func (r *runner) link(options Options) {
	if options.Resolve == nil {
		return
	}
	for _, group := range r.groups() {
		var modules []*syntax.Module
		resolvers := map[string]func(from, specifier string) (string, bool){}
		for _, u := range group {
			var resolve func(from, specifier string) (string, bool)
			for _, p := range u.shipped {
				module := r.modules[p]
				if module == nil || resolvers[p.file] != nil {
					continue
				}
				if resolve == nil {
					resolve = options.Resolve(u.project, u.service)
				}
				resolvers[p.file] = resolve
				modules = append(modules, module)
			}
		}
		syntax.Link(modules, func(from, specifier string) (string, bool) {
			if resolve := resolvers[from]; resolve != nil {
				return resolve(from, specifier)
			}
			return "", false
		})
	}
}

// groups are the units that ship modules, those that share one together.
func (r *runner) groups() [][]*unit {
	var groups [][]*unit
	index := map[parsing]int{}
	for _, u := range r.units {
		into := -1
		for _, p := range u.shipped {
			at, known := index[p]
			switch {
			case !known || at == into:
			case into < 0:
				into = at
			default: // this unit joins two groups
				for q, g := range index {
					if g == at {
						index[q] = into
					}
				}
				groups[into] = append(groups[into], groups[at]...)
				groups[at] = nil
			}
		}
		if into < 0 {
			into = len(groups)
			groups = append(groups, nil)
		}
		groups[into] = append(groups[into], u)
		for _, p := range u.shipped {
			index[p] = into
		}
	}
	return groups
}

// job is one piece of work of check: one project, service or module with all rules for it.
type job struct {
	run func(*outcome)
	// unit is the service that the routes belong to; nil for jobs of a project.
	unit *unit
	// idle tells that the code does not ship: routes and needs of it count for nothing.
	idle bool
}

// check runs the rules and attaches the routes.
func (r *runner) check(ctx context.Context) ([]model.Finding, error) {
	jobs := r.jobs()
	outcomes := make([]outcome, len(jobs))
	err := parallel(ctx, len(jobs), func(i int) error {
		jobs[i].run(&outcomes[i])
		return nil
	})
	var findings []model.Finding
	var failures []error
	routes := map[*model.Service][]model.Route{}
	for i, job := range jobs {
		if job.idle {
			for k := range outcomes[i].findings {
				outcomes[i].findings[k].Needs = nil
			}
		} else if job.unit != nil {
			routes[job.unit.service] = append(routes[job.unit.service], outcomes[i].routes...)
		}
		findings = append(findings, outcomes[i].findings...)
		failures = append(failures, outcomes[i].failures...)
	}
	for service, list := range routes {
		service.Routes = sortRoutes(list)
	}
	return findings, errors.Join(append(failures, err)...)
}

// guard runs one check; a panic in it becomes an error that names the rule, and what it had found stays.
func guard(rule *Rule, place string, out *outcome, check func()) {
	defer func() {
		if problem := recover(); problem != nil {
			out.failures = append(out.failures, fmt.Errorf("%s on %s: the rule stopped with an error of its own: %v", rule.Name, place, problem))
		}
	}()
	check()
}

// jobs lists everything to do, in a fixed order.
func (r *runner) jobs() []job {
	var jobs []job
	rules := r.rules()
	for _, project := range r.workspace.Projects {
		jobs = append(jobs, job{run: func(out *outcome) { r.checkProject(project, rules, out) }})
	}
	for _, u := range r.units {
		modules := r.parsed(u.shipped)
		if u.service.Name != "" { // else it is code beside all services
			jobs = append(jobs, job{unit: u, run: func(out *outcome) { r.checkService(u, modules, rules, out) }})
		}
		for _, module := range modules {
			jobs = append(jobs, job{unit: u, run: func(out *outcome) { r.checkModule(u, module, modules, rules, out) }})
		}
		for _, p := range u.others {
			if module := r.modules[p]; module != nil {
				jobs = append(jobs, job{unit: u, idle: true, run: func(out *outcome) { r.checkModule(u, module, modules, r.mentioning(p), out) }})
			}
		}
	}
	return jobs
}

// mentioning are the rules that a module which does not ship mentions.
func (r *runner) mentioning(p parsing) []*Rule {
	var rules []*Rule
	r.mentioned[p].each(func(i int) { rules = append(rules, r.scanner.rules[i]) })
	return rules
}

func (r *runner) checkProject(project *model.Project, rules []*Rule, out *outcome) {
	for _, rule := range rules {
		if rule.CheckProject != nil {
			guard(rule, "project "+project.Dir, out, func() { rule.CheckProject(r.projectPass(rule, project, "", out)) })
		}
	}
}

func (r *runner) checkService(u *unit, modules []*syntax.Module, rules []*Rule, out *outcome) {
	for _, rule := range rules {
		if rule.CheckService != nil {
			guard(rule, "service "+u.service.Name, out, func() { rule.CheckService(r.servicePass(rule, u, modules, out)) })
		}
	}
}

func (r *runner) checkModule(u *unit, module *syntax.Module, shipped []*syntax.Module, rules []*Rule, out *outcome) {
	for _, rule := range rules {
		if rule.CheckModule != nil {
			guard(rule, module.File, out, func() {
				rule.CheckModule(&ModulePass{ServicePass: r.servicePass(rule, u, shipped, out), Module: module})
			})
		}
	}
}

// parsed are the modules among these that were parsed.
func (r *runner) parsed(list []parsing) []*syntax.Module {
	var modules []*syntax.Module
	for _, p := range list {
		if module := r.modules[p]; module != nil {
			modules = append(modules, module)
		}
	}
	return modules
}

func (r *runner) projectPass(rule *Rule, project *model.Project, service string, out *outcome) *ProjectPass {
	return &ProjectPass{Workspace: r.workspace, Project: project, Tree: r.tree, rule: rule, service: service, out: out}
}

func (r *runner) servicePass(rule *Rule, u *unit, modules []*syntax.Module, out *outcome) *ServicePass {
	return &ServicePass{ProjectPass: r.projectPass(rule, u.project, u.service.Name, out), Service: u.service, Modules: modules}
}

// sortRoutes sorts by path, method and place and drops repetitions of one route.
func sortRoutes(list []model.Route) []model.Route {
	slices.SortStableFunc(list, func(a, b model.Route) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method), source.Compare(a.Span, b.Span))
	})
	return slices.CompactFunc(list, func(a, b model.Route) bool { return a.Path == b.Path && a.Method == b.Method })
}

// parallel calls work for 0 ≤ i < n on as many goroutines as there are processors.
func parallel(ctx context.Context, n int, work func(i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	workers := min(runtime.GOMAXPROCS(0), n)
	for w := range workers {
		group.Go(func() error {
			for i := w; i < n; i += workers {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := work(i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}
