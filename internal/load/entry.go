package load

import (
	"github.com/dock2edge/dock2edge/internal/load/container"
	"github.com/dock2edge/dock2edge/internal/load/entry"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// follow fills in what the service's container runs and which source ships with it.
func follow(tree *source.Tree, project *model.Project, service *model.Service) {
	files := container.ForService(tree, project, service)
	service.Entry = entry.Follow(tree, service, files)
}
