package load

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
)

var (
	// healthURL finds what curl, wget or a one-liner asks on the service itself. The scheme may be missing, as curl allows.
	healthURL = regexp.MustCompile(`(?i)(?:https?://)?(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\$\{?HOSTNAME\}?|[\w.-]+)(?::(\d+))?(/[^\s"'` + "`" + `|&;)\\]*)?`)
	withURL   = regexp.MustCompile(`(?i)https?://[^\s"'` + "`" + `|&;)\\]+`)
	hostPort  = regexp.MustCompile(`(?i)\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d+)?(?:/[^\s"'` + "`" + `|&;)\\]*)?`)
	asksHTTP  = regexp.MustCompile(`(?i)\b(curl|wget|http|https)\b`)
	pathField = regexp.MustCompile(`(?i)\bpath(?:name)?["']?\s*:\s*["']([^"']+)["']`)
	portField = regexp.MustCompile(`(?i)\bport["']?\s*:\s*["']?(\d+)`)
	// variable: $NAME and ${NAME:-default} of shells, process.env.NAME || default of one-liners, also in a template literal.
	variable = regexp.MustCompile(`(?:\$\{\s*|\()?process\.env\.(\w+)\s*(?:(?:\|\||\?\?)\s*["']?(\w+)["']?\s*)?[})]?|\$\{?(\w+)(?::?-([^}]*))?\}?`)
	// joined: the plus signs and quotes between pieces of text.
	joined = regexp.MustCompile("[\"'`]\\s*\\+\\s*|\\s*\\+\\s*[\"'`]")
)

// findURL fills in which path and port of the service its health check asks, when it asks one by HTTP.
func findURL(s *model.Service) {
	h := s.Healthcheck
	if h == nil || h.Disabled {
		return
	}
	test := strings.Join(h.Test, " ")
	test = variable.ReplaceAllStringFunc(test, func(text string) string {
		m := variable.FindStringSubmatch(text)
		for _, v := range s.Environment {
			if v.HasValue && !v.Secret && v.Name == m[1]+m[3] {
				return v.Value
			}
		}
		return m[2] + m[4]
	})
	test = joined.ReplaceAllString(test, "")
	if m := pathField.FindStringSubmatch(test); m != nil && strings.Contains(test, "http") {
		h.URLPath, h.Port = cleanPath(m[1]), 80
		if p := portField.FindStringSubmatch(test); p != nil {
			h.Port, _ = strconv.Atoi(p[1])
		}
		return
	}
	self := append([]string{"localhost", "127.0.0.1", "0.0.0.0", "[::1]", s.Name, ""}, s.Aliases...)
	asked := withURL.FindAllString(test, -1)
	if asksHTTP.MatchString(test) {
		asked = append(asked, hostPort.FindAllString(test, -1)...)
	}
	for _, text := range asked {
		m := healthURL.FindStringSubmatch(text)
		if m == nil || !slices.Contains(self, strings.ToLower(m[1])) {
			continue
		}
		h.URLPath = cleanPath(m[3])
		h.Port, _ = strconv.Atoi(m[2])
		if h.Port == 0 {
			h.Port = 80
			if strings.HasPrefix(strings.ToLower(text), "https") {
				h.Port = 443
			}
		}
		return
	}
}

func cleanPath(text string) string {
	query := ""
	if at, rest, found := strings.Cut(text, "?"); found {
		text, query = at, "?"+rest
	}
	slash := strings.HasSuffix(text, "/") && text != "/"
	text = path.Clean("/" + text)
	if slash {
		text += "/"
	}
	return text + query
}
