package nginx

import (
	"reflect"
	"slices"
	"strings"
)

// AssetsSite tells how Workers assets serve a site without a Worker's code.
type AssetsSite struct {
	// Root is the image folder to upload.
	Root string
	// NotFound is the value of not_found_handling: "single-page-application", "404-page" or "none".
	NotFound string
	// HTML is the value of html_handling.
	HTML string
	// Differences are sentences about what assets do differently from nginx.
	Differences []string
}

// StaticOnly tells whether assets alone can take a gateway's place, which is cheaper: requests for assets are free. It is so
// when there is one server that serves one folder, nothing is passed on, rewritten, protected or given headers, and what
// happens to unknown paths is one of the things assets can do: answer index.html (a single-page application), a 404.html, or
// a plain 404. problems are those of Parse and Translate: whatever is missing in the gateway is missing here too, so a site
// with unsupported directives is not static only.
func StaticOnly(g Gateway, problems []Problem) (AssetsSite, bool) {
	lost := slices.ContainsFunc(problems, func(p Problem) bool { return p.Level == Unsupported || p.Level == Invalid })
	if lost || len(g.Servers) != 1 || len(g.Upstreams) > 0 || len(g.Maps) > 0 {
		return AssetsSite{}, false
	}
	s := g.Servers[0]
	site, ok := mainLocation(s)
	if !ok || len(s.Steps) > 0 || s.TryFiles != nil {
		return AssetsSite{}, false
	}
	levels := []*Settings{g.Settings, s.Settings, site.Settings}
	for _, level := range levels {
		if level != nil && !onlyFiles(*level) {
			return AssetsSite{}, false
		}
	}
	out := AssetsSite{Root: rootOf(levels), HTML: "auto-trailing-slash"}
	out.NotFound, ok = notFoundHandling(site.TryFiles, levels)
	if !ok || out.Root == "" || strings.Contains(out.Root, "$") || !servesIndex(levels) {
		return AssetsSite{}, false
	}
	out.Differences = assetDifferences(out.NotFound)
	return out, true
}

// mainLocation is the location of "/", which must be the only one beside pages for errors. Without locations it is empty.
func mainLocation(s GatewayServer) (GatewayLocation, bool) {
	site := GatewayLocation{}
	for _, l := range s.Locations {
		switch {
		case l.Match.Kind == "exact" && isErrorPage(s, l):
		case l.Match.Kind == "prefix" && l.Match.Path == "/" && l.Handler == nil && !l.Internal && len(l.Steps)+len(l.Locations) == 0:
			site = l
		default:
			return site, false
		}
	}
	return site, true
}

// isErrorPage tells of a location such as `location = /50x.html`, which an error_page of the server leads to.
func isErrorPage(s GatewayServer, l GatewayLocation) bool {
	if s.Settings == nil || l.Handler != nil || len(l.Steps) > 0 || l.Settings != nil && !onlyFiles(*l.Settings) {
		return false
	}
	return slices.ContainsFunc(s.Settings.ErrorPages, func(p ErrorPage) bool { return p.To == l.Match.Path })
}

// onlyFiles tells whether a level sets nothing but what assets do too, or cannot do otherwise.
func onlyFiles(s Settings) bool {
	s.Root, s.Index, s.ErrorPages = nil, nil, nil // judged on their own
	s.DefaultType, s.MaxBodySize, s.ETag, s.MSIEPadding, s.AbsoluteRedirect, s.ServerNameInRedirect = nil, nil, nil, nil, nil, nil
	s.ProxyReadTimeout = nil
	if s.Types != nil && *s.Types == standardTypes {
		s.Types = nil
	}
	if s.Charset != nil && strings.EqualFold(*s.Charset, "utf-8") {
		s.Charset = nil
	}
	return reflect.ValueOf(s).IsZero()
}

// rootOf is the innermost root.
func rootOf(levels []*Settings) string {
	root := ""
	for _, level := range levels {
		if level != nil && level.Root != nil {
			root = *level.Root
		}
	}
	return root
}

// servesIndex tells whether a folder's index is index.html, the only name that assets know.
func servesIndex(levels []*Settings) bool {
	index := []string{"index.html"}
	for _, level := range levels {
		if level != nil && level.Index != nil {
			index = level.Index
		}
	}
	return index[0] == "index.html"
}

// notFoundHandling says what assets shall do with unknown paths; ok is false when they cannot do it.
func notFoundHandling(try *TryFiles, levels []*Settings) (string, bool) {
	handling := "none"
	for _, level := range levels {
		if level == nil {
			continue
		}
		for _, page := range level.ErrorPages {
			if !slices.Contains(page.Statuses, 404) {
				continue
			}
			switch {
			case page.To == "/index.html" && page.Status != nil && (*page.Status == 200 || *page.Status == 0):
				handling = "single-page-application"
			case page.To == "/404.html" && page.Status == nil:
				handling = "404-page"
			default:
				return "", false
			}
		}
	}
	if try == nil {
		return handling, true
	}
	known := []string{"$uri", "$uri/", "$uri/index.html", "$uri.html"}
	for _, path := range try.Paths {
		if path == "/index.html" {
			return "single-page-application", true
		}
		if !slices.Contains(known, path) {
			return "", false
		}
	}
	switch {
	case try.Otherwise.Status == 404:
		return handling, true
	case try.Otherwise.URI == "/index.html":
		return "single-page-application", true
	case try.Otherwise.URI == "/404.html":
		return "404-page", true
	}
	return "", false
}

func assetDifferences(notFound string) []string {
	out := []string{
		"/index.html and other paths that end in .html answer 307 to the path without it, and /page serves page.html",
		"a folder without its slash answers 307 where nginx answers 301",
		"Range requests get the whole file, and Last-Modified is not sent; the ETag has another form",
		"Cache-Control: public, max-age=0, must-revalidate is sent, and text types name charset=utf-8",
		"a file may have 25 MiB at most",
	}
	switch notFound {
	case "none":
		out = append(out, "an unknown path answers 404 without nginx's page")
	case "404-page":
		out = append(out, "the nearest 404.html up the path is served, not always the one at the top")
	}
	return out
}
