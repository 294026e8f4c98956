// Package shell finds out which programs a shell script would start, without starting any.
//
// The script is interpreted: variables, functions, tests, cases and loops have their meaning, files are those of the
// container. Where the script would start a program, the program is noted and taken to succeed. That follows entrypoint
// scripts the way the container would, instead of guessing from their text.
package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// Files is what the script sees of the container.
type Files interface {
	IsFile(name string) bool
	IsDir(name string) bool
	Read(name string) ([]byte, error)
	List(dir string) []string
}

// Script is one script with what it is started with.
type Script struct {
	// Text is the program, File the container path of its file; empty for the text of `sh -c`.
	Text, File string
	// Name is $0, Params are $1, $2, …
	Name   string
	Params []string
	// Dir is the working directory, Env the environment, User the user's name ("" means root).
	Dir  string
	Env  map[string]string
	User string
}

// Command is one program that the script would start.
type Command struct {
	Argv []string
	Dir  string
	// Env holds what the script itself exported for it: variables that are new or differ from the script's environment.
	Env map[string]string
	// Start and End are byte offsets of the command in File, which is Script.File or a file that it sources.
	File       string
	Start, End int
	// Background tells that the script does not wait for it.
	Background bool
	// Filter tells that it reads another program's output (the right side of a pipe).
	Filter bool
	// Exec tells that it takes the script's place (`exec program`).
	Exec bool
	// Condition tells that it is asked only for its outcome or output: `if cmd`, `until cmd`, `$(cmd)`.
	Condition bool
}

// maxCalls bounds the simple commands of one script: recursion and loops that only programs would end stop there.
const maxCalls = 2000

// maxRounds is how often a while or until loop goes round: what they wait for never happens here.
const maxRounds = 3

var errStopped = errors.New("the script goes on without end")

// Run returns the commands a script starts, in the order it would start them. With an error, those before it.
func Run(script Script, files Files) ([]Command, error) {
	r := &run{script: script, files: files}
	err := r.interpret()
	return r.commands, err
}

// Written is a file that a script makes.
type Written struct {
	// From is the container path it is a copy of, or a link to; empty when Text is what the script wrote.
	From, Text string
}

// Writes returns the files that the script of a RUN instruction makes by redirection, cp, mv, ln, install and tee, by path.
func Writes(script Script, files Files) map[string]Written {
	r := &run{script: script, files: files, building: true, copies: map[string]string{}}
	if r.interpret() != nil {
		return nil
	}
	made := map[string]Written{}
	for name, text := range r.written {
		made[name] = Written{Text: string(text)}
	}
	for name, from := range r.copies {
		made[name] = Written{From: from}
	}
	return made
}

// interpret runs the script with the hooks in place of the machine.
func (r *run) interpret() (err error) {
	// The interpreter is a library's, the script anybody's: a fault of the one must not stop the program.
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the script cannot be followed: %v", fault)
		}
	}()
	script := r.script
	tree, err := parse(script.Text)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r.cancel, r.rounds, r.written = cancel, map[syntax.Pos]int{}, map[string][]byte{}
	r.note(script.File, tree)
	rewrite(tree)
	tree.Name = script.Name
	runner, err := interp.New(
		interp.Env(expand.ListEnviron(r.environ()...)),
		// interp.Dir would ask the machine for the directory; this one is the container's.
		func(runner *interp.Runner) error { runner.Dir = path.Join("/", script.Dir); return nil },
		interp.Params(append([]string{"--"}, script.Params...)...),
		interp.StdIO(nil, io.Discard, io.Discard),
		interp.CallHandler(r.call),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return r.exec }),
		interp.OpenHandler(r.open), interp.ReadDirHandler2(r.readDir),
		interp.StatHandler(r.stat), interp.AccessHandler(r.access),
	)
	if err != nil {
		return err
	}
	err = runner.Run(ctx, tree)
	if _, status := errors.AsType[interp.ExitStatus](err); status || errors.Is(err, context.Canceled) {
		err = nil
	}
	if r.calls > maxCalls && len(r.commands) == 0 {
		err = errStopped
	}
	return err
}

func parse(text string) (*syntax.File, error) {
	// Lines that end as on Windows would stop a real shell; what they mean is plain, and a space keeps every offset.
	text = strings.ReplaceAll(text, "\r\n", " \n")
	tree, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		// The POSIX variant reads what Bash has taken as keywords: `function` or `[[` as names.
		var posixErr error
		if tree, posixErr = syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(text), ""); posixErr != nil {
			return nil, fmt.Errorf("the shell cannot read it: %w", err)
		}
	}
	return tree, nil
}

// Markers are commands put into the tree where the interpreter has no hook of its own.
const (
	markBackground    = "__d2e_background"
	markBackgroundEnd = "__d2e_background_end"
	markFilter        = "__d2e_filter"
	markFilterEnd     = "__d2e_filter_end"
	markCondition     = "__d2e_condition"
	markConditionEnd  = "__d2e_condition_end"
	markRound         = "__d2e_round"
	markSize          = "__d2e_size"
)

// rewrite makes a tree run in one thread and in the order of its text: background jobs and pipes become sequences between
// markers, loops count their rounds, and process substitution, which needs named pipes of the machine, becomes a file.
// It tells whether that changed what background jobs, pipes or loops do.
func rewrite(tree syntax.Node) (changed bool) {
	syntax.Walk(tree, func(node syntax.Node) bool {
		switch node := node.(type) {
		case *syntax.Stmt:
			changed = rewriteStmt(node) || changed
		case *syntax.WhileClause:
			node.Do = sized(node.Do)
			node.Cond = between(markCondition, markConditionEnd, node.Cond, node.Pos())
			node.Do = append([]*syntax.Stmt{mark(markRound, node.Pos())}, node.Do...)
			changed = true
		case *syntax.ForClause:
			node.Do = sized(node.Do)
			if _, arithmetic := node.Loop.(*syntax.CStyleLoop); arithmetic {
				node.Do = append([]*syntax.Stmt{mark(markRound, node.Pos())}, node.Do...)
				changed = true
			}
		case *syntax.IfClause:
			node.Then = sized(node.Then)
			if len(node.Cond) > 0 {
				node.Cond = between(markCondition, markConditionEnd, node.Cond, node.Pos())
			}
		case *syntax.File:
			node.Stmts = sized(node.Stmts)
		case *syntax.Block:
			node.Stmts = sized(node.Stmts)
		case *syntax.Subshell:
			node.Stmts = sized(node.Stmts)
		case *syntax.CmdSubst:
			node.Stmts = between(markCondition, markConditionEnd, node.Stmts, node.Pos())
		case *syntax.Lit:
			if explodes(node.Value) {
				node.Value = strings.ReplaceAll(node.Value, "{", `\{`)
			}
		case *syntax.ParamExp:
			if node.Exp != nil && (node.Exp.Op == syntax.ErrorUnset || node.Exp.Op == syntax.ErrorUnsetOrNull) {
				// ${NAME:?message} ends the script when NAME is not set; a container that works has it.
				node.Exp = nil
			}
		case *syntax.Word:
			for i, part := range node.Parts {
				if _, ok := part.(*syntax.ProcSubst); ok {
					node.Parts[i] = &syntax.Lit{ValuePos: part.Pos(), ValueEnd: part.End(), Value: "/dev/null"}
				}
			}
		}
		return true
	})
	return changed
}

// sized puts a look at the size of all variables before every assignment.
func sized(stmts []*syntax.Stmt) []*syntax.Stmt {
	var list []*syntax.Stmt
	for _, stmt := range stmts {
		if call, ok := stmt.Cmd.(*syntax.CallExpr); ok && len(call.Args) == 0 {
			list = append(list, mark(markSize, stmt.Position))
		}
		list = append(list, stmt)
	}
	return list
}

var largeRange = regexp.MustCompile(`\{-?\w*\.\.-?\w*\d{4,}|\{-?\d{4,}\.\.`)

// explodes tells of brace expansions into thousands of words.
func explodes(text string) bool {
	return largeRange.MatchString(text) || strings.Count(text, "{") > 8
}

func rewriteStmt(stmt *syntax.Stmt) (changed bool) {
	if stmt.Background || stmt.Coprocess || stmt.Disown {
		inner := *stmt
		inner.Background, inner.Coprocess, inner.Disown = false, false, false
		stmt.Background, stmt.Coprocess, stmt.Disown = false, false, false
		stmt.Negated, stmt.Redirs = false, nil
		// A subshell, so that its variables, its directory and its exit stay its own.
		stmt.Cmd = &syntax.Block{Lbrace: stmt.Position, Rbrace: stmt.Position, Stmts: []*syntax.Stmt{
			mark(markBackground, stmt.Position), subshell(&inner), mark(markBackgroundEnd, stmt.Position),
		}}
		return true
	}
	if pipe, ok := stmt.Cmd.(*syntax.BinaryCmd); ok && (pipe.Op == syntax.Pipe || pipe.Op == syntax.PipeAll) {
		stmt.Cmd = &syntax.Block{Lbrace: stmt.Position, Rbrace: stmt.Position, Stmts: []*syntax.Stmt{
			subshell(pipe.X), mark(markFilter, pipe.OpPos), subshell(pipe.Y), mark(markFilterEnd, pipe.OpPos),
		}}
		return true
	}
	return false
}

func subshell(stmt *syntax.Stmt) *syntax.Stmt {
	at := stmt.Position
	return &syntax.Stmt{Position: at, Cmd: &syntax.Subshell{Lparen: at, Rparen: at, Stmts: []*syntax.Stmt{stmt}}}
}

// between puts statements between two markers. The last statement must stay last, for its status counts: the end marker
// keeps the status it finds.
func between(start, end string, stmts []*syntax.Stmt, at syntax.Pos) []*syntax.Stmt {
	list := append([]*syntax.Stmt{mark(start, at)}, stmts...)
	return append(list, mark(end, at))
}

func mark(name string, at syntax.Pos) *syntax.Stmt {
	word := &syntax.Word{Parts: []syntax.WordPart{&syntax.Lit{ValuePos: at, ValueEnd: at, Value: name}}}
	return &syntax.Stmt{Position: at, Cmd: &syntax.CallExpr{Args: []*syntax.Word{word}}}
}
