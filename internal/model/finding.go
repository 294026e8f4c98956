package model

import (
	"cmp"
	"slices"

	"github.com/dock2edge/dock2edge/internal/source"
)

// Severity says how much a finding matters.
type Severity int

// The severities, least first, so that they compare.
const (
	// Info: handled automatically; said so that nothing is silent.
	Info Severity = iota + 1
	// Minor: differs, degrades or costs.
	Minor
	// Major: runs wrong or loses data.
	Major
	// Blocker: cannot run as it is.
	Blocker
)

// Severities are all severities, least first.
func Severities() []Severity { return []Severity{Info, Minor, Major, Blocker} }

// String is the severity's name in output.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Minor:
		return "minor"
	case Major:
		return "major"
	case Blocker:
		return "blocker"
	}
	return "unknown"
}

// ParseSeverity reads a severity's name.
func ParseSeverity(name string) (Severity, bool) {
	for _, s := range Severities() {
		if s.String() == name {
			return s, true
		}
	}
	return 0, false
}

// Category groups rules by what of the platform they touch.
type Category string

// The categories.
const (
	CategoryFS         Category = "fs"
	CategoryListen     Category = "listen"
	CategoryThreads    Category = "threads"
	CategoryCPU        Category = "cpu"
	CategoryProcess    Category = "process"
	CategoryNative     Category = "native"
	CategoryState      Category = "state"
	CategoryTimers     Category = "timers"
	CategoryNetwork    Category = "network"
	CategoryCompose    Category = "compose"
	CategoryDockerfile Category = "dockerfile"
	CategorySecrets    Category = "secrets"
	CategoryDatastore  Category = "datastore"
	CategoryLifecycle  Category = "lifecycle"
	CategoryTemplates  Category = "templates"
	CategoryLimits     Category = "limits"
)

// Categories are all categories in the order of the documentation.
func Categories() []Category {
	return []Category{
		CategoryFS, CategoryListen, CategoryThreads, CategoryCPU, CategoryProcess, CategoryNative, CategoryState, CategoryTimers,
		CategoryNetwork, CategoryCompose, CategoryDockerfile, CategorySecrets, CategoryDatastore, CategoryLifecycle,
		CategoryTemplates, CategoryLimits,
	}
}

// Finding is one thing that the app does and Workers do differently, at a place in the user's files.
type Finding struct {
	// Rule is the slug of the rule that found it.
	Rule     string
	Category Category
	Severity Severity
	// Project is the Dir of the project, Service the service's name; empty for findings about a whole project or workspace.
	Project string
	Service string
	Span    source.Span
	// Message says what is there and what happens to it in workerd, in one sentence without a final stop.
	Message string
	// Remedy says what to do, or what convert does about it.
	Remedy string
	// Needs are what the app needs here; mappings and the plan decide by them.
	Needs []Need
	// Suppressed is set when a comment in the source asks for silence; such findings count for nothing but are kept for SARIF.
	Suppressed *Suppression
	// Fingerprint is the same as long as the finding is: over rule, file and the text of the line, not over line numbers.
	Fingerprint string
}

// Suppression is an inline `dock2edge:ignore RULE -- reason`.
type Suppression struct {
	Reason string
	Span   source.Span
}

// NeedKind is a kind of thing an app needs from the place where it runs.
type NeedKind string

// The needs. A rule says "sql postgres", never the name of a product.
const (
	// NeedHTTP: answers HTTP requests. Detail is the port when known.
	NeedHTTP NeedKind = "http"
	// NeedProcess: one long-lived process whose memory, sockets and timers outlive a request. Detail says what for:
	// "pool", "memory", "timer", "socket", "websocket", "boot-io", "threads", "processes", "unknown-package".
	NeedProcess NeedKind = "process"
	// NeedTCPListen: other services open TCP connections to it.
	NeedTCPListen NeedKind = "tcp-listen"
	// NeedSQL: a database server. Detail is "postgres", "mysql", "sqlite".
	NeedSQL NeedKind = "sql"
	// NeedRedis: a Redis server. Detail may be "scripts", "streams", "pubsub".
	NeedRedis NeedKind = "redis"
	// NeedStore: another data store. Detail is its kind: "mongodb", "amqp", "memcached", "s3", "search".
	NeedStore NeedKind = "store"
	// NeedDisk: files that must survive. Detail is the image path when known.
	NeedDisk NeedKind = "disk"
	// NeedFiles: files of the image are read. Detail is the image path when known.
	NeedFiles NeedKind = "files"
	// NeedWebSocket: accepts WebSocket connections.
	NeedWebSocket NeedKind = "websocket"
	// NeedCodeGeneration: makes code from strings.
	NeedCodeGeneration NeedKind = "code-generation"
	// NeedNative: machine code, child processes, threads: what no isolate holds. Detail says what.
	NeedNative NeedKind = "native"
	// NeedSchedule: runs at times of its own. Detail is the schedule when known.
	NeedSchedule NeedKind = "schedule"
)

// Need is one requirement of the app, with what the rule knew about it.
type Need struct {
	Kind   NeedKind
	Detail string
	// Host is the network name the code uses for it, when it could be resolved ("db", "redis").
	Host string
	// Package is the client package seen ("pg", "ioredis").
	Package string
}

// CompareFindings is the total order of findings in every output: place first, then rule, service, message.
func CompareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Project, b.Project),
		source.Compare(a.Span, b.Span),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Service, b.Service),
		cmp.Compare(a.Message, b.Message),
	)
}

// SortFindings sorts by CompareFindings and drops exact repetitions.
func SortFindings(list []Finding) []Finding {
	slices.SortStableFunc(list, CompareFindings)
	return slices.CompactFunc(list, func(a, b Finding) bool { return CompareFindings(a, b) == 0 })
}
