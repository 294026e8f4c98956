package nginx

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	crossplane "github.com/nginxinc/nginx-go-crossplane"

	"github.com/dock2edge/dock2edge/internal/source"
)

// Image is what Parse reads.
type Image struct {
	// Files is the image's file system, as far as it is known. Paths have no leading slash, as fs.FS wants them.
	Files fs.FS
	// Removed are patterns (path.Match, absolute) of files of the base image that the Dockerfile deletes.
	Removed []string
	// Source names the user's file behind an image path; nil means the image path itself.
	Source func(imagePath string) string
	// Env is the container's environment; templates are filled from it.
	Env map[string]string
	// Secret tells which variables of Env must not be written down: templates then refer to them at run time.
	Secret func(name string) bool
	// Main is the main configuration file; "" means /etc/nginx/nginx.conf.
	Main string
	// Unprivileged tells that the base image is nginxinc/nginx-unprivileged, whose default server listens on 8080.
	Unprivileged bool
}

const defaultMain = "/etc/nginx/nginx.conf"

// Parse reads the image's nginx configuration. It returns what it could read: a broken file costs the statements around the
// error, not the configuration. The problems are sorted by place.
func Parse(img Image) (*Config, []Problem) {
	main := img.Main
	if main == "" {
		main = defaultMain
	}
	in := newInput(img)
	// The parser loses its place after a block that stands where it must not, so it accepts every directive everywhere;
	// Translate says which ones are misplaced.
	payload, err := crossplane.Parse(main, &crossplane.ParseOptions{Open: in.open, Glob: in.glob, SkipDirectiveContextCheck: true})
	if err != nil {
		in.problem(Invalid, "", fmt.Sprintf("the configuration cannot be read: %v", err), in.place(main, 1, ""))
		return &Config{ServerRoot: path.Dir(main)}, sortProblems(in.problems)
	}
	for _, e := range payload.Errors {
		in.syntaxError(e)
	}
	cfg := &Config{ServerRoot: path.Dir(main)}
	if len(payload.Config) > 0 {
		cfg.Main = in.expand(payload, payload.Config[0], nil)
	}
	in.shape(cfg)
	cfg.Files = in.readFiles()
	return cfg, sortProblems(in.problems)
}

// problem notes a problem.
func (in *input) problem(level Level, directive, message string, at source.Span) {
	in.problems = append(in.problems, Problem{Level: level, Directive: directive, Message: message, At: at})
}

// syntaxError turns an error of the parser into a problem; its text loses the place it repeats.
func (in *input) syntaxError(e crossplane.PayloadError) {
	line := 1
	if e.Line != nil {
		line = *e.Line
	}
	text, file := e.Error.Error(), e.File
	var parsed *crossplane.ParseError
	if errors.As(e.Error, &parsed) {
		text = parsed.What
	}
	in.problem(Invalid, "", strings.TrimSpace(text), in.place(file, line, ""))
}

// expand turns the parser's directives into ours, puts included files in the place of their include, and resolves escapes.
// within are the files being expanded, so that a circle of includes ends.
func (in *input) expand(payload *crossplane.Payload, file crossplane.Config, within []string) []*Directive {
	within = append(slices.Clone(within), file.File)
	seen := map[string]int{}
	var convert func(parsed crossplane.Directives) []*Directive
	convert = func(parsed crossplane.Directives) []*Directive {
		out := []*Directive{}
		for _, p := range parsed {
			if p.Directive == "include" && !p.IsMapBlockParameter {
				out = append(out, in.include(payload, p, within)...)
				continue
			}
			// Two directives of one name on one line stand at different columns.
			key := strconv.Itoa(p.Line) + " " + p.Directive
			d := &Directive{Name: unescape(p.Directive), At: in.placeNth(file.File, p.Line, p.Directive, seen[key])}
			seen[key]++
			for _, a := range p.Args {
				d.Args = append(d.Args, unescape(a))
			}
			if p.Block != nil {
				d.Block = convert(p.Block)
			}
			out = append(out, d)
		}
		return out
	}
	return convert(file.Parsed)
}

// include gives the directives of the files that an include names. The MIME table of the base image stays a reference.
func (in *input) include(payload *crossplane.Payload, p *crossplane.Directive, within []string) []*Directive {
	var out []*Directive
	for _, index := range p.Includes {
		if index >= len(payload.Config) {
			continue
		}
		file := payload.Config[index]
		if in.isStandardTypes(file.File) {
			out = append(out, &Directive{Name: "types", Args: []string{standardTypes}, At: in.place(within[len(within)-1], p.Line, "include")})
			continue
		}
		if !slices.Contains(within, file.File) {
			out = append(out, in.expand(payload, file, within)...)
		}
	}
	return out
}

// unescape resolves the escapes that nginx resolves inside a word: \" \' \\ \t \r \n. Others keep their backslash, which is
// how regular expressions survive.
func unescape(word string) string {
	if !strings.Contains(word, `\`) {
		return word
	}
	return strings.NewReplacer(`\"`, `"`, `\'`, `'`, `\\`, `\`, `\t`, "\t", `\r`, "\r", `\n`, "\n").Replace(word)
}

// open is the parser's way to a file.
func (in *input) open(imagePath string) (io.ReadCloser, error) {
	f, err := in.read(path.Clean(imagePath))
	if err != nil {
		return nil, fmt.Errorf("%s does not exist in the image", imagePath)
	}
	return io.NopCloser(strings.NewReader(f.balanced)), nil
}

// glob lists the files that a pattern of an include matches.
func (in *input) glob(pattern string) ([]string, error) {
	found, err := fs.Glob(in.img.Files, strings.TrimPrefix(pattern, "/"))
	if err != nil {
		return nil, fmt.Errorf("bad pattern %q", pattern)
	}
	names := map[string]bool{}
	for _, name := range found {
		names["/"+name] = true
	}
	for name := range in.made {
		if ok, _ := path.Match(pattern, name); ok {
			names[name] = true
		}
	}
	var out []string
	for name := range names {
		if info, err := fs.Stat(in.img.Files, strings.TrimPrefix(name, "/")); err == nil && info.IsDir() {
			continue
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out, nil
}
