package cli

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// needServers says how the servers come to the machine.
const needServers = "run testdata/services/install (or go test -short)"

// printed collects what a server prints, for the message when it does not start.
type printed struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *printed) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(data)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// daemon is a server that a test started: a process group that ends with the test.
type daemon struct {
	command *exec.Cmd
	output  printed
	done    chan struct{}
	once    sync.Once
}

// startDaemon starts a command; user is the account to run it as where the test runs as root, else empty.
func startDaemon(t *testing.T, account, dir string, env []string, name string, args ...string) *daemon {
	t.Helper()
	d := &daemon{command: exec.Command(name, args...), done: make(chan struct{})}
	d.command.Dir, d.command.Env = dir, env
	d.command.Stdout, d.command.Stderr = &d.output, &d.output
	d.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: credential(t, account)}
	if err := d.command.Start(); err != nil {
		t.Fatalf("%s: %v; %s", name, err, needServers)
	}
	go func() {
		_ = d.command.Wait()
		close(d.done)
	}()
	t.Cleanup(d.stop)
	return d
}

// stop ends the whole group: first by SIGINT, which PostgreSQL takes for "now, but cleanly", then for good.
func (d *daemon) stop() {
	d.once.Do(func() {
		group := -d.command.Process.Pid
		_ = syscall.Kill(group, syscall.SIGINT)
		select {
		case <-d.done:
		case <-time.After(2 * time.Second):
		}
		_ = syscall.Kill(group, syscall.SIGKILL)
		<-d.done
	})
}

// await polls until ready says so.
func (d *daemon) await(t *testing.T, what string, ready func() bool) {
	t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for !ready() {
		select {
		case <-d.done:
			t.Fatalf("%s ended before it was ready:\n%s", what, d.output.String())
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is not ready:\n%s", what, d.output.String())
		}
	}
}

// credential is the account a server runs as. PostgreSQL refuses to run as root.
func credential(t *testing.T, account string) *syscall.Credential {
	t.Helper()
	if account == "" || os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup(account)
	if err != nil {
		t.Fatalf("%v; %s", err, needServers)
	}
	uid, errU := strconv.ParseUint(u.Uid, 10, 32)
	gid, errG := strconv.ParseUint(u.Gid, 10, 32)
	if errU != nil || errG != nil {
		t.Fatalf("account %s: %s %s", account, u.Uid, u.Gid)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// ownedDir is a temporary directory that the account can use; those of t.TempDir can only be entered by the tester.
func ownedDir(t *testing.T, account string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dock2edge-test-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if c := credential(t, account); c != nil {
		if err := os.Chown(dir, int(c.Uid), int(c.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// runAs runs a command to its end, with text on its standard input.
func runAs(t *testing.T, account, dir, input, name string, args ...string) {
	t.Helper()
	c := exec.Command(name, args...)
	c.Dir, c.Stdin = dir, strings.NewReader(input)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: credential(t, account)}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s\n%s", name, err, out, needServers)
	}
}

// freePort is a port of the loopback interface that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func listens(port int) bool {
	c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// program finds a server's program on PATH or where Debian and Homebrew keep those that are not on it.
func program(t *testing.T, name string) string {
	t.Helper()
	var found []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/", "/usr/sbin/", "/opt/homebrew/opt/postgresql*/bin/"} {
		matches, _ := filepath.Glob(pattern + name)
		found = append(found, matches...)
	}
	if len(found) > 0 {
		// The newest version of PostgreSQL, where there are several.
		return slices.Max(found)
	}
	file, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not installed; %s", name, needServers)
	}
	return file
}

// startServer starts a server of a project from scratch and fills it with the files below dir. It returns its port.
func startServer(t *testing.T, dir, name string, s originalServer) (*daemon, int) {
	t.Helper()
	var script strings.Builder
	for _, file := range s.Init {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		script.Write(data)
		script.WriteString("\n")
	}
	port := freePort(t)
	switch s.Kind {
	case "postgres":
		return startPostgres(t, s, port, script.String()), port
	case "mariadb":
		return startMariaDB(t, s, port, script.String()), port
	case "redis":
		return startRedis(t, port), port
	case "rabbitmq":
		return startRabbitMQ(t, s, port), port
	case "memcached":
		return startMemcached(t, port), port
	}
	t.Fatalf("%s: server %s: there is no real server of the kind %q here", dir, name, s.Kind)
	return nil, 0
}

func startPostgres(t *testing.T, s originalServer, port int, script string) *daemon {
	t.Helper()
	const account = "postgres"
	dir := ownedDir(t, account)
	data := filepath.Join(dir, "data")
	runAs(t, account, dir, "", program(t, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
	d := startDaemon(t, account, dir, nil, program(t, "postgres"), "-D", data, "-p", strconv.Itoa(port), "-h", "127.0.0.1", "-k", dir, "-c", "fsync=off")
	admin := []string{"-h", "127.0.0.1", "-p", strconv.Itoa(port), "-U"}
	d.await(t, "postgres", func() bool {
		return exec.Command(program(t, "pg_isready"), append(admin, "postgres", "-q")...).Run() == nil
	})
	psql := program(t, "psql")
	runAs(t, account, dir, fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'; CREATE DATABASE %s OWNER %s;", s.User, s.Password, s.Database, s.User),
		psql, append(admin, "postgres", "-q", "-v", "ON_ERROR_STOP=1")...)
	runAs(t, account, dir, script, psql, append(admin, s.User, "-q", "-v", "ON_ERROR_STOP=1", s.Database)...)
	return d
}

func startMariaDB(t *testing.T, s originalServer, port int, script string) *daemon {
	t.Helper()
	const account = "mysql"
	dir := ownedDir(t, account)
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "s")
	runAs(t, account, dir, "", program(t, "mariadb-install-db"), "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db")
	d := startDaemon(t, account, dir, nil, program(t, "mariadbd"), "--no-defaults", "--datadir="+data, "--socket="+socket, "--pid-file="+filepath.Join(dir, "pid"),
		"--bind-address=127.0.0.1", "--port="+strconv.Itoa(port), "--character-set-server=utf8mb4", "--innodb-flush-log-at-trx-commit=0")
	d.await(t, "mariadbd", func() bool { return listens(port) })
	client := program(t, "mariadb")
	admin := []string{"--no-defaults", "--socket=" + socket, "--user=root", "--default-character-set=utf8mb4"}
	runAs(t, account, dir, fmt.Sprintf("CREATE DATABASE %s; CREATE USER '%s'@'%%' IDENTIFIED BY '%s'; GRANT ALL ON %s.* TO '%s'@'%%';", s.Database, s.User, s.Password, s.Database, s.User),
		client, admin...)
	runAs(t, account, dir, script, client, append(admin, s.Database)...)
	return d
}

func startRedis(t *testing.T, port int) *daemon {
	t.Helper()
	d := startDaemon(t, "", t.TempDir(), nil, program(t, "redis-server"), "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
	d.await(t, "redis-server", func() bool { return listens(port) })
	return d
}

// startRabbitMQ starts a broker that keeps everything in a folder of its own, with Erlang's name service beside it: left to
// itself, RabbitMQ would start one that outlives the test.
func startRabbitMQ(t *testing.T, s originalServer, port int) *daemon {
	t.Helper()
	dir, names := t.TempDir(), strconv.Itoa(freePort(t))
	settings := fmt.Sprintf("listeners.tcp.default = 127.0.0.1:%d\nlog.console = false\nlog.file = false\n", port)
	if s.User != "" {
		settings += fmt.Sprintf("default_user = %s\ndefault_pass = %s\n", s.User, s.Password)
	}
	file := filepath.Join(dir, "rabbitmq.conf")
	if err := os.WriteFile(file, []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "HOME="+dir, "ERL_EPMD_PORT="+names, "ERL_EPMD_ADDRESS=127.0.0.1",
		"RABBITMQ_NODENAME=test"+strconv.Itoa(port)+"@localhost", "RABBITMQ_DIST_PORT="+strconv.Itoa(freePort(t)),
		"RABBITMQ_MNESIA_BASE="+filepath.Join(dir, "data"), "RABBITMQ_LOG_BASE="+filepath.Join(dir, "log"),
		"RABBITMQ_CONFIG_FILE="+file, "RABBITMQ_CONF_ENV_FILE=/dev/null", "RABBITMQ_ENABLED_PLUGINS_FILE="+filepath.Join(dir, "plugins"),
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none")
	startDaemon(t, "", dir, env, program(t, "epmd"), "-port", names, "-address", "127.0.0.1")
	// What Debian has in /usr/sbin insists on root; the script behind it does not.
	server := "/usr/lib/rabbitmq/bin/rabbitmq-server"
	if _, err := os.Stat(server); err != nil {
		server = program(t, "rabbitmq-server")
	}
	d := startDaemon(t, "", dir, env, server)
	d.await(t, "rabbitmq-server", func() bool { return listens(port) })
	return d
}

func startMemcached(t *testing.T, port int) *daemon {
	t.Helper()
	d := startDaemon(t, "", t.TempDir(), nil, program(t, "memcached"), "-l", "127.0.0.1", "-p", strconv.Itoa(port), "-U", "0", "-u", "nobody")
	d.await(t, "memcached", func() bool { return listens(port) })
	return d
}
