//go:build unix

package verify

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestProcessGroup: what a process has started ends with the context, even if it ignores a polite signal.
func TestProcessGroup(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	p, err := start(ctx, dir, os.Environ(), "sh", "-c", `sh -c 'trap "" TERM; echo $$ > child; while :; do sleep 0.1; done' & wait`)
	if err != nil {
		t.Fatal(err)
	}
	child := 0
	for deadline := time.Now().Add(5 * time.Second); child == 0 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if data, err := os.ReadFile(filepath.Join(dir, "child")); err == nil {
			child, _ = strconv.Atoi(strings.TrimSpace(string(data)))
		}
	}
	if child == 0 {
		cancel()
		t.Fatal("the child did not start")
	}
	cancel()
	<-p.done
	for deadline := time.Now().Add(6 * time.Second); syscall.Kill(child, 0) == nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			_ = syscall.Kill(child, syscall.SIGKILL)
			t.Fatal("the child outlived its group")
		}
	}
}
