package syntax

// links is what Link needs of a module besides what rules see.
type links struct {
	units  []unit
	edges  []edge
	places places
}

func (b *builder) takeLinks() links {
	return links{units: b.units, edges: b.edges, places: b.places}
}
