package model

// Report is everything a run has to say, ready for any output format.
type Report struct {
	// Version of the program that made it.
	Version string
	// Workspace and Plans, one plan per project in the same order.
	Workspace *Workspace
	Plans     []*Plan
	// Findings of all projects, sorted; suppressed ones are included and marked.
	Findings []Finding
	// AllFiles tells that files which do not ship were judged too.
	AllFiles bool
}

// Counts are the findings that count, by severity.
func Counts(findings []Finding) map[Severity]int {
	counts := map[Severity]int{}
	for _, f := range findings {
		if f.Suppressed == nil {
			counts[f.Severity]++
		}
	}
	return counts
}
