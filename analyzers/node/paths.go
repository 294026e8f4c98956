package node

import (
	"path"
	"strings"

	"github.com/dock2edge/dock2edge/internal/analysis"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/syntax"
)

// keeping says how long what is written to a path lasts.
type keeping int

// The ways a path keeps what is written to it.
const (
	// keptUnknown: the path is computed.
	keptUnknown keeping = iota
	// keptByVolume: as long as the volume.
	keptByVolume
	// keptForRun: temporary by its place, as in the container.
	keptForRun
	// keptByContainer: in the container's own layer, which a Durable Object forgets when it restarts.
	keptByContainer
	// keptNowhere: no file of the image: devices such as /dev/stdout, and what is put under /run when a container starts.
	keptNowhere
)

// location is what is known of a path argument.
type location struct {
	// Path is absolute in the image, ending before the first part that is not known; empty when nothing is known.
	path    string
	keeping keeping
}

// locate finds out where in the container a path argument leads.
func locate(p *analysis.ServicePass, v syntax.Value) location {
	at := imagePath(p, v)
	if at == "" {
		return location{}
	}
	found := location{path: at, keeping: keptByContainer}
	longest := -1
	for _, m := range p.Service.Mounts {
		if within(at, m.Target) && len(m.Target) > longest {
			longest = len(m.Target)
			found.keeping = keptByVolume
			if m.Type == "tmpfs" {
				found.keeping = keptForRun
			}
		}
	}
	switch {
	case longest >= 0:
	case within(at, "/tmp"), within(at, "/var/tmp"):
		found.keeping = keptForRun
	case within(at, "/dev"), within(at, "/proc"), within(at, "/sys"), within(at, "/run"):
		found.keeping = keptNowhere
	}
	return found
}

// imagePath is the absolute path that a value stands for, as far as it is constant. Of a reference to the environment it is
// the value the service is given, or the default beside it.
func imagePath(p *analysis.ServicePass, v syntax.Value) string {
	text := ""
	switch v.Kind {
	case syntax.Path, syntax.String, syntax.Template:
		text = v.Text
	case syntax.Ref:
		text = environmentValue(p.Service, v)
	}
	constant, _, unknown := strings.Cut(text, "*")
	if unknown { // the last known folder
		constant = constant[:strings.LastIndexByte(constant, '/')+1]
	}
	switch {
	case constant == "", strings.HasPrefix(constant, "<"), strings.Contains(constant, "://"):
		return ""
	case strings.HasPrefix(constant, "/"):
		return path.Clean(constant)
	case p.Service.Entry == nil || !strings.HasPrefix(p.Service.Entry.Workdir, "/"):
		return ""
	}
	return path.Join(p.Service.Entry.Workdir, constant)
}

// environmentValue is what the service sets a variable to, or the default in the source. Values that may be secret are none.
func environmentValue(s *model.Service, v syntax.Value) string {
	if name, ok := strings.CutPrefix(v.Text, "process.env."); ok {
		for _, e := range s.Environment {
			if e.Name == name && e.HasValue && !e.Secret {
				return e.Value
			}
		}
	}
	if fallback := v.Fields["default"]; fallback.Kind == syntax.String || fallback.Kind == syntax.Path {
		return fallback.Text
	}
	return ""
}

// within tells whether a path is the folder or lies below it.
func within(at, folder string) bool {
	folder = strings.TrimSuffix(folder, "/")
	return at == folder || strings.HasPrefix(at, folder+"/")
}
