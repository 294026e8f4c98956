package plan

import (
	"fmt"
	"path"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

// volumes gives every mount its outcome: kept in the Durable Object, part of the image's files, or gone with a reason.
func (b *builder) volumes(sp *model.ServicePlan) {
	for _, m := range sp.Service.Mounts {
		what := strings.TrimSuffix(fmt.Sprintf("volume %s:%s", m.Source, m.Target), ":")
		say := func(outcome model.Outcome, why string) {
			sp.Dispositions = append(sp.Dispositions, model.Disposition{What: what, Outcome: outcome, Why: why, Span: m.Span})
		}
		switch {
		case sp.Server != "":
			say(b.serverVolume(sp, m))
		case sp.Target == model.TargetHyperdrive, sp.Target == model.TargetExternal, sp.Target == model.TargetContainer:
			why := "it stays with the server, which keeps running outside"
			if strings.HasPrefix(m.Target, "/docker-entrypoint-initdb.d") {
				why = "run these files on the database once, before the first request"
			}
			say(model.Outside, why)
		case sp.Target == model.TargetDropped:
			say(model.Dropped, "its service is dropped")
		case m.Target == dockerSocket:
			say(model.Dropped, "there is no Docker engine beside a Worker")
		case shieldsPackages(m):
			say(model.Dropped, "it only shields installed packages from the bind mount over them")
		case m.Type == "bind" && b.isValues(m.Source):
			say(model.Outside, valuesStay)
		case m.Type == "bind" && isOverlay(sp, m):
			say(model.Converted, "its files become part of the Worker")
		case sp.Target == model.TargetGateway || sp.Target == model.TargetAssets:
			say(model.Dropped, "a static site writes nothing")
		case m.Type == "tmpfs":
			sp.Volumes = append(sp.Volumes, model.VolumePlan{Path: m.Target, Kind: "tmpfs", Span: m.Span})
			say(model.Converted, "a folder in memory, as before")
		case sp.Target == model.TargetWorker:
			say(model.Dropped, "nothing in the shipped code writes to it")
		case m.ReadOnly:
			say(model.Outside, "it is read-only and its files are not in this repository")
		default:
			sp.Volumes = append(sp.Volumes, model.VolumePlan{Path: path.Clean(m.Target), Name: volumeName(m), Kind: "persistent", Span: m.Span})
			say(model.Converted, "kept in the Durable Object's SQLite storage, up to 10 GB")
		}
	}
}

// dockerSocket is where containers find the Docker engine of their host.
const dockerSocket = "/var/run/docker.sock"

// shieldsPackages tells of a mount over installed packages: it keeps a bind mount above from hiding them.
func shieldsPackages(m model.Mount) bool { return strings.Contains(m.Target+"/", "/node_modules/") }

// volumeName is the name the files are stored under; a bind's name is its folder.
func volumeName(m model.Mount) string {
	if m.Type == "volume" && m.Source != "" {
		return m.Source
	}
	return slug(m.Target)
}

// isOverlay tells whether a bind mount brings files of the repository that ship: source, configuration, static files.
func isOverlay(sp *model.ServicePlan, m model.Mount) bool {
	for _, s := range sp.Service.MountFiles {
		if s.Target == m.Target {
			return len(s.Files) > 0
		}
	}
	return false
}
