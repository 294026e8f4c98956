package nginx

import (
	"path"
	"slices"
	"strings"
)

// ImagePaths are the folders of the image that the gateway may read from and that must be uploaded as assets: roots, aliases
// and the folders of password files, sorted. Of a path with variables the fixed beginning counts. Without any it is the folder
// that nginx itself would serve.
func (g Gateway) ImagePaths() []string {
	c := pathCollector{secretFiles: g.SecretFiles, paths: map[string]bool{}}
	c.settings(g.Settings)
	for _, s := range g.Servers {
		c.settings(s.Settings)
		c.locations(s.Locations)
	}
	if len(c.paths) == 0 {
		return []string{"/etc/nginx/html"}
	}
	out := make([]string, 0, len(c.paths))
	for folder := range c.paths {
		out = append(out, folder)
	}
	slices.Sort(out)
	return out
}

// pathCollector gathers the folders that a gateway reads.
type pathCollector struct {
	secretFiles map[string]string
	paths       map[string]bool
}

func (c *pathCollector) locations(list []GatewayLocation) {
	for _, l := range list {
		c.settings(l.Settings)
		c.steps(l.Steps)
		c.locations(l.Locations)
	}
}

func (c *pathCollector) steps(list []Step) {
	for _, step := range list {
		if block, ok := step.(IfStep); ok {
			c.settings(block.Settings)
			c.steps(block.Steps)
		}
	}
}

func (c *pathCollector) settings(s *Settings) {
	if s == nil {
		return
	}
	if s.Root != nil {
		c.folder(*s.Root)
	}
	if s.Alias != nil && strings.HasSuffix(s.Alias.Path, "/") {
		c.folder(s.Alias.Path)
	} else if s.Alias != nil {
		c.file(&s.Alias.Path) // a file, or a folder whose slash is in the request
	}
	c.file(s.AuthUserFile)
	if s.LimitExcept != nil {
		c.file(s.LimitExcept.AuthUserFile)
	}
}

// file adds the folder of a file, unless the file is a secret and thus no asset.
func (c *pathCollector) file(name *string) {
	if name == nil {
		return
	}
	if _, secret := c.secretFiles[*name]; !secret {
		folder, _ := path.Split(*name)
		c.folder(folder)
	}
}

func (c *pathCollector) folder(name string) {
	fixed, _, variable := strings.Cut(name, "$")
	if variable {
		fixed = fixed[:strings.LastIndex(fixed, "/")+1]
	}
	if fixed = strings.TrimRight(fixed, "/"); fixed == "" {
		fixed = "/"
	}
	c.paths[fixed] = true
}
