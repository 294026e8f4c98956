package model

// Lock is dock2edge.json: what verify and the next convert have to know about an emitted project.
type Lock struct {
	Version int `json:"version"`
	// Tool is the version of the program that wrote it.
	Tool string `json:"tool"`
	// Project is the Compose project's name.
	Project string      `json:"project"`
	Options LockOptions `json:"options"`
	// Source is the directory that was converted, relative to the output, with slashes.
	Source   string        `json:"source,omitempty"`
	Services []LockService `json:"services"`
	// Files are the SHA-256 sums of the written files by path; the writer fills them in.
	Files map[string]string `json:"files"`
}

// LockOptions are the choices the project was made with.
type LockOptions struct {
	CompatibilityDate string            `json:"compatibilityDate"`
	Plan              string            `json:"plan"`
	Transport         string            `json:"transport"`
	Targets           map[string]string `json:"targets,omitempty"`
}

// LockService is one Compose service.
type LockService struct {
	Name   string `json:"name"`
	Target string `json:"target"`
	// Worker and Directory are empty for services that become no Worker.
	Worker    string `json:"worker,omitempty"`
	Directory string `json:"directory,omitempty"`
	Public    bool   `json:"public,omitempty"`
	Port      int    `json:"port,omitempty"`
	// Wakes tells that a cron trigger starts it: it works without being asked.
	Wakes bool `json:"wakes,omitempty"`
	// Published are the host ports of the original, for comparison.
	Published []string `json:"published,omitempty"`
	// Health is the path of the Compose health check.
	Health string `json:"health,omitempty"`
	// Routes are HTTP routes seen in the source, sorted by path and method.
	Routes   []LockRoute   `json:"routes,omitempty"`
	Secrets  []string      `json:"secrets,omitempty"`
	Bindings []LockBinding `json:"bindings,omitempty"`
	// Addresses are variables that hold host:port of servers outside, by Compose service.
	Addresses map[string]string `json:"addresses,omitempty"`
}

// LockRoute is one route.
type LockRoute struct {
	Method string `json:"method"`
	Path   string `json:"path"`
}

// LockBinding is one binding.
type LockBinding struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Service string `json:"service"`
	Worker  string `json:"worker,omitempty"`
	// Protocol is "postgres" or "mysql" for Hyperdrive.
	Protocol string `json:"protocol,omitempty"`
}
