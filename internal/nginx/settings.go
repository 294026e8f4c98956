package nginx

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// scope is where a directive stands, as far as its meaning depends on it.
type scope struct {
	inLocation bool
	// prefix is the path of the surrounding location; nil where a path cannot be replaced: in regex and named locations.
	prefix *string
	// inIf tells that the directive stands in an if block.
	inIf bool
}

func isEmpty(s *Settings) bool { return reflect.ValueOf(*s).IsZero() }

// setting translates a directive that is inherited. What it does not know is reported.
func (t *translator) setting(s *Settings, d *Directive, sc scope) {
	if !sc.inLocation && (d.Name == "alias" || d.Name == "limit_except") {
		t.leaveOut(d)
		return
	}
	if t.fileSetting(s, d, sc) || t.answerSetting(s, d) || t.accessSetting(s, d) || t.proxySetting(s, d) || t.proxyChange(s, d) {
		return
	}
	if d.Name == "autoindex" && d.Arg(0) == "off" {
		return
	}
	t.leaveOut(d)
}

// template checks a text with variables and returns it for a field.
func (t *translator) template(d *Directive, value string) *string {
	t.checkVariables(d, value)
	return &value
}

// fileSetting translates what concerns files.
func (t *translator) fileSetting(s *Settings, d *Directive, sc scope) bool {
	switch d.Name {
	case "root":
		s.Root = t.template(d, t.absolute(d.Arg(0)))
	case "alias":
		s.Alias = &Alias{Path: *t.template(d, t.absolute(d.Arg(0))), Prefix: sc.prefix}
	case "index":
		for _, a := range d.Args {
			s.Index = append(s.Index, *t.template(d, a))
		}
	case "types":
		s.Types = t.types(d)
	case "default_type":
		s.DefaultType = ptr(d.Arg(0))
	case "charset":
		s.Charset = t.template(d, d.Arg(0))
	case "charset_types":
		s.CharsetTypes = d.Args
	case "etag":
		s.ETag = t.flag(d)
	case "if_modified_since":
		s.IfModifiedSince = t.oneOf(d, "off", "exact", "before")
	case "max_ranges":
		s.MaxRanges = t.number(d, d.Arg(0))
	case "ssi":
		s.SSI = t.flag(d)
	case "ssi_types":
		s.SSITypes = d.Args
	case "expires":
		t.expires(s, d)
	default:
		return false
	}
	return true
}

// types reads a types block into a table named after its place. The table of the base image is a name already.
func (t *translator) types(d *Directive) *string {
	if d.Block == nil && d.Arg(0) == standardTypes {
		return ptr(standardTypes)
	}
	name := fmt.Sprintf("types-%d", len(t.out.MimeTypes)+1)
	table := map[string]string{}
	for _, entry := range d.Block {
		for _, extension := range entry.Args {
			table[strings.ToLower(extension)] = entry.Name
		}
	}
	t.out.MimeTypes[name] = table
	return &name
}

func (t *translator) expires(s *Settings, d *Directive) {
	value, modified := d.Arg(0), false
	if value == "modified" {
		value, modified = d.Arg(1), true
	}
	bare := strings.TrimLeft(value, "+-@")
	known := slices.Contains([]string{"epoch", "max", "off"}, value) || strings.Contains(value, "$")
	if _, ok := parseTime(bare); !ok && !known {
		t.problem(Invalid, d, fmt.Sprintf("%q is not a time: use 30d, -1, epoch, max or off", value))
		return
	}
	s.Expires = &Expires{Value: *t.template(d, value), Modified: modified}
}

// answerSetting translates what concerns the answer.
func (t *translator) answerSetting(s *Settings, d *Directive) bool {
	switch d.Name {
	case "add_header":
		s.AddHeaders = append(s.AddHeaders, AddHeader{
			Name: d.Arg(0), Value: *t.template(d, d.Arg(1)), Always: d.Arg(2) == "always",
		})
	case "error_page":
		t.errorPage(s, d)
	case "recursive_error_pages":
		s.RecursiveErrorPages = t.flag(d)
	case "absolute_redirect":
		s.AbsoluteRedirect = t.flag(d)
	case "server_name_in_redirect":
		s.ServerNameInRedirect = t.flag(d)
	case "msie_padding":
		s.MSIEPadding = t.flag(d)
	default:
		return false
	}
	return true
}

func (t *translator) errorPage(s *Settings, d *Directive) {
	if len(d.Args) < 2 {
		t.problem(Invalid, d, "error_page needs at least one status and a page")
		return
	}
	page := ErrorPage{To: *t.template(d, d.Args[len(d.Args)-1])}
	for _, a := range d.Args[:len(d.Args)-1] {
		text, isChange := strings.CutPrefix(a, "=")
		status, err := strconv.Atoi(text)
		switch {
		case isChange && text == "":
			page.Status = ptr(0)
		case err != nil || status < 300 && !isChange || status > 599:
			t.problem(Invalid, d, fmt.Sprintf("invalid status %q: a number from 300 to 599 is needed", a))
			return
		case isChange:
			page.Status = &status
		default:
			page.Statuses = append(page.Statuses, status)
		}
	}
	s.ErrorPages = append(s.ErrorPages, page)
}

// accessSetting translates who may ask and how much.
func (t *translator) accessSetting(s *Settings, d *Directive) bool {
	switch d.Name {
	case "client_max_body_size":
		size, ok := parseSize(d.Arg(0))
		if !ok {
			t.problem(Invalid, d, fmt.Sprintf("%q is not a size: use 512, 8k, 10m or 1g", d.Arg(0)))
			return true
		}
		s.MaxBodySize = &size
	case "allow", "deny":
		if r, ok := t.accessRule(d); ok {
			s.Access = append(s.Access, r)
		}
	case "satisfy":
		s.Satisfy = t.oneOf(d, "all", "any")
	case "auth_basic":
		s.AuthRealm = t.template(d, d.Arg(0))
	case "auth_basic_user_file":
		s.AuthUserFile = t.template(d, t.absolute(d.Arg(0)))
		t.checkPasswords(d, *s.AuthUserFile)
	case "auth_request":
		s.AuthRequest = t.template(d, d.Arg(0))
	case "auth_request_set":
		s.AuthRequestSets = append(s.AuthRequestSets, VariableSetting{
			Variable: strings.TrimPrefix(d.Arg(0), "$"), Value: *t.template(d, d.Arg(1)),
		})
	case "limit_except":
		s.LimitExcept = t.limitExcept(d)
	default:
		return false
	}
	return true
}

func (t *translator) accessRule(d *Directive) (AccessRule, bool) {
	from := d.Arg(0)
	_, addressErr := netip.ParseAddr(from)
	_, networkErr := netip.ParsePrefix(from)
	switch {
	case from == "unix:":
		t.problem(Ignored, d, "no request comes from a Unix socket")
		return AccessRule{}, false
	case from != "all" && addressErr != nil && networkErr != nil:
		t.problem(Invalid, d, fmt.Sprintf("%q is not an address, a network or all", from))
		return AccessRule{}, false
	}
	if isPrivate(from) {
		t.problem(Differs, d, "requests of other services of the stack count as coming from 127.0.0.1, "+
			"requests from outside have the client's public address; no address of the Compose network appears")
	}
	return AccessRule{Allow: d.Name == "allow", From: from}, true
}

// isPrivate tells whether an address or network is private but not loopback.
func isPrivate(text string) bool {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Addr().IsPrivate()
	}
	a, err := netip.ParseAddr(text)
	return err == nil && a.IsPrivate()
}

func (t *translator) limitExcept(d *Directive) *LimitExcept {
	out := &LimitExcept{Methods: []string{}}
	for _, m := range d.Args {
		out.Methods = append(out.Methods, strings.ToUpper(m))
	}
	inner := &Settings{}
	for _, c := range d.Block {
		switch c.Name {
		case "allow", "deny", "auth_basic", "auth_basic_user_file":
			t.accessSetting(inner, c)
		default:
			t.problem(Unsupported, c, "inside limit_except only allow, deny and auth_basic are carried over")
		}
	}
	out.Access, out.AuthRealm, out.AuthUserFile = inner.Access, inner.AuthRealm, inner.AuthUserFile
	return out
}

// checkPasswords reads a password file and reports users whose password the gateway cannot check. It names users, not hashes.
func (t *translator) checkPasswords(d *Directive, file string) {
	if t.env.ReadFile == nil || strings.Contains(file, "$") {
		return
	}
	content, err := t.env.ReadFile(file)
	if err != nil {
		t.problem(Differs, d, fmt.Sprintf("%s is not in the image as far as it is known: without it every request is refused", file))
		return
	}
	for line := range strings.Lines(string(content)) {
		user, hash, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || strings.HasPrefix(user, "#") {
			continue
		}
		hash, _, _ = strings.Cut(hash, ":")
		checkable := []string{"$apr1$", "$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "{SHA}", "{SSHA}", "{PLAIN}"}
		if !slices.ContainsFunc(checkable, func(p string) bool { return strings.HasPrefix(hash, p) }) {
			t.problem(Unsupported, d, fmt.Sprintf("the password of user %q is in a form the gateway cannot check; make it anew with htpasswd -B", user))
		}
	}
}

// oneOf reads a word from a list.
func (t *translator) oneOf(d *Directive, values ...string) *string {
	if slices.Contains(values, d.Arg(0)) {
		return ptr(d.Arg(0))
	}
	t.problem(Invalid, d, fmt.Sprintf("invalid value %q: one of %s is needed", d.Arg(0), strings.Join(values, ", ")))
	return nil
}

// number reads a count.
func (t *translator) number(d *Directive, text string) *int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		t.problem(Invalid, d, fmt.Sprintf("%q is not a number", text))
		return nil
	}
	return &n
}
