package shell

import (
	"io"
	"path"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"
)

// emulate answers programs that scripts ask for facts and that change nothing. ok is false for every other program.
func (r *run) emulate(hc interp.HandlerContext, args []string) (output string, status uint8, ok bool) {
	operands := make([]string, 0, len(args))
	for _, arg := range args[1:] {
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			operands = append(operands, arg)
		}
	}
	first := ""
	if len(operands) > 0 {
		first = operands[0]
	}
	root := r.script.User == "" || r.script.User == "root" || r.script.User == "0"
	switch path.Base(args[0]) {
	case "cp", "mv", "ln", "install":
		if !r.building {
			return "", 0, false
		}
		r.copy(hc, operands)
	case "sleep":
		// Sleeping without end is what some containers are for; that is noted.
		return "", 0, !strings.HasPrefix(first, "inf")
	case "true", "sync", "clear", "tput", "stty", "tty":
	case "false":
		status = 1
	case "dirname":
		output = path.Dir(first) + "\n"
	case "basename":
		name := path.Base(first)
		if len(operands) > 1 {
			name = strings.TrimSuffix(name, operands[1])
		}
		output = name + "\n"
	case "realpath", "readlink":
		output = absolute(hc.Dir, first) + "\n"
	case "id", "whoami":
		output = r.identity(args, root)
	case "hostname", "uname", "arch":
		output = map[string]string{"hostname": "container\n", "uname": "Linux\n", "arch": "x86_64\n"}[path.Base(args[0])]
	case "nproc":
		output = "1\n"
	case "date":
		output = "0\n"
	case "seq":
		output = sequence(operands)
	case "printenv":
		value := hc.Env.Get(first)
		if !value.IsSet() || first == "" {
			status = 1
			break
		}
		output = value.String() + "\n"
	case "cat", "tee":
		return r.cat(hc, path.Base(args[0]), operands)
	case "ls":
		output = strings.Join(r.files.List(absolute(hc.Dir, first)), "\n") + "\n"
	default:
		return "", 0, false
	}
	return output, status, true
}

// copy notes what cp, mv and ln put where.
func (r *run) copy(hc interp.HandlerContext, operands []string) {
	if len(operands) < 2 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	last := operands[len(operands)-1]
	for _, operand := range operands[:len(operands)-1] {
		dest := absolute(hc.Dir, last)
		if strings.HasSuffix(last, "/") || len(operands) > 2 || r.files.IsDir(dest) || last == "." {
			dest = path.Join(dest, path.Base(operand))
		}
		from := absolute(hc.Dir, operand)
		if text, ok := r.written[from]; ok {
			r.written[dest] = text
		} else if r.files.IsFile(from) {
			r.copies[dest] = from
		}
	}
}

func (r *run) identity(args []string, root bool) string {
	number, name := "1000", r.script.User
	if root {
		number, name = "0", "root"
	}
	if path.Base(args[0]) == "whoami" || strings.Contains(strings.Join(args[1:], ""), "n") {
		return name + "\n"
	}
	return number + "\n"
}

// maxSequence bounds what `seq` prints: loops over it run that often.
const maxSequence = 100

func sequence(operands []string) string {
	from, to := 1, 0
	switch len(operands) {
	case 1:
		to, _ = strconv.Atoi(operands[0])
	case 2, 3:
		from, _ = strconv.Atoi(operands[0])
		to, _ = strconv.Atoi(operands[len(operands)-1])
	}
	var b strings.Builder
	for i := from; i <= to && i < from+maxSequence; i++ {
		b.WriteString(strconv.Itoa(i) + "\n")
	}
	return b.String()
}

// cat prints files, or what it is given; tee also writes that to a file.
func (r *run) cat(hc interp.HandlerContext, name string, operands []string) (output string, status uint8, ok bool) {
	// The input may come from another thread of the script, so it is read before the lock is taken.
	var text []byte
	if (name == "tee" || len(operands) == 0) && hc.Stdin != nil {
		text, _ = io.ReadAll(hc.Stdin)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, operand := range operands {
		file := absolute(hc.Dir, operand)
		if name == "tee" {
			r.written[file] = text
			continue
		}
		content, found := r.read(file)
		if !found {
			status = 1
		}
		text = append(text, content...)
	}
	return string(text), status, true
}
