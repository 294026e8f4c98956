package verify

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

// process is a command with its own process group, so that everything it starts ends with it.
type process struct {
	command *exec.Cmd
	output  *tail
	done    chan struct{}
	err     error
}

// start starts a command that ends when ctx ends.
func start(ctx context.Context, dir string, env []string, name string, args ...string) (*process, error) {
	p := &process{command: exec.Command(name, args...), output: &tail{limit: 256 << 10}, done: make(chan struct{})}
	p.command.Dir = dir
	p.command.Env = env
	p.command.Stdout, p.command.Stderr = p.output, p.output
	// Something that left the group may hold the output open; it is not waited for.
	p.command.WaitDelay = 2 * time.Second
	ownGroup(p.command)
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.command.Wait()
		close(p.done)
	}()
	go func() {
		select {
		case <-ctx.Done():
			p.stop()
		case <-p.done:
		}
	}()
	return p, nil
}

// stop ends the whole group: first politely, then for good.
func (p *process) stop() {
	endGroup(p.command, false)
	select {
	case <-p.done:
	case <-time.After(3 * time.Second):
	}
	endGroup(p.command, true)
	<-p.done
}

// run runs a command to its end and returns what it printed.
func run(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	p, err := start(ctx, dir, env, name, args...)
	if err != nil {
		return "", err
	}
	<-p.done
	if ctx.Err() != nil {
		return p.output.String(), ctx.Err()
	}
	if p.err != nil {
		return p.output.String(), fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), p.err)
	}
	return p.output.String(), nil
}

// tail keeps the end of what a process prints.
type tail struct {
	mu    sync.Mutex
	text  bytes.Buffer
	limit int
}

func (t *tail) Write(data []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text.Write(data)
	if over := t.text.Len() - t.limit; over > 0 {
		t.text.Next(over)
	}
	return len(data), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// lastLines is the end of a log for a message.
func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// environment is this process's environment with changes; the first entry of path comes first in PATH.
func environment(path string, changes map[string]string) []string {
	var env []string
	for _, e := range os.Environ() {
		name, value, _ := strings.Cut(e, "=")
		if _, changed := changes[name]; changed {
			continue
		}
		if name == "PATH" && path != "" {
			e = "PATH=" + path + string(os.PathListSeparator) + value
		}
		env = append(env, e)
	}
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		env = append(env, name+"="+changes[name])
	}
	return env
}
