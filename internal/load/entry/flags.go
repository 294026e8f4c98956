package entry

import (
	"slices"
	"strings"
)

// flag is one option of a command line with its value, if it has one.
type flag struct{ name, value string }

// options splits a command line at its first operand. withValue are the options that take the next word as their value;
// "--name=value" needs no entry. A "--" ends the options and is dropped.
func options(args []string, withValue ...string) (flags []flag, rest []string) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return flags, args[i+1:]
		}
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			return flags, args[i:]
		}
		name, value, inline := strings.Cut(arg, "=")
		if !inline && slices.Contains(withValue, name) && i+1 < len(args) {
			i++
			value = args[i]
		}
		flags = append(flags, flag{name: name, value: value})
	}
	return flags, nil
}

// scattered is options for programs that take them anywhere among the operands.
func scattered(args []string, withValue ...string) (flags []flag, operands []string) {
	for len(args) > 0 {
		if args[0] == "--" {
			return flags, append(operands, args[1:]...)
		}
		more, rest := options(args, withValue...)
		flags = append(flags, more...)
		if len(rest) > 0 && len(rest) < len(args) && args[len(args)-len(rest)-1] == "--" {
			return flags, append(operands, rest...)
		}
		if len(rest) == 0 {
			break
		}
		operands = append(operands, rest[0])
		args = rest[1:]
	}
	return flags, operands
}

// value returns the last value given for any of the names.
func value(flags []flag, names ...string) string {
	for _, f := range slices.Backward(flags) {
		if slices.Contains(names, f.name) {
			return f.value
		}
	}
	return ""
}

// has tells whether any of the options is given.
func has(flags []flag, names ...string) bool {
	return slices.ContainsFunc(flags, func(f flag) bool { return slices.Contains(names, f.name) })
}

// values returns all values given for the names, in order.
func values(flags []flag, names ...string) []string {
	var list []string
	for _, f := range flags {
		if slices.Contains(names, f.name) && f.value != "" {
			list = append(list, f.value)
		}
	}
	return list
}

// afterDashes returns the words behind the first "--".
func afterDashes(args []string) ([]string, bool) {
	i := slices.Index(args, "--")
	if i < 0 {
		return nil, false
	}
	return args[i+1:], true
}
