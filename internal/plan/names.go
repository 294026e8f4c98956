package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dock2edge/dock2edge/internal/model"
	"github.com/dock2edge/dock2edge/internal/source"
)

// maxWorkerName is the longest Worker name that a workers.dev host name holds: a DNS label.
const maxWorkerName = 63

// name gives a service's Worker its name: <project>-<service>, unique in the project.
func (b *builder) name(sp *model.ServicePlan) {
	switch sp.Target {
	case model.TargetWorker, model.TargetDurableObject, model.TargetGateway, model.TargetAssets, model.TargetKeyValue:
	default:
		return
	}
	base := slug(b.project.Name + "-" + sp.Service.Name)
	if slug(b.project.Name) == slug(sp.Service.Name) {
		base = slug(sp.Service.Name)
	}
	name := strings.Trim(base[:min(len(base), maxWorkerName)], "-")
	for i := 2; b.workers[name]; i++ {
		suffix := "-" + strconv.Itoa(i)
		name = strings.Trim(base[:min(len(base), maxWorkerName-len(suffix))], "-") + suffix
	}
	b.workers[name] = true
	sp.WorkerName = name
}

// slug keeps lower-case letters, digits and dashes.
func slug(text string) string {
	var out strings.Builder
	for _, c := range strings.ToLower(text) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			out.WriteRune(c)
		default:
			if s := out.String(); s != "" && !strings.HasSuffix(s, "-") {
				out.WriteByte('-')
			}
		}
	}
	if s := strings.Trim(out.String(), "-"); s != "" {
		return s
	}
	return "app"
}

// Directory is the name of a service's folder in the output: the service's own name, made safe for a file system.
func Directory(service string) string {
	var out strings.Builder
	for _, c := range service {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.' && out.Len() > 0:
			out.WriteRune(c)
		default:
			out.WriteByte('-')
		}
	}
	if out.Len() == 0 {
		return "app"
	}
	return out.String()
}

// bindingName is the name of a binding to a service: the service's name in upper case, told apart from the variables of
// the Worker, which share the namespace.
func bindingName(service string, taken map[string]bool) string {
	base := variableName(service)
	return unusedName([]string{base, base + "_SERVICE", base + "_BINDING"}, taken)
}

// variableName is a service's name as a name in env.
func variableName(service string) string {
	name := strings.ToUpper(strings.ReplaceAll(slug(service), "-", "_"))
	if name[0] >= '0' && name[0] <= '9' {
		return "SERVICE_" + name
	}
	return name
}

// unusedName takes the first name that is not taken, else numbers the last, and marks it as taken.
func unusedName(names []string, taken map[string]bool) string {
	last := names[len(names)-1]
	for i := 2; ; i++ {
		for _, name := range names {
			if !taken[name] {
				taken[name] = true
				return name
			}
		}
		names = []string{fmt.Sprintf("%s_%d", last, i)}
	}
}

func reasons(text string, cites ...model.Cite) []model.Reason {
	return []model.Reason{{Text: text, Cites: cites}}
}

func imageSpan(service *model.Service) source.Span {
	if !service.ImageSpan.IsZero() {
		return service.ImageSpan
	}
	return service.Span
}

func hosts(list []model.Upstream) string {
	var names []string
	for _, u := range list {
		if len(names) == 0 || names[len(names)-1] != u.Host {
			names = append(names, u.Host)
		}
	}
	return joinWords(names)
}

// joinWords is "a, b and c".
func joinWords(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
