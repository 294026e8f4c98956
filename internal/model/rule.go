package model

// RuleInfo declares a rule that loading itself reports, so that the catalogue can list it beside the rules of analyzers/.
type RuleInfo struct {
	// Name is a slug; it never changes.
	Name     string
	Category Category
	Severity Severity
	// Title is one line without a final stop.
	Title string
	// What, Why and Remedy are the paragraphs of the rule's page, in Markdown.
	What, Why, Remedy string
	// Example is the file that Bad and Good stand in: "compose.yaml", "Dockerfile". Bad shows what is found, Good what is not. Where
	// one file does not show it, they are txtar archives ("-- name --" lines).
	Example   string
	Bad, Good string
	// Since is the date the claim was last checked, YYYY-MM-DD.
	Since string
}
