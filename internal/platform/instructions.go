package platform

// Instruction is the fate of a Dockerfile instruction, by its name in upper case, when the service becomes a Worker. RUN is
// decided command by command by whoever replays it; its row says what happens in general.
func Instruction(op string) (outcome, why string) {
	return lookup(instructions, op, "Dockerfiles have no such instruction, so nothing was made of it")
}

// Instructions are the rows about Dockerfile instructions.
func Instructions() []Fate { return append([]Fate(nil), instructions...) }

// instructions has a row for every instruction of buildkit's Dockerfile frontend (0.34.2, read 2026-11-21). A test holds it
// against the frontend's own list.
var instructions = []Fate{
	{"ADD", converted, "local files are copied by the build; what comes from an address or an archive is a finding"},
	{"ARG", converted, "expanded into the build's steps"},
	{"CMD", converted, "followed to the module that the Worker starts"},
	{"COPY", converted, "replayed by the build"},
	{"ENTRYPOINT", converted, "followed to the module that the Worker starts"},
	{"ENV", converted, "part of the app's process.env"},
	{"EXPOSE", replaced, "the port that the app listens on counts, not the one that is declared"},
	{"FROM", replaced, "by workerd's Node.js interface; earlier stages are replayed by the build"},
	{"HEALTHCHECK", replaced, "verify waits for it and asks it; in production a request waits until the app listens"},
	{"LABEL", dropped, "there is no image to label"},
	{"MAINTAINER", dropped, "there is no image to label"},
	{"ONBUILD", converted, "the triggers run where a stage is built on this one"},
	{"RUN", converted, "package managers and build commands are replayed by the build; system packages do not exist in an isolate"},
	{"SHELL", dropped, "the build's commands run with sh"},
	{"STOPSIGNAL", dropped, "no signal reaches a Worker"},
	{"USER", dropped, "there are no users in an isolate"},
	{"VOLUME", converted, "what the app writes there is kept in the Durable Object's storage"},
	{"WORKDIR", converted, "process.cwd() of the app"},
}
