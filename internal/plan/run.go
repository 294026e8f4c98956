package plan

import (
	"path"
	"slices"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"mvdan.cc/sh/v3/syntax"
)

// systemCommands set up the base image's operating system: packages, users, certificates. An isolate has none of it.
var systemCommands = []string{
	"apt-get", "apt", "apk", "yum", "dnf", "microdnf", "pacman", "zypper", "dpkg", "adduser", "addgroup", "useradd", "groupadd", "usermod", "groupmod",
	"userdel", "deluser", "chown", "chmod", "chgrp", "ln", "update-ca-certificates", "setcap", "locale-gen", "curl", "wget", "gpg", "corepack", "sysctl",
	"docker-php-ext-install", "pip", "pip3", "gem", "systemctl", "service", "update-alternatives", "install_packages", "echo", "set", "true", ":", "id", "ls", "cat",
	"tini", "export", "umask", "test", "[", "which", "git", "tar", "unzip", "make", "gcc", "ldconfig", "dos2unix", "npm-check-updates",
}

// splitRun divides a RUN line into the commands that make the app's files, which are kept as a shell text with image paths
// under $D2E_ROOT, and those that only set up the operating system.
func splitRun(i model.Instruction) (kept, left string) {
	script := i.Script
	if len(i.Argv) > 0 {
		script = quoteAll(i.Argv)
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script), "")
	if err != nil {
		return strings.TrimSpace(script), ""
	}
	var keep, drop []string
	for _, statement := range file.Stmts {
		k, d := splitStatement(statement)
		keep = append(keep, k...)
		drop = append(drop, d...)
	}
	// What is only entered or removed belongs to what was left out.
	if !slices.ContainsFunc(keep, makesFiles) {
		keep = nil
	}
	return strings.Join(keep, " && "), strings.Join(drop, " && ")
}

func makesFiles(command string) bool {
	name, _, _ := strings.Cut(command, " ")
	return name != "cd" && name != "rm" && name != "rmdir"
}

func splitStatement(statement *syntax.Stmt) (kept, left []string) {
	if binary, ok := statement.Cmd.(*syntax.BinaryCmd); ok && !statement.Negated && !statement.Background && len(statement.Redirs) == 0 &&
		(binary.Op == syntax.AndStmt) {
		k1, l1 := splitStatement(binary.X)
		k2, l2 := splitStatement(binary.Y)
		return append(k1, k2...), append(l1, l2...)
	}
	text := print(statement)
	if systemOnly(statement) {
		return nil, []string{text}
	}
	rootPaths(statement)
	return []string{print(statement)}, nil
}

// systemOnly tells whether every simple command of a statement sets up the system.
func systemOnly(statement *syntax.Stmt) bool {
	only := true
	found := false
	syntax.Walk(statement, func(node syntax.Node) bool {
		call, ok := node.(*syntax.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		words := literals(call)
		found = true
		if !systemCall(words, statement) {
			only = false
		}
		return true
	})
	return only && found
}

func systemCall(words []string, statement *syntax.Stmt) bool {
	name := path.Base(words[0])
	if name == "echo" || name == "cat" || name == "printf" {
		return len(statement.Redirs) == 0
	}
	if slices.Contains(systemCommands, name) {
		return true
	}
	switch name {
	case "npm", "pnpm", "yarn", "bun":
		global := slices.Contains(words, "-g") || slices.Contains(words, "--global") || len(words) > 1 && words[1] == "global"
		cache := len(words) > 2 && (words[1] == "cache" || words[1] == "config") || len(words) > 1 && words[1] == "set" || len(words) > 2 && words[1] == "store"
		return global || cache
	case "rm":
		return !slices.ContainsFunc(words[1:], func(w string) bool {
			return !strings.HasPrefix(w, "-") && !slices.ContainsFunc([]string{"/var", "/tmp", "/root", "/usr", "/etc"}, func(p string) bool { return strings.HasPrefix(w, p+"/") })
		})
	case "mkdir", "touch":
		// An empty folder of the image is one that the app writes to; those of the system are no loss.
		return !slices.ContainsFunc(words[1:], func(w string) bool {
			return !strings.HasPrefix(w, "-") && !slices.ContainsFunc([]string{"/var/log", "/var/run", "/var/cache", "/run", "/etc", "/root", "/usr/share", "/usr/lib"}, func(p string) bool { return w == p || strings.HasPrefix(w, p+"/") })
		})
	}
	return false
}

// rootPaths puts $D2E_ROOT in front of words that are absolute paths of the image. Devices stay what they are.
func rootPaths(statement *syntax.Stmt) {
	syntax.Walk(statement, func(node syntax.Node) bool {
		word, ok := node.(*syntax.Word)
		if !ok || len(word.Parts) == 0 {
			return true
		}
		literal, ok := word.Parts[0].(*syntax.Lit)
		if !ok || !strings.HasPrefix(literal.Value, "/") || strings.HasPrefix(literal.Value, "/dev/") || strings.HasPrefix(literal.Value, "/bin/") {
			return true
		}
		root := &syntax.DblQuoted{Parts: []syntax.WordPart{&syntax.ParamExp{Short: true, Param: &syntax.Lit{Value: "D2E_ROOT"}}}}
		word.Parts = append([]syntax.WordPart{root}, word.Parts...)
		return false
	})
}

func literals(call *syntax.CallExpr) []string {
	var words []string
	for _, word := range call.Args {
		words = append(words, word.Lit())
	}
	return words
}

func print(node syntax.Node) string {
	var out strings.Builder
	if err := syntax.NewPrinter(syntax.SingleLine(true)).Print(&out, node); err != nil {
		return ""
	}
	return strings.TrimSpace(out.String())
}

func quoteAll(argv []string) string {
	var words []string
	for _, word := range argv {
		quoted, err := syntax.Quote(word, syntax.LangBash)
		if err != nil {
			quoted = "''"
		}
		words = append(words, quoted)
	}
	return strings.Join(words, " ")
}
