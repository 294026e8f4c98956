package entry

import (
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/dock2edge/dock2edge/internal/model"
)

// wrapper describes a program that does something of its own and then starts the command in its arguments.
type wrapper struct {
	// values are options with a value.
	values []string
	// operands is the number of words of its own before the command.
	operands int
	// assigns tells that NAME=value words before the command set variables.
	assigns bool
	// dashes tells that the command stands behind "--" only.
	dashes bool
	// kind of its step on the trail: "launcher" unless said otherwise.
	kind string
}

// wrapperOf describes the wrapper of that name.
func wrapperOf(name string) (wrapper, bool) {
	switch name {
	case "dumb-init":
		return wrapper{values: []string{"-r", "--rewrite"}}, true
	case "tini", "tini-static", "docker-init":
		return wrapper{values: []string{"-p", "-e"}}, true
	case "catatonit", "nohup", "setsid", "time", "command", "unbuffer", "with-contenv", "winpty":
		return wrapper{}, true
	case "gosu", "su-exec", "setuidgid", "s6-setuidgid", "taskset", "s6-envdir", "envdir":
		return wrapper{operands: 1}, true
	case "chpst":
		return wrapper{values: []string{"-u", "-U", "-e", "-C", "-b", "-/", "-n", "-l", "-L", "-m", "-d", "-o", "-p", "-f", "-c", "-r", "-t"}}, true
	case "setpriv":
		return wrapper{values: []string{"--reuid", "--regid", "--groups", "--inh-caps", "--bounding-set"}}, true
	case "runuser", "sudo":
		return wrapper{values: []string{"-u", "-g", "-C", "-D", "--user", "--group"}, assigns: true}, true
	case "nice":
		return wrapper{values: []string{"-n", "--adjustment"}}, true
	case "ionice":
		return wrapper{values: []string{"-c", "-n", "-p"}}, true
	case "stdbuf":
		return wrapper{values: []string{"-i", "-o", "-e"}}, true
	case "timeout":
		return wrapper{values: []string{"-s", "-k", "--signal", "--kill-after"}, operands: 1}, true
	case "xvfb-run":
		return wrapper{values: []string{"-e", "-f", "-n", "-p", "-s", "-w"}}, true
	case "env":
		return wrapper{values: []string{"-u", "--unset", "-C", "--chdir"}, assigns: true}, true
	case "cross-env", "cross-env-shell":
		return wrapper{assigns: true}, true
	case "dotenv":
		return wrapper{values: []string{"-e", "-v", "-p"}}, true
	case "env-cmd":
		return wrapper{values: []string{"-f", "--file", "-e", "--environments", "-r", "--rc-file"}}, true
	case "dotenvx", "infisical", "doppler", "op", "chamber", "teller", "aws-vault", "phase", "varlock":
		return wrapper{dashes: true}, true
	case "dockerize":
		return wrapper{kind: "wait", values: []string{
			"-wait", "-timeout", "-template", "-stdout", "-stderr", "-wait-retry-interval", "-wait-http-header", "-env", "-delims",
			"--wait", "--timeout", "--template", "--stdout", "--stderr",
		}}, true
	case "wait-for-it", "wait-for-it.sh", "wait-for", "wait-for.sh", "wait_for_it.sh", "wait_for", "waitforit":
		return wrapper{kind: "wait", values: []string{"-h", "-p", "-t", "--host", "--port", "--timeout", "-w"}}, true
	}
	return wrapper{}, false
}

var address = regexp.MustCompile(`^([a-z]+://)?[\w.-]+:\d+(/.*)?$`)

// wrapper follows the command behind a wrapper.
func (f *follower) wrapper(c command) (found, bool) {
	name := c.name()
	w, ok := wrapperOf(name)
	if !ok {
		return found{}, false
	}
	kind := w.kind
	if kind == "" {
		kind = "launcher"
	}
	flags, rest := options(c.args(), w.values...)
	if w.kind == "wait" {
		rest = behindAddresses(c.args(), rest)
	}
	if w.dashes {
		rest, _ = afterDashes(c.args())
	}
	rest = rest[min(w.operands, len(rest)):]
	inner := c
	inner.user = userOf(name, c, flags)
	if w.assigns {
		inner, rest = f.assignments(c, rest)
	}
	if dir := value(flags, "-C", "--chdir"); name == "env" && dir != "" {
		inner.dir = absolute(c.dir, dir)
	}
	if text := value(flags, "-S", "--split-string"); name == "env" && text != "" {
		rest = append(strings.Fields(text), rest...)
	}
	if slices.Contains([]string{"gosu", "su-exec", "setpriv", "runuser", "sudo"}, name) && len(rest) > 0 && rest[0] == "--" {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		if w.kind == "wait" {
			return prepared(c, "wait"), true
		}
		return prepared(c, "setup"), true
	}
	var result found
	if name == "cross-env-shell" || name == "dotenv" && has(flags, "-c") {
		result = f.shellText(inner.with(rest...), strings.Join(rest, " "))
	} else {
		result = f.follow(inner.with(rest...))
	}
	if kind == "wait" && result.role == setup {
		return prepared(c, "wait"), true
	}
	if kind == "wait" {
		step := step(c.with(c.argv[:len(c.argv)-len(rest)]...), "wait")
		result.Before = append([]model.TrailStep{step}, result.Before...)
		return result.through(c, "launcher"), true
	}
	return result.launched(c, name), true
}

// userOf is the user that a wrapper switches to, or the one before.
func userOf(name string, c command, flags []flag) string {
	user := value(flags, "-u", "--user", "--reuid")
	switch name {
	case "gosu", "su-exec", "setuidgid", "s6-setuidgid":
		if _, operands := options(c.args()); len(operands) > 0 {
			user = operands[0]
		}
	case "chpst", "setpriv", "runuser", "sudo":
	default:
		user = ""
	}
	if user == "" {
		return c.user
	}
	user, _, _ = strings.Cut(user, ":")
	return user
}

// behindAddresses is what follows the addresses that a wait script waits for.
func behindAddresses(args, rest []string) []string {
	if behind, ok := afterDashes(args); ok {
		return behind
	}
	for len(rest) > 0 && (address.MatchString(rest[0]) || strings.HasPrefix(rest[0], "-")) {
		_, rest = options(rest[1:], "-t", "--timeout")
	}
	return rest
}

// assignments takes NAME=value words off a command line.
func (f *follower) assignments(c command, words []string) (command, []string) {
	vars := map[string]string{}
	for len(words) > 0 {
		name, text, ok := strings.Cut(words[0], "=")
		if !ok || !syntax.ValidName(name) {
			break
		}
		vars[name] = text
		words = words[1:]
	}
	return c.setting(vars, c.place()), words
}
