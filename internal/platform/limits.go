// Package platform holds facts about Cloudflare Workers and what becomes of Docker's words there, as dated tables. It
// decides nothing: rules, mappings and the plan read it.
package platform

// Limit is one number of the platform.
type Limit struct {
	// Name says what is limited: "isolate memory".
	Name string
	// Free and Paid are the values on the two plans, in Unit; equal when the plan makes no difference.
	Free, Paid int64
	Unit       string
	// URL is the page that documents it, Date the day the page was read or the value measured (YYYY-MM-DD).
	URL, Date string
	// Seen is "documented", or "measured" when the number was also seen in workerd or wrangler.
	Seen string
}

// On is the limit on a plan, "free" or "paid".
func (l Limit) On(plan string) int64 {
	if plan == "free" {
		return l.Free
	}
	return l.Paid
}

const (
	workersLimits = "https://developers.cloudflare.com/workers/platform/limits/"
	objectLimits  = "https://developers.cloudflare.com/durable-objects/platform/limits/"
	read          = "2026-11-20"
)

// IsolateMemory is what one isolate may use, in bytes: code, heap and buffers together.
func IsolateMemory() Limit {
	return Limit{"isolate memory", 128 << 20, 128 << 20, "bytes", workersLimits, read, "documented"}
}

// CPUTime is the processor time one request may use by default, in milliseconds.
func CPUTime() Limit {
	return Limit{"CPU time of a request", 10, 30_000, "ms", workersLimits, read, "documented"}
}

// CPUTimeMost is the processor time that limits.cpu_ms can allow a request, in milliseconds.
func CPUTimeMost() Limit {
	return Limit{"highest CPU time of a request", 10, 300_000, "ms", workersLimits, read, "documented"}
}

// StartupTime is the processor time of a Worker's global scope, in milliseconds.
func StartupTime() Limit {
	return Limit{"CPU time at start-up", 1_000, 1_000, "ms", "https://developers.cloudflare.com/changelog/2025-10-10-increased-startup-time", read, "documented"}
}

// WorkerSize is the size of a Worker before compression, in bytes.
func WorkerSize() Limit {
	return Limit{"Worker size", 64 << 20, 64 << 20, "bytes", workersLimits, read, "measured"}
}

// Vars is the number of variables and secrets of one Worker.
func Vars() Limit { return Limit{"variables", 64, 128, "", workersLimits, read, "documented"} }

// VarSize is the size of one variable, in bytes.
func VarSize() Limit {
	return Limit{"variable size", MaxVarBytes, MaxVarBytes, "bytes", workersLimits, read, "documented"}
}

// MaxVarBytes is VarSize on every plan.
const MaxVarBytes = 5 << 10

// MaxVars is Vars on a plan.
func MaxVars(plan string) int { return int(Vars().On(plan)) }

// ObjectStorage is what one Durable Object can keep, in bytes.
func ObjectStorage() Limit {
	return Limit{"Durable Object storage", 10 << 30, 10 << 30, "bytes", objectLimits, read, "documented"}
}

// ObjectValue is the largest key and value together in a Durable Object, in bytes.
func ObjectValue() Limit {
	return Limit{"Durable Object value", 2 << 20, 2 << 20, "bytes", objectLimits, read, "documented"}
}

// RequestBody is the largest request body on the Free and Pro plans of a zone, in bytes.
func RequestBody() Limit {
	return Limit{"request body", 100 << 20, 100 << 20, "bytes", workersLimits, read, "documented"}
}

// Limits are all limits above, in the order of the documentation page made from them.
func Limits() []Limit {
	return []Limit{
		IsolateMemory(), CPUTime(), CPUTimeMost(), StartupTime(), WorkerSize(), Vars(), VarSize(), ObjectStorage(), ObjectValue(), RequestBody(),
	}
}
