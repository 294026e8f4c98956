// Package verify is the judge: it builds an emitted project, checks it with Cloudflare's own tools, boots all its Workers in
// workerd, sends real requests and compares the answers with the original's.
//
// Run is the function to open; its stages are in order there. A check that could not be made is skipped with the reason and
// never counted as passed. Everything that is started ends with the context.
package verify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

// Options are the inputs of a run.
type Options struct {
	// Dir is the emitted project.
	Dir string
	// Requests to send; nil takes health checks and routes from the lock file.
	Requests []Request
	// Against is the base URL of a running original; empty when there is none.
	Against string
	// Values are values for required secrets and variables by name.
	Values map[string]string
	// ServiceValues are the same by service; they come after Values.
	ServiceValues map[string]map[string]string
	// Connect are URLs of servers outside by Compose service.
	Connect map[string]string
	// Toolchain is what to install when the machine has no fitting Node.js.
	Toolchain Toolchain
	// Log gets one line per step while the run goes on; nil for silence.
	Log io.Writer
	// Services limits the run to these services and those they are bound to; empty for all.
	Services []string
	// WorkersLog receives all that the Workers printed (the end of it where that is very much); nil for nobody.
	WorkersLog io.Writer
	// SkipChecks limits the run to build, boot and requests: the project's own CI has made the other checks already.
	SkipChecks bool
}

// Check is one check of one Worker, or of the whole project.
type Check struct {
	Name   string `json:"name"`
	Worker string `json:"worker"`
	// Status is "passed", "failed" or "skipped".
	Status string `json:"status"`
	Why    string `json:"why"`
}

// Result is what verify found. Its JSON form is a contract.
type Result struct {
	Version  int             `json:"version"`
	Checks   []Check         `json:"checks"`
	Requests []RequestResult `json:"requests"`
	Summary  Summary         `json:"summary"`
	// Toolchain says which Node.js and wrangler were used.
	Toolchain string `json:"-"`
}

// Summary counts requests.
type Summary struct {
	Same      int `json:"same"`
	Different int `json:"different"`
	Failed    int `json:"failed"`
}

// OK tells whether every check passed or was skipped and every request was answered as it should be.
func (r *Result) OK() bool {
	for _, c := range r.Checks {
		if c.Status == "failed" {
			return false
		}
	}
	return r.Summary.Different == 0 && r.Summary.Failed == 0
}

// Run verifies an emitted project. The error is for what keeps verify itself from working; what is wrong with the project
// is in the result.
func Run(ctx context.Context, o Options) (*Result, error) {
	r := &runner{options: o, result: &Result{Version: 1, Checks: []Check{}, Requests: []RequestResult{}}}
	if err := r.readLock(); err != nil {
		return nil, err
	}
	if err := r.choose(); err != nil {
		return nil, err
	}
	tools, err := r.toolchain(ctx)
	if err != nil {
		return nil, err
	}
	r.tools = tools
	r.result.Toolchain = tools.String()
	r.logf("using %s", tools)
	ready := r.install(ctx)
	if ready && !o.SkipChecks {
		r.schema()
	}
	if ready {
		r.built = r.build(ctx)
	}
	if ready && !o.SkipChecks {
		r.types(ctx)
		r.dryRun(ctx)
	}
	if err := r.requests(ctx); err != nil {
		return r.result, err
	}
	r.summarise()
	return r.result, ctx.Err()
}

type runner struct {
	options Options
	result  *Result
	lock    model.Lock
	tools   tools
	// built are the services whose Worker could be built.
	built map[string]bool
	// chosen are the services that the run is limited to; nil for all.
	chosen map[string]bool
}

func (r *runner) readLock() error {
	data, err := os.ReadFile(filepath.Join(r.options.Dir, "dock2edge.json"))
	if err != nil {
		return fmt.Errorf("%s is no project that convert wrote: %w", r.options.Dir, err)
	}
	if err := json.Unmarshal(data, &r.lock); err != nil {
		return fmt.Errorf("dock2edge.json: %w", positioned(data, 0, err))
	}
	return nil
}

// workers are the services that became a Worker and were asked for.
func (r *runner) workers() []model.LockService {
	var out []model.LockService
	for _, s := range r.lock.Services {
		if s.Worker != "" && (r.chosen == nil || r.chosen[s.Name]) {
			out = append(out, s)
		}
	}
	return out
}

// running are the Workers that could be built.
func (r *runner) running() []model.LockService {
	return slices.DeleteFunc(r.workers(), func(s model.LockService) bool { return !r.built[s.Name] })
}

// choose limits the run to the services that were named and to those they are bound to.
func (r *runner) choose() error {
	if len(r.options.Services) == 0 {
		return nil
	}
	byName := map[string]model.LockService{}
	for _, s := range r.lock.Services {
		byName[s.Name] = s
	}
	r.chosen = map[string]bool{}
	open := slices.Clone(r.options.Services)
	for len(open) > 0 {
		s, ok := byName[open[0]]
		if !ok {
			return fmt.Errorf("there is no service %q; there are %s", open[0], strings.Join(slices.Sorted(maps.Keys(byName)), ", "))
		}
		open = open[1:]
		if r.chosen[s.Name] {
			continue
		}
		r.chosen[s.Name] = true
		for _, b := range s.Bindings {
			if _, known := byName[b.Service]; known {
				open = append(open, b.Service)
			}
		}
	}
	return nil
}

func (r *runner) dir(s model.LockService) string {
	return filepath.Join(r.options.Dir, filepath.FromSlash(s.Directory))
}

func (r *runner) check(name, worker, status, why string) {
	why = r.conceal(why)
	r.result.Checks = append(r.result.Checks, Check{Name: name, Worker: worker, Status: status, Why: why})
	r.logf("%-10s %-24s %s %s", name, worker, status, firstLine(why))
}

func (r *runner) logf(format string, args ...any) {
	if r.options.Log != nil {
		fmt.Fprintf(r.options.Log, format+"\n", args...)
	}
}

// conceal takes the values of required secrets and the passwords of servers outside out of what tools and the app have
// printed. Short values would also hit words that merely look alike.
func (r *runner) conceal(text string) string {
	var hidden []string
	for _, s := range r.workers() {
		for _, name := range s.Secrets {
			hidden = append(hidden, r.options.Values[name], r.options.ServiceValues[s.Name][name])
		}
	}
	for _, address := range r.options.Connect {
		if u, err := url.Parse(address); err == nil && u.User != nil {
			password, _ := u.User.Password()
			hidden = append(hidden, address, password)
		}
	}
	slices.SortFunc(hidden, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	for _, value := range hidden {
		if value = strings.TrimSpace(value); len(value) >= 6 {
			text = strings.ReplaceAll(text, value, "***")
		}
	}
	return text
}

func firstLine(text string) string {
	for i, c := range text {
		if c == '\n' {
			return text[:i]
		}
	}
	return text
}

func (r *runner) summarise() {
	for _, q := range r.result.Requests {
		switch q.Status {
		case "same":
			r.result.Summary.Same++
		case "different":
			r.result.Summary.Different++
		default:
			r.result.Summary.Failed++
		}
	}
}

// requests boots the Workers that could be built and sends the requests. One that could not be built keeps no other from
// being judged.
func (r *runner) requests(ctx context.Context) error {
	list := r.options.Requests
	if list == nil {
		list = r.ownRequests()
	}
	list = r.fillServices(list)
	if len(r.running()) == 0 {
		r.check("boot", "", "skipped", "no Worker could be built")
		r.result.Requests = unanswered(list, notBuilt)
		return nil
	}
	if r.options.Against != "" {
		r.logf("asking the original at %s", r.options.Against)
		learnt, err := Learn(ctx, r.options.Against, list, nil)
		if err != nil {
			return err
		}
		list = learnt
	}
	server, err := r.boot(ctx)
	if err != nil {
		r.check("boot", "", "failed", err.Error())
		r.result.Requests = unanswered(list, "the Workers did not start")
		return nil
	}
	defer server.close()
	r.check("boot", "", "passed", fmt.Sprintf("%d Workers in one workerd", len(r.running())))
	app := newTarget(server.url, true)
	r.wake(ctx, app)
	r.health(ctx, app)
	if len(list) == 0 {
		r.check("requests", "", "skipped", "there is no request file, no health check and no route was found in the source")
		return nil
	}
	r.result.Requests = r.judgeBuilt(ctx, app, list)
	r.explain(server)
	return r.keepLog(server)
}

// judgeBuilt judges the requests to Workers that run; the others failed. The results are in the order of the requests.
func (r *runner) judgeBuilt(ctx context.Context, app *target, list []Request) []RequestResult {
	isMissing := func(q Request) bool {
		return slices.ContainsFunc(r.workers(), func(s model.LockService) bool { return s.Name == q.Service && !r.built[s.Name] })
	}
	var asked []Request
	results := make([]RequestResult, len(list))
	for i, q := range list {
		if isMissing(q) {
			results[i] = unanswered(list[i:i+1], notBuilt)[0]
			continue
		}
		asked = append(asked, q)
	}
	judged := judge(ctx, app, asked)
	for i, q := range list {
		if !isMissing(q) {
			results[i], judged = judged[0], judged[1:]
		}
	}
	return results
}

// unanswered are the results of requests that could not be sent.
func unanswered(list []Request, why string) []RequestResult {
	out := make([]RequestResult, len(list))
	for i, q := range list {
		out[i] = RequestResult{Name: q.Name, Service: q.Service, Status: "failed", Differences: []string{why}}
	}
	return out
}

// explain prints the Workers' own log beside failures, where the reason usually stands.
func (r *runner) explain(s *server) {
	for _, q := range r.result.Requests {
		if q.Status != "same" {
			r.logf("the Workers' log ends with:\n%s", r.conceal(lastLines(withoutAccessLog(s.process.output.String()), 40)))
			return
		}
	}
}

// keepLog hands over what the Workers printed.
func (r *runner) keepLog(s *server) error {
	if r.options.WorkersLog == nil {
		return nil
	}
	_, err := io.WriteString(r.options.WorkersLog, r.conceal(withoutAccessLog(s.process.output.String())))
	return err
}

// withoutAccessLog leaves out wrangler's line for each request and its table of uploaded modules: what the app itself printed
// tells more.
func withoutAccessLog(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.HasPrefix(line, "[wrangler:info]") && !strings.ContainsAny(line, "│├┤┌└") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
