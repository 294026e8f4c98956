package cli

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/plan"
)

// planFlags are the flags of every command that makes a plan.
type planFlags struct {
	answers string
	targets []string
	date    string
	plan    string
	bytes   string
	// servers are the choices of --redis and its like, by server.
	servers map[model.ServerKind]*string
}

// serverKinds are the servers that have a flag of their own.
func serverKinds() []model.ServerKind {
	return []model.ServerKind{model.ServerRedis, model.ServerMemcached, model.ServerRabbitMQ, model.ServerMongoDB}
}

func (f *planFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.answers, "answers", "", "YAML `FILE` with choices: targets, servers, compatibilityDate, plan, transport")
	flags.StringArrayVar(&f.targets, "target", nil, "what a service becomes, as `SERVICE=TARGET`; may be repeated")
	flags.StringVar(&f.date, "compatibility-date", "", "compatibility `DATE` of the emitted Workers, YYYY-MM-DD")
	flags.StringVar(&f.plan, "plan", "", "Cloudflare plan whose limits count: free or paid (default paid)")
	f.servers = map[model.ServerKind]*string{}
	for _, kind := range serverKinds() {
		f.servers[kind] = flags.String(string(kind), "", "where "+plan.ServerTitle(kind)+" runs, a `TARGET`: durable-object, external or container")
	}
	flags.StringVar(&f.bytes, "transport", "", "how bytes reach a Durable Object: connect or websocket (default connect)")
}

// answers is the format of --answers.
type answers struct {
	Targets           map[string]string `yaml:"targets"`
	Servers           map[string]string `yaml:"servers"`
	CompatibilityDate string            `yaml:"compatibilityDate"`
	Plan              string            `yaml:"plan"`
	Transport         string            `yaml:"transport"`
}

var datePattern = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// options joins the answers file and the flags; flags win.
func (f *planFlags) options() (model.Options, error) {
	var a answers
	if f.answers != "" {
		data, err := os.ReadFile(f.answers)
		if err != nil {
			return model.Options{}, usagef("--answers: %v", err)
		}
		decoder := yaml.NewDecoder(bytes.NewReader(data))
		decoder.KnownFields(true)
		if err := decoder.Decode(&a); err != nil && err != io.EOF {
			return model.Options{}, usagef("--answers %s: %v", f.answers, err)
		}
	}
	o := model.Options{
		CompatibilityDate: or(f.date, a.CompatibilityDate), PlanName: or(f.plan, a.Plan), Transport: or(f.bytes, a.Transport),
		Targets: map[string]model.Target{}, Servers: map[model.ServerKind]model.Target{},
	}
	for kind, target := range a.Servers {
		if !slices.Contains(serverKinds(), model.ServerKind(kind)) {
			return o, usagef("--answers %s: servers: %s is not one of %v", f.answers, kind, serverKinds())
		}
		o.Servers[model.ServerKind(kind)] = model.Target(target)
	}
	for kind, target := range f.servers {
		if *target != "" {
			o.Servers[kind] = model.Target(*target)
		}
	}
	for service, target := range a.Targets {
		o.Targets[service] = model.Target(target)
	}
	for _, t := range f.targets {
		service, target, ok := strings.Cut(t, "=")
		if !ok || service == "" || target == "" {
			return o, usagef("--target %s: want SERVICE=TARGET, for example --target db=external", t)
		}
		o.Targets[service] = model.Target(target)
	}
	return defaults(o), validate(o)
}

func validate(o model.Options) error {
	if o.CompatibilityDate != "" && !datePattern.MatchString(o.CompatibilityDate) {
		return usagef("--compatibility-date %s: want YYYY-MM-DD", o.CompatibilityDate)
	}
	if err := oneOf("--plan", o.PlanName, "free", "paid"); err != nil {
		return err
	}
	if err := oneOf("--transport", o.Transport, "connect", "websocket"); err != nil {
		return err
	}
	for _, kind := range serverKinds() {
		switch target := o.Servers[kind]; target {
		case "", model.TargetDurableObject, model.TargetExternal, model.TargetContainer:
		case model.TargetKV:
			return usagef("--%s kv: KV has no commands of %s, takes one write a second per key and is eventually consistent, so no client of it would work unmodified; want durable-object, external or container",
				kind, plan.ServerTitle(kind))
		default:
			return usagef("--%s %s: want one of durable-object, external, container", kind, target)
		}
	}
	known := []string{"worker", "durable-object", "durable-object-kv", "hyperdrive", "external", "container", "dropped", "assets", "gateway"}
	for _, service := range slices.Sorted(maps.Keys(o.Targets)) {
		if err := oneOf("--target "+service, string(o.Targets[service]), known...); err != nil {
			return err
		}
	}
	return nil
}

// unknownTargets are services of the choices that no project has.
func unknownTargets(report *model.Report, o model.Options) error {
	var names []string
	for _, p := range report.Workspace.Projects {
		for _, s := range p.Services {
			names = append(names, s.Name)
		}
	}
	for _, service := range slices.Sorted(maps.Keys(o.Targets)) {
		if !slices.Contains(names, service) {
			return usagef("--target %s: there is no such service; there are %s", service, strings.Join(names, ", "))
		}
	}
	return nil
}

func oneOf(flag, value string, valid ...string) error {
	if value == "" || slices.Contains(valid, value) {
		return nil
	}
	return &exit{code: ExitUsage, err: fmt.Errorf("%s %s: want one of %s", flag, value, strings.Join(valid, ", "))}
}

func or(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
