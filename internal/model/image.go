package model

import (
	"strconv"

	"github.com/dock2edge/dock2edge/internal/source"
)

// Image is a Dockerfile read for one service: build arguments and target applied.
type Image struct {
	// File is the Dockerfile relative to the workspace root, or the Compose file for an inline one.
	File string
	// Context is the build context relative to the workspace root.
	Context string
	// Stages are all stages in file order, also those the target does not need.
	Stages []*Stage
	// Target is the stage the service runs: the last one, or the one `target:` names.
	Target *Stage
	// Syntax is the value of a `# syntax=` line, Check that of `# check=`.
	Syntax, Check string
	// Ignore are the patterns of the .dockerignore that applies.
	Ignore []string
	// IgnoreFile is that file relative to the workspace root; empty when there is none.
	IgnoreFile string
	// Files tells which files of the context end up where in Target, sorted by Image. Files that RUN makes are not in it.
	Files []ImageFile
	// ContextFiles are the files of the context that the target or a stage it needs copies, relative to the workspace root,
	// sorted: what a build needs. Dependencies that a package manager installs and version control are never in it.
	ContextFiles []string
}

// Stage is one FROM and what follows it.
type Stage struct {
	Index int
	// Name is the AS name in lower case; empty when unnamed.
	Name string
	// Base is the image reference after expansion, or the name of an earlier stage with BaseStage set.
	Base      string
	BaseStage *Stage
	Platform  string
	// Instructions in file order, ONBUILD triggers of stages this one is built from included (their spans point to the ONBUILD line).
	Instructions []Instruction
	Span         source.Span

	// What is in force at the end of the stage, its base stages included.
	Workdir     string
	User        string
	Env         []EnvVar
	Args        []EnvVar
	Entrypoint  *CommandLine
	Cmd         *CommandLine
	Expose      []Port
	Volumes     []Mount
	Healthcheck *Healthcheck
	StopSignal  string
	Shell       []string
	Labels      []Label
	// Needs are the stages this one takes files from or is built on, transitively, in file order.
	Needs []*Stage
}

// ID is the stage's name, or its number as text.
func (s *Stage) ID() string {
	if s.Name != "" {
		return s.Name
	}
	return strconv.Itoa(s.Index)
}

// Instruction is one line of a Dockerfile with its meaning.
type Instruction struct {
	// Op is the instruction in upper case: RUN, COPY, ADD, ENV, ARG, …
	Op string
	// Text is the line as written without the instruction's name, continuation lines joined. It is for reading only: values that
	// look like credentials are masked in it.
	Text string
	Span source.Span

	// Workdir and Env are in force at this line (Env includes ARGs for RUN).
	Workdir string
	Env     []EnvVar
	User    string

	// For RUN: Argv in exec form, else Script. Heredoc bodies are part of Script.
	Argv   []string
	Script string
	// Mounts of `RUN --mount`, as written.
	Mounts []string

	// For COPY and ADD, expanded: Sources relative to the context (or absolute in FromStage), Dest absolute in the image.
	// A trailing slash of the destination is kept.
	Sources []string
	Dest    string
	// From is the value of --from: a stage (FromStage set) or an image.
	From      string
	FromStage *Stage
	Chown     string
	Chmod     string
	Exclude   []string
	Parents   bool
	// Inline are heredoc files: name → content.
	Inline []InlineFile
	// Flags are all flags as written.
	Flags []string
	// OnBuild tells that the instruction came from an ONBUILD trigger.
	OnBuild bool
}

// InlineFile is a file written by a heredoc of COPY or ADD.
type InlineFile struct{ Name, Content string }

// ImageFile says where a file of the image comes from.
type ImageFile struct {
	// Image is the absolute path in the image.
	Image string
	// Source is the file relative to the workspace root; empty for heredoc files.
	Source string
	// Stage is the stage that copied it from the context (its file then reached the target through COPY --from or FROM).
	Stage string
	Span  source.Span
}

// Entry is what a container runs, followed through shells, scripts and package scripts to the program.
type Entry struct {
	// Kind is "node", "nginx", "static-server", "dev-server" (serves browser code during development), "framework" (a framework's
	// own server, such as next start), "script" (a command that ends: a migration, a seed), "binary", a language that is not
	// followed ("python", "java", "go", "dotnet", "php", "ruby", "rust", "elixir", "perl", "deno"), "service-image" (a well-known
	// image such as postgres) or "unknown".
	Kind string
	// Argv is entrypoint and command joined, as the container would run it.
	Argv []string
	Span source.Span
	// Trail is how the program was found, outermost first.
	Trail []TrailStep

	// For node: the entry module in the image and the source file behind it, relative to the workspace root.
	ImageModule string
	Module      string
	// ModuleSpan is the place that names the module (the CMD line, the package script).
	ModuleSpan source.Span
	// Built tells that Module is compiled to ImageModule by the project's own build (tsc, webpack, …).
	Built bool
	// NodeArgs are node's own flags, Preload the modules of -r, --require and --import, Args the program's arguments.
	NodeArgs []string
	Preload  []string
	Args     []string
	// SecretArgs are those of Args that end in a credential, by Index.
	SecretArgs []SecretArg
	// Workdir is the directory the program is started in.
	Workdir string
	// Env are variables that the trail sets (cross-env, `NAME=value node …`).
	Env []EnvVar
	// Before are commands that run first: migrations, wait-for-it, envsubst.
	Before []TrailStep
	// Others are further long-running programs started beside this one (pm2, supervisord, &, concurrently).
	Others []Program
	// Launcher is the process manager or watcher in front: "pm2", "nodemon", "tsx", "ts-node", "dumb-init", …, outermost first.
	Launchers []string
	// StaticRoot is the image folder that a static server serves, or that a development server's build script fills;
	// StaticBuild is that build as a shell command run in Workdir ("npm run build"), empty when the image already holds the
	// files; StaticSPA tells that unknown paths get index.html.
	StaticRoot  string
	StaticBuild string
	StaticSPA   bool
	// Problem says why the program could not be found, in a sentence; empty when it was.
	Problem string
}

// SecretArg is an argument that holds a credential.
type SecretArg struct {
	// Index is its place in Args, Prefix what stands before the credential ("--token=").
	Index  int
	Prefix string
	// Name is the flag's or the variable's name; Value is the credential and is never written anywhere.
	Name, Value string
}

// TrailStep is one command on the way to the program.
type TrailStep struct {
	// Text is the command.
	Text string
	// Kind is "shell", "script", "package-script", "launcher", "wait", "migration", "build" (makes files the program needs), "setup"
	// or "program".
	Kind string
	Span source.Span
}

// Program is one more program of a container with several.
type Program struct {
	Name string
	Argv []string
	// Module is its entry module's source, when it is a Node program that could be followed.
	Module      string
	ImageModule string
	Span        source.Span
}

// Ship is the source that ships with a service, found by following imports from the entry module.
type Ship struct {
	// Modules are source files relative to the workspace root, sorted, with their paths in the image.
	Modules []ShippedModule
	// Packages are the packages imported by the modules, sorted by name.
	Packages []ImportedPackage
	// Manifests are the package.json files in force for the modules, sorted.
	Manifests []string
	// LeftOut are files of the service's context that look like code but do not ship, counted by reason.
	LeftOut []LeftOut
	// Dynamic are imports by a name computed at run time.
	Dynamic []DynamicImport
	// Missing are relative imports that lead to no file.
	Missing []DynamicImport
}

// ShippedModule is one module that ships.
type ShippedModule struct {
	Source string
	Image  string
}

// ImportedPackage is a package that shipped code imports.
type ImportedPackage struct {
	Name string
	// Range is the version range of package.json, Version the lock file's; empty when unknown.
	Range, Version string
	// Dev tells that it stands in devDependencies only.
	Dev bool
	// Spans are the first import in each importing file.
	Spans []source.Span
}

// LeftOut counts files that were not judged.
type LeftOut struct {
	// Reason is a clause such as "not imported from the entry module" or "ignored by .dockerignore".
	Reason string
	Files  int
}

// DynamicImport is an import by a computed name.
type DynamicImport struct {
	Text string
	Span source.Span
}

// Route is an HTTP route seen in the source.
type Route struct {
	Method string
	Path   string
	Span   source.Span
}
