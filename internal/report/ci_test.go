package report

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// repository is the root of this repository.
var repository = filepath.Join("..", "..")

// action is what matters of action.yml here.
type action struct {
	Inputs map[string]struct{ Description, Default string }
	Runs   struct {
		Steps []struct {
			Env map[string]string
			Run string
		}
	}
}

func readAction(t *testing.T) action {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, ".github", "actions", "audit", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestActionHandsEveryInputToTheScript(t *testing.T) {
	a := readAction(t)
	step := a.Runs.Steps[0]
	script, err := os.ReadFile(filepath.Join(repository, ".github", "actions", "audit", "audit.sh"))
	if err != nil {
		t.Fatal(err)
	}
	for name := range a.Inputs {
		variable := "INPUT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if step.Env[variable] != "${{ inputs."+name+" }}" {
			t.Errorf("the input %s does not reach the script as %s", name, variable)
		}
		if !strings.Contains(string(script), variable) {
			t.Errorf("the script does not use %s", variable)
		}
	}
	if strings.Contains(step.Run, "${{") {
		t.Error("the command holds an expression: an input could become code")
	}
	for _, format := range Formats() {
		if !strings.Contains(a.Inputs["format"].Description, format.Name) {
			t.Errorf("the input format does not name %s", format.Name)
		}
	}
}

// TestActionScript runs the action's script with a stand-in for dock2edge that prints its arguments.
func TestActionScript(t *testing.T) {
	for _, c := range []struct {
		name   string
		env    []string
		want   string
		status int
	}{
		{"defaults", nil, "audit . --format github --fail-on blocker -o markdown=SUMMARY", 0},
		{"everything", []string{"INPUT_PATH=my app", "INPUT_FAIL_ON=major", "INPUT_FORMAT=text", "INPUT_SARIF_FILE=a b.sarif", "INPUT_SUMMARY=false", "INPUT_ALL_FILES=true"},
			"audit my app --format text --fail-on major -o sarif=a b.sarif --all-files", 0},
		{"findings", []string{"FAIL=1"}, "audit . --format github --fail-on blocker -o markdown=SUMMARY", 1},
		{"hostile", []string{"INPUT_PATH=$(touch hacked); x"}, "audit $(touch hacked); x --format github --fail-on blocker -o markdown=SUMMARY", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			binary := filepath.Join(dir, "dock2edge")
			if err := os.WriteFile(binary, []byte("#!/bin/sh\necho \"$*\"\nexit ${FAIL:-0}\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			script, err := filepath.Abs(filepath.Join(repository, ".github", "actions", "audit", "audit.sh"))
			if err != nil {
				t.Fatal(err)
			}
			outputs := filepath.Join(dir, "outputs")
			command := exec.Command("bash", script)
			command.Dir = dir
			command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "INPUT_BINARY=" + binary, "GITHUB_OUTPUT=" + outputs, "GITHUB_STEP_SUMMARY=SUMMARY"}, c.env...)
			out, _ := command.Output()
			if got := strings.TrimSpace(string(out)); got != c.want {
				t.Errorf("runs %q, want %q", got, c.want)
			}
			if got := command.ProcessState.ExitCode(); got != c.status {
				t.Errorf("ends with %d, want %d", got, c.status)
			}
			text, _ := os.ReadFile(outputs)
			if want := "exit-code=" + string(rune('0'+c.status)) + "\n"; string(text) != want {
				t.Errorf("outputs %q, want %q", text, want)
			}
			if _, err := os.Stat(filepath.Join(dir, "hacked")); err == nil {
				t.Error("an input was run as code")
			}
		})
	}
}

func TestProblemMatcherReadsText(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository, ".github", "dock2edge-matcher.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		ProblemMatcher []struct {
			Severity string
			Pattern  []struct {
				Regexp              string
				Code, Message, File int
			}
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(written(t, "text", sample(), sampleOptions()), "\n")
	var found []string
	for _, matcher := range file.ProblemMatcher {
		first, second := regexp.MustCompile(matcher.Pattern[0].Regexp), regexp.MustCompile(matcher.Pattern[1].Regexp)
		for i, line := range lines[:len(lines)-1] {
			head, place := first.FindStringSubmatch(line), second.FindStringSubmatch(lines[i+1])
			if head != nil && place != nil {
				found = append(found, head[matcher.Pattern[0].Code]+" "+place[matcher.Pattern[1].File])
			}
		}
	}
	if got := strings.Join(found, ", "); got != "secret compose.yaml, pool src/db.js" {
		t.Errorf("the matchers find %q", got)
	}
}

func TestPreCommitHookLooksAtWhatMatters(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository, ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var hooks []struct {
		ID, Entry, Files string
		PassFilenames    bool `yaml:"pass_filenames"`
	}
	if err := yaml.Unmarshal(text, &hooks); err != nil {
		t.Fatal(err)
	}
	if len(hooks) != 1 || hooks[0].PassFilenames || !strings.HasPrefix(hooks[0].Entry, "dock2edge ") {
		t.Fatalf("%+v", hooks)
	}
	files := regexp.MustCompile(hooks[0].Files)
	for name, want := range map[string]bool{
		"compose.yaml": true, "a/docker-compose.prod.yml": true, "Dockerfile": true, "api/Dockerfile.dev": true, "web.Dockerfile": true,
		"src/app.ts": true, "src/a.test.mjs": true, "start.sh": true, ".dockerignore": true, "package.json": true, "nginx/nginx.conf": true,
		"README.md": false, "composer.json": false, "data.json": false,
	} {
		if files.MatchString(name) != want {
			t.Errorf("%s: looked at %v, want %v", name, !want, want)
		}
	}
}
