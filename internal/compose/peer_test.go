package compose

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
	"golang.org/x/tools/txtar"
)

// TestSameAsComposeGo loads every archive of testdata that compose-go's own loader accepts with that loader as well. Services must
// come out the same. With COMPOSE_PEER_DIR set, the Compose files below that directory are compared too.
func TestSameAsComposeGo(t *testing.T) {
	logrus.SetOutput(io.Discard)
	defer logrus.SetOutput(os.Stderr)
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	accepted := 0
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for _, f := range archive.Files {
			write(t, filepath.Join(dir, f.Name), unescape(f.Data))
		}
		if comparePeer(t, name, dir, optionsOf(string(archive.Comment))) {
			accepted++
		}
	}
	if accepted < 4 {
		t.Errorf("compose-go accepts only %d of the archives; the comparison says nothing", accepted)
	}
	if root := os.Getenv("COMPOSE_PEER_DIR"); root != "" {
		err := filepath.WalkDir(root, func(name string, _ os.DirEntry, err error) error {
			if base := filepath.Base(name); err == nil && slices.Contains([]string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"}, base) {
				ok := comparePeer(t, name, filepath.Dir(name), Options{Files: []string{base}, Dir: ".", Environment: map[string]string{}})
				t.Logf("%s: accepted by compose-go: %v", name, ok)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// comparePeer tells whether compose-go accepts the files.
func comparePeer(t *testing.T, name, dir string, options Options) bool {
	t.Helper()
	options.Name = "peer"
	ours := Load(open(t, dir), options)
	environment := types.Mapping{}
	for name, value := range ours.vars.template {
		environment[name] = value
	}
	for name, value := range ours.vars.values {
		environment[name] = value
	}
	peer, err := loadPeer(dir, options, environment)
	if err != nil {
		return false
	}
	for _, s := range ours.Services {
		theirs, ok := peer.AllServices()[s.Name]
		if !ok {
			t.Errorf("%s: compose-go has no service %s", name, s.Name)
			continue
		}
		s.Config.Environment.Resolve(environment.Resolve)
		theirs.Environment.Resolve(environment.Resolve)
		if a, b := canonicalJSON(t, s.Config, dir), canonicalJSON(t, theirs, dir); a != b {
			t.Errorf("%s: service %s\nours:       %s\ncompose-go: %s", name, s.Name, a, b)
		}
	}
	if len(ours.Services) != len(peer.AllServices()) {
		t.Errorf("%s: %d services, compose-go has %d", name, len(ours.Services), len(peer.AllServices()))
	}
	return true
}

func loadPeer(dir string, options Options, environment types.Mapping) (project *types.Project, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = os.ErrInvalid
		}
	}()
	var files []types.ConfigFile
	for _, f := range options.Files {
		files = append(files, types.ConfigFile{Filename: filepath.Join(dir, f)})
	}
	return loader.LoadWithContext(context.Background(), types.ConfigDetails{WorkingDir: dir, ConfigFiles: files, Environment: environment},
		func(o *loader.Options) {
			o.SetProjectName(environment["COMPOSE_PROJECT_NAME"], true)
			o.SkipConsistencyCheck, o.SkipNormalization, o.SkipResolveEnvironment, o.SkipResolveLabels, o.SkipDefaultValues = true, true, true, true, true
			o.Profiles = []string{"*"}
		})
}

// canonicalJSON is a service as JSON, its paths relative to dir as ours are.
func canonicalJSON(t *testing.T, s types.ServiceConfig, dir string) string {
	t.Helper()
	s.Extensions, s.Extends = nil, nil
	if s.Build != nil {
		build := *s.Build
		build.SSH = nil // Its JSON form is not JSON.
		if build.Context == "" {
			build.Context = "." // A default that the loader fills in later.
		}
		s.Build = &build
	}
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), dir+"/", "")
	text = strings.ReplaceAll(text, `"`+dir+`"`, `"."`)
	parent := filepath.Dir(dir)
	text = strings.ReplaceAll(strings.ReplaceAll(text, `"`+parent+`"`, `".."`), `"`+parent+"/", `"../`)
	home, _ := os.UserHomeDir()
	return strings.ReplaceAll(text, home+"/", "~/")
}
