package load

import (
	"github.com/dock2edge/dock2edge/internal/load/container"
	"github.com/dock2edge/dock2edge/internal/load/entry"
	"github.com/dock2edge/dock2edge/internal/load/nodepkg"
	"github.com/dock2edge/dock2edge/internal/load/ship"
	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// follow fills in what the service's container runs and which source ships with it. sources are the packages of the tree,
// which the services of a workspace share.
func follow(tree *source.Tree, sources *nodepkg.Packages, project *model.Project, service *model.Service) {
	files := container.ForService(tree, project, service)
	service.Entry = entry.Follow(tree, sources, service, files)
	var ofImage []model.EnvVar
	if service.Image != nil && service.Image.Target != nil {
		ofImage = service.Image.Target.Env
	}
	concealSecrets(service.Entry, service.Environment, ofImage)
	concealInstructions(service)
	service.Ship = ship.Follow(tree, sources, service, files)
}

// Resolver finds the modules that specifiers name in the code of one service. It is safe for concurrent use.
type Resolver = ship.Resolver

// NewResolver makes the Resolver of a loaded service.
func NewResolver(tree *source.Tree, project *model.Project, service *model.Service) *Resolver {
	return ship.NewResolver(nodepkg.InTree(tree), service, container.ForService(tree, project, service))
}
