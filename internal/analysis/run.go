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
	// modules are the parsed modules; one that was found harmless is nil in it.
	modules map[parsing]*syntax.Module
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
	ships := map[parsing]bool{}
	var todo []parsing
	for _, u := range r.units {
		for _, p := range u.shipped {
			ships[p] = true
		}
		for _, p := range slices.Concat(u.shipped, u.others) {
			if owners[p] == nil {
				owners[p] = u
				todo = append(todo, p)
			}
		}
	}
	parsed := make([]*syntax.Module, len(todo))
	problems := make([]error, len(todo))
	rules := r.moduleRules()
	err := parallel(ctx, len(todo), func(i int) error {
		text, err := r.tree.Read(todo[i].file)
		if err != nil {
			problems[i] = err
			return nil
		}
		if ships[todo[i]] || bytes.Contains(text, []byte(ignoreMark)) || slices.ContainsFunc(rules, func(rule *Rule) bool { return rule.mentioned(text) }) {
			parsed[i] = syntax.Parse(todo[i].file, text, syntax.ParseOptions{ImagePath: todo[i].image, Workdir: todo[i].workdir})
		}
		return nil
	})
	r.modules = make(map[parsing]*syntax.Module, len(todo))
	told := map[string]bool{}
	for i, p := range todo {
		r.modules[p] = parsed[i]
		switch {
		case told[p.file]:
		case problems[i] != nil:
			r.unreadable = append(r.unreadable, unreadableFinding(owners[p], p.file, problems[i]))
		case parsed[i] != nil && len(parsed[i].Errors) > 0:
			r.unreadable = append(r.unreadable, brokenFinding(owners[p], parsed[i].Errors))
		}
		told[p.file] = true
	}
	return err
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

// moduleRules are the rules that look at modules.
func (r *runner) moduleRules() []*Rule {
	var rules []*Rule
	for _, language := range r.languages {
		for _, rule := range language.Rules {
			if rule.CheckModule != nil || len(rule.Mentions) > 0 {
				rules = append(rules, rule)
			}
		}
	}
	return rules
}

// job is one piece of work of check with a name for error messages.
type job struct {
	name string
	run  func(*outcome)
	// unit is the service that the routes belong to; nil for jobs of a project.
	unit *unit
	// idle tells that the code does not ship: routes and needs of it count for nothing.
	idle bool
}

// check runs the rules and attaches the routes.
func (r *runner) check(ctx context.Context) ([]model.Finding, error) {
	jobs := r.jobs()
	outcomes := make([]outcome, len(jobs))
	failures := make([]error, len(jobs))
	err := parallel(ctx, len(jobs), func(i int) error {
		failures[i] = runJob(jobs[i], &outcomes[i])
		return nil
	})
	var findings []model.Finding
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
	}
	for service, list := range routes {
		service.Routes = sortRoutes(list)
	}
	return findings, errors.Join(append(failures, err)...)
}

// runJob runs one job; a panic in a rule becomes an error that names it, and what the rule had found stays.
func runJob(j job, out *outcome) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("%s: the rule stopped with an error of its own: %v", j.name, problem)
		}
	}()
	j.run(out)
	return nil
}

// jobs lists everything to do, in a fixed order.
func (r *runner) jobs() []job {
	var jobs []job
	for _, language := range r.languages {
		for _, rule := range language.Rules {
			switch {
			case rule.CheckProject != nil:
				jobs = append(jobs, r.projectJobs(rule)...)
			case rule.CheckService != nil:
				jobs = append(jobs, r.serviceJobs(rule)...)
			case rule.CheckModule != nil:
				jobs = append(jobs, r.moduleJobs(rule)...)
			}
		}
	}
	return jobs
}

func (r *runner) projectJobs(rule *Rule) []job {
	var jobs []job
	for _, project := range r.workspace.Projects {
		jobs = append(jobs, job{
			name: rule.Name + " on " + project.Dir,
			run:  func(out *outcome) { rule.CheckProject(r.projectPass(rule, project, "", out)) },
		})
	}
	return jobs
}

func (r *runner) serviceJobs(rule *Rule) []job {
	var jobs []job
	for _, u := range r.units {
		if u.service.Name == "" {
			continue // code beside all services
		}
		modules := r.parsed(u.shipped)
		jobs = append(jobs, job{
			name: rule.Name + " on service " + u.service.Name,
			unit: u,
			run:  func(out *outcome) { rule.CheckService(r.servicePass(rule, u, modules, out)) },
		})
	}
	return jobs
}

func (r *runner) moduleJobs(rule *Rule) []job {
	var jobs []job
	for _, u := range r.units {
		modules := r.parsed(u.shipped)
		for _, module := range modules {
			jobs = r.appendModuleJob(jobs, rule, u, module, modules, false)
		}
		for _, module := range r.parsed(u.others) {
			jobs = r.appendModuleJob(jobs, rule, u, module, modules, true)
		}
	}
	return jobs
}

func (r *runner) appendModuleJob(jobs []job, rule *Rule, u *unit, module *syntax.Module, shipped []*syntax.Module, idle bool) []job {
	if !rule.mentioned(module.Text) {
		return jobs
	}
	return append(jobs, job{
		name: rule.Name + " on " + module.File,
		unit: u,
		idle: idle,
		run: func(out *outcome) {
			rule.CheckModule(&ModulePass{ServicePass: r.servicePass(rule, u, shipped, out), Module: module})
		},
	})
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
