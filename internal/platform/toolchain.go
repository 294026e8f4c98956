package platform

// ToolVersions are the npm packages that an emitted project is built and run with, pinned to what was measured.
type ToolVersions struct {
	// MinNode is the oldest Node.js that this wrangler starts on.
	MinNode      string
	Node         string
	Wrangler     string
	Esbuild      string
	TypeScript   string
	TypesNode    string
	WorkersTypes string
}

// Toolchain returns the pinned versions. A test holds them and templates/package.json together.
func Toolchain() ToolVersions {
	return ToolVersions{
		MinNode: "22.12.0", Node: "22.23.3", Wrangler: "4.164.0", Esbuild: "0.28.2", TypeScript: "5.9.3",
		TypesNode: "22.20.5", WorkersTypes: "5.20261117.1",
	}
}

// DefaultCompatibilityDate is the compatibility date of emitted Workers when none is chosen. From 2026-10-01 on pending timers
// keep a Durable Object alive; the pinned workerd (1.20261117.1) knows dates up to 2026-11-17.
const DefaultCompatibilityDate = "2026-11-01"
