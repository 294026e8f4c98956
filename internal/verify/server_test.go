package verify

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/google/go-cmp/cmp"

	"github.com/dock2edge/dock2edge/internal/model"
)

func TestConnectionString(t *testing.T) {
	for _, test := range []struct{ in, want, problem string }{
		{"postgres://u:p@h:5432/d", "postgres://u:p@h:5432/d", ""},
		{"postgresql://u@h/d?sslmode=disable", "postgresql://u@h/d?sslmode=disable", ""},
		{"mariadb://u:p%40@h/d", "mysql://u:p%40@h/d", ""},
		{"http://u:p@h/d", "", "want a URL that begins with postgres://"},
		{"postgres://h/d", "", "names no user"},
		{"postgres://u:secret@h/", "", "names no database"},
		{"postgres://u:se cret@h:x/d", "", "cannot be read"},
	} {
		got, err := connectionString(test.in, "postgres")
		switch {
		case test.problem == "" && (err != nil || got != test.want):
			t.Errorf("%s: %q, %v", test.in, got, err)
		case test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)):
			t.Errorf("%s: %v, want %q", test.in, err, test.problem)
		case err != nil && strings.Contains(err.Error(), "cret"):
			t.Errorf("%s: the error holds the password: %v", test.in, err)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, value := range []string{"", "plain", "it's", `a "b" c`, `back\slash 'x'`, "two\nlines", "# no comment", " spaces ", "$HOME `x`"} {
		values, err := dotenv.Parse(strings.NewReader("A=" + quote(value) + "\n"))
		if strings.Contains(value, "`") || strings.Contains(quote(value), "`") {
			continue // wrangler's dotenv knows backquotes, this parser does not
		}
		if err != nil || values["A"] != value {
			t.Errorf("%q was written as %s and read as %q, %v", value, quote(value), values["A"], err)
		}
	}
}

func TestLocalConfig(t *testing.T) {
	project := t.TempDir()
	dir := filepath.Join(project, "services", "api")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	text := `// head
{
	"$schema": "x", "name": "shop-api", "main": "dist/worker.mjs", "base_dir": "dist", "build": {"command": "npm run build"},
	"assets": {"directory": "dist/assets", "binding": "ASSETS"}, "routes": ["shop.example/*"],
	"vars": {"LEVEL": "info", "BROKER_ADDRESS": ""},
	"hyperdrive": [{"binding": "DB", "id": "0000"}, {"binding": "OTHER", "id": "0000"}],
}`
	if err := os.WriteFile(filepath.Join(dir, "wrangler.jsonc"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".dev.vars"), []byte("OWN=from-dev-vars\nTOKEN=hidden-by-env-file\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := model.LockService{
		Name: "api", Worker: "shop-api", Directory: "services/api", Secrets: []string{"TOKEN", "OWN", "SOURCE", "NOWHERE"},
		Bindings:  []model.LockBinding{{Kind: "hyperdrive", Name: "DB", Service: "db", Protocol: "postgres"}, {Kind: "hyperdrive", Name: "OTHER", Service: "other", Protocol: "mysql"}},
		Addresses: map[string]string{"broker": "BROKER_ADDRESS"},
	}
	r := &runner{result: &Result{}, options: Options{
		Dir: project, Values: map[string]string{"TOKEN": "it's-a-token"},
		ServiceValues: map[string]map[string]string{"api": {"SOURCE": "from-source", "OWN": "from-source"}},
		Connect:       map[string]string{"db": "postgres://u:p@127.0.0.1:5432/d", "broker": "amqp://127.0.0.1:5672"},
	}}
	out := filepath.Join(t.TempDir(), "shop-api")
	if err := r.localConfig(s, out); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(out, "wrangler.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"name": "shop-api", "main": filepath.Join(dir, "dist/worker.mjs"), "base_dir": filepath.Join(dir, "dist"),
		"assets": map[string]any{"directory": filepath.Join(dir, "dist/assets"), "binding": "ASSETS"},
		"vars":   map[string]any{"LEVEL": "info", "BROKER_ADDRESS": "127.0.0.1:5672"},
		"hyperdrive": []any{
			map[string]any{"binding": "DB", "id": "0000", "localConnectionString": "postgres://u:p@127.0.0.1:5432/d"},
			map[string]any{"binding": "OTHER", "id": "0000", "localConnectionString": "mysql://unset:unset@127.0.0.1:1/unset"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	secrets, err := os.ReadFile(filepath.Join(out, ".dev.vars"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("TOKEN=`it's-a-token`\nOWN='from-dev-vars'\nSOURCE='from-source'\nNOWHERE=''\n", string(secrets)); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	for _, name := range []string{".dev.vars", "wrangler.json"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Mode().Perm() != fs.FileMode(0o600) {
			t.Errorf("%s can be read by others: %v %v", name, info.Mode(), err)
		}
	}
	var skipped []string
	for _, c := range r.result.Checks {
		skipped = append(skipped, c.Name+" "+c.Status)
	}
	if diff := cmp.Diff([]string{"connect skipped", "secrets skipped"}, skipped); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
}

func TestConceal(t *testing.T) {
	r := &runner{result: &Result{}, options: Options{
		Values: map[string]string{"TOKEN": "long-token"}, ServiceValues: map[string]map[string]string{"api": {"FILE": "from-a-file\n"}},
		Connect: map[string]string{"db": "postgres://u:pass%20word@h/d"},
	}}
	r.lock.Services = []model.LockService{{Name: "api", Worker: "w", Secrets: []string{"TOKEN", "FILE"}}}
	r.check("boot", "", "failed", "long-token from-a-file postgres://u:pass%20word@h/d pass word")
	if got := r.result.Checks[0].Why; got != "*** *** *** ***" {
		t.Errorf("got %q", got)
	}
}

func TestOwnRequests(t *testing.T) {
	r := &runner{result: &Result{}}
	r.lock.Services = []model.LockService{
		{Name: "api", Worker: "api", Port: 3000, Public: true, Health: "/healthz", Routes: []model.LockRoute{
			{Method: "GET", Path: "/items"}, {Method: "POST", Path: "/items"}, {Method: "GET", Path: "/items/:id"}, {Method: "GET", Path: "/healthz"}, {Method: "GET", Path: "/files/*"},
		}},
		{Name: "db", Target: "hyperdrive"},
		{Name: "front", Worker: "front", Port: 80, Public: true, Target: "gateway"},
		{Name: "worker", Worker: "worker"},
	}
	var got []string
	for _, q := range r.ownRequests() {
		got = append(got, q.Service+" "+q.Name)
	}
	if diff := cmp.Diff([]string{"api GET /healthz", "api GET /items", "front GET /"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	list := r.fillServices([]Request{{Path: "/"}, {Path: "/", Service: "worker"}})
	if list[0].Service != "front" || list[1].Service != "worker" {
		t.Errorf("services: %v", list)
	}
}

func TestAtLeast(t *testing.T) {
	for _, test := range []struct {
		version, least string
		want           bool
	}{
		{"22.12.0", "22.12.0", true}, {"22.11.9", "22.12.0", false}, {"23.0.0", "22.12.0", true}, {"20.99.0", "22.12.0", false}, {"", "22.12.0", false}, {"22", "22.12.0", false}, {"x.y.z", "1.0.0", false},
	} {
		if got := atLeast(test.version, test.least); got != test.want {
			t.Errorf("atLeast(%q, %q) = %v", test.version, test.least, got)
		}
	}
}

func TestRun(t *testing.T) {
	out, err := run(context.Background(), t.TempDir(), os.Environ(), "sh", "-c", "echo out; echo err >&2; exit 3")
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(out, "out") || !strings.Contains(out, "err") {
		t.Errorf("%q, %v", out, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := run(ctx, t.TempDir(), os.Environ(), "sleep", "20"); err != context.DeadlineExceeded {
		t.Errorf("a cancelled run: %v", err)
	}
	tail := &tail{limit: 4}
	for _, text := range []string{"ab", "cdef", "g"} {
		if _, err := tail.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if tail.String() != "defg" {
		t.Errorf("tail %q", tail.String())
	}
}
