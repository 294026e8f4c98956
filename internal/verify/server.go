package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tailscale/hujson"

	"github.com/dock2edge/dock2edge/internal/model"
)

const (
	// bootTimeout is how long workerd may take to listen with all Workers.
	bootTimeout = 90 * time.Second
	// healthTimeout is how long a service may take to be healthy.
	healthTimeout = 60 * time.Second
)

// errNoPort is what booting fails with when workerd never listened.
var errNoPort = errors.New("the Workers did not answer in time")

// server is the project running in one workerd.
type server struct {
	url string
	// process is nil before it is started.
	process *process
	// dir holds configurations, secrets and state of this run.
	dir string
}

// close ends the process and removes everything that it used.
func (s *server) close() {
	if s.process != nil {
		s.process.stop()
	}
	os.RemoveAll(s.dir)
}

// routerModule is a Worker in front of all others: one address for every service, published or not.
const routerModule = `export default {
  async fetch(request, env) {
    const name = request.headers.get("` + serviceHeader + `");
    if (new URL(request.url).pathname === "/.dock2edge/ready" && name === null) return new Response("ready");
    const binding = env[env.SERVICES[name] ?? ""];
    if (binding && new URL(request.url).pathname === "/.dock2edge/wake") {
      await binding.scheduled({ scheduledTime: new Date(), cron: "* * * * *" });
      return new Response("awake");
    }
    if (!binding) return new Response("verify: no Worker for service " + name, { status: 421 });
    const forwarded = new Request(request, { redirect: "manual" });
    forwarded.headers.delete("` + serviceHeader + `");
    return binding.fetch(forwarded);
  },
};
`

// boot writes configurations for a local run to a temporary directory (they hold secrets, the project's own never do) and
// starts wrangler with all of them.
func (r *runner) boot(ctx context.Context) (*server, error) {
	dir, err := os.MkdirTemp("", "dock2edge-verify-*")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	if err := r.startServer(ctx, s); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (r *runner) startServer(ctx context.Context, s *server) error {
	args := []string{"wrangler", "dev", "-c", filepath.Join(s.dir, "router", "wrangler.json")}
	if err := r.writeRouter(filepath.Join(s.dir, "router")); err != nil {
		return err
	}
	for _, w := range r.running() {
		config := filepath.Join(s.dir, w.Worker)
		if err := r.localConfig(w, config); err != nil {
			return fmt.Errorf("%s: %w", w.Worker, err)
		}
		args = append(args, "-c", filepath.Join(config, "wrangler.json"))
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	args = append(args, "--ip", "127.0.0.1", "--port", fmt.Sprint(port), "--inspector-port", "0", "--persist-to", filepath.Join(s.dir, "state"),
		"--show-interactive-dev-session=false", "--local", "--log-level", "log")
	s.url = fmt.Sprintf("http://127.0.0.1:%d", port)
	if s.process, err = start(ctx, r.options.Dir, r.env(nil), "npx", args...); err != nil {
		return err
	}
	if err := s.wait(ctx); err != nil {
		return fmt.Errorf("%w\n%s", err, lastLines(s.process.output.String(), 30))
	}
	return nil
}

func (s *server) wait(ctx context.Context) error {
	deadline := time.Now().Add(bootTimeout)
	for time.Now().Before(deadline) {
		select {
		case <-s.process.done:
			return fmt.Errorf("wrangler dev ended: %w", errNoPort)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(150 * time.Millisecond):
		}
		response, err := (&http.Client{Timeout: 2 * time.Second}).Get(s.url + "/.dock2edge/ready")
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return nil
		}
	}
	return errNoPort
}

func (r *runner) writeRouter(dir string) error {
	var bindings []map[string]string
	services := map[string]string{}
	for i, s := range r.running() {
		name := fmt.Sprintf("WORKER_%d", i)
		services[s.Name] = name
		bindings = append(bindings, map[string]string{"binding": name, "service": s.Worker})
	}
	config := map[string]any{
		"name": "dock2edge-verify-router", "main": "router.mjs", "compatibility_date": r.lock.Options.CompatibilityDate,
		"services": bindings, "vars": map[string]any{"SERVICES": services},
	}
	if err := writeJSON(filepath.Join(dir, "wrangler.json"), config); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "router.mjs"), []byte(routerModule), 0o600)
}

// localConfig is a Worker's configuration with absolute paths, without its build, and with the values of this run.
func (r *runner) localConfig(s model.LockService, dir string) error {
	text, err := os.ReadFile(filepath.Join(r.dir(s), "wrangler.jsonc"))
	if err != nil {
		return err
	}
	standard, err := hujson.Standardize(text)
	if err != nil {
		return err
	}
	var config map[string]any
	if err := json.Unmarshal(standard, &config); err != nil {
		return err
	}
	base, err := filepath.Abs(r.dir(s))
	if err != nil {
		return err
	}
	for _, key := range []string{"build", "$schema", "routes", "route"} {
		delete(config, key)
	}
	for _, key := range []string{"main", "base_dir", "tsconfig"} {
		if value, ok := config[key].(string); ok {
			config[key] = filepath.Join(base, value)
		}
	}
	if assets, ok := config["assets"].(map[string]any); ok {
		if value, ok := assets["directory"].(string); ok {
			assets["directory"] = filepath.Join(base, value)
		}
	}
	if err := r.hyperdrive(s, config); err != nil {
		return err
	}
	r.addresses(s, config)
	if err := r.secrets(s, dir); err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, "wrangler.json"), config)
}

// hyperdrive points every Hyperdrive binding at the server named with --connect.
func (r *runner) hyperdrive(s model.LockService, config map[string]any) error {
	list, _ := config["hyperdrive"].([]any)
	for _, item := range list {
		entry, _ := item.(map[string]any)
		for _, b := range s.Bindings {
			if b.Kind != "hyperdrive" || b.Name != entry["binding"] {
				continue
			}
			address := r.options.Connect[b.Service]
			if address == "" {
				// Nothing listens there: the app sees a database that is down, which is what is true.
				address = b.Protocol + "://unset:unset@127.0.0.1:1/unset"
				r.check("connect", s.Worker, "skipped", fmt.Sprintf("no database for %s; name one with --connect %s=%s://user:password@host/database", b.Name, b.Service, b.Protocol))
			}
			address, err := connectionString(address, b.Protocol)
			if err != nil {
				return fmt.Errorf("--connect %s: %w", b.Service, err)
			}
			entry["localConnectionString"] = address
		}
	}
	return nil
}

// connectionString is a URL as wrangler wants it: with scheme, user, password and database.
func connectionString(address, protocol string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("the URL cannot be read")
	}
	switch u.Scheme {
	case "postgres", "postgresql", "mysql":
	case "mariadb", "mysql2":
		u.Scheme = "mysql"
	default:
		return "", fmt.Errorf("want a URL that begins with %s://", protocol)
	}
	if u.User == nil || u.User.Username() == "" {
		return "", fmt.Errorf("the URL names no user")
	}
	if strings.Trim(u.Path, "/") == "" {
		return "", fmt.Errorf("the URL names no database")
	}
	return u.String(), nil
}

// addresses sets the variables that hold host:port of servers outside.
func (r *runner) addresses(s model.LockService, config map[string]any) {
	vars, _ := config["vars"].(map[string]any)
	for _, service := range slices.Sorted(maps.Keys(s.Addresses)) {
		variable := s.Addresses[service]
		address := r.options.Connect[service]
		if address == "" {
			if vars[variable] == "" {
				r.check("connect", s.Worker, "skipped", fmt.Sprintf("no server for %s; name one with --connect %s=URL", variable, service))
			}
			continue
		}
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			address = u.Host
		}
		if vars == nil {
			vars = map[string]any{}
			config["vars"] = vars
		}
		vars[variable] = address
	}
}

// secrets writes .dev.vars for a local run. The file is only readable by this user and gone after the run.
func (r *runner) secrets(s model.LockService, dir string) error {
	own := r.devVars(s)
	var out strings.Builder
	for _, name := range s.Secrets {
		value, ok := r.options.Values[name]
		if !ok {
			value, ok = own[name]
		}
		if !ok {
			value, ok = r.options.ServiceValues[s.Name][name]
		}
		if !ok {
			r.check("secrets", s.Worker, "skipped", fmt.Sprintf("no value for %s; give one with --env-file, or in %s/.dev.vars", name, s.Directory))
			value = ""
		}
		fmt.Fprintf(&out, "%s=%s\n", name, quote(value))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ".dev.vars"), []byte(out.String()), 0o600)
}

// quote writes a value so that dotenv reads it back as it is.
func quote(value string) string {
	for _, mark := range []string{"'", "`", `"`} {
		if !strings.Contains(value, mark) && (mark != `"` || !strings.ContainsAny(value, `\`)) {
			return mark + value + mark
		}
	}
	return value
}

func writeJSON(name string, value any) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o600)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
