package compose

import (
	"fmt"

	"github.com/dock2edge/dock2edge/internal/source"
)

// Code names what kind of problem was found. The codes are the names of the rules they are reported under.
type Code string

// The problems that reading Compose files can have.
const (
	InvalidYAML        Code = "compose-invalid-yaml"
	DuplicateKey       Code = "compose-duplicate-key"
	InvalidValue       Code = "compose-invalid-value"
	InvalidVariable    Code = "compose-invalid-interpolation"
	MissingVariable    Code = "compose-missing-variable"
	RequiredVariable   Code = "compose-required-variable"
	EnvFileMissing     Code = "compose-env-file-missing"
	EnvFileTemplate    Code = "compose-env-file-template"
	EnvFileSyntax      Code = "compose-env-file-syntax"
	UnknownKey         Code = "compose-unknown-key"
	UndefinedReference Code = "compose-undefined-reference"
	FileMissing        Code = "compose-file-missing"
	LegacyFormat       Code = "compose-legacy-format"
	NoServices         Code = "compose-no-services"
)

// Codes are all codes.
func Codes() []Code {
	return []Code{
		InvalidYAML, DuplicateKey, InvalidValue, InvalidVariable, MissingVariable, RequiredVariable, EnvFileMissing, EnvFileTemplate,
		EnvFileSyntax, UnknownKey, UndefinedReference, FileMissing, LegacyFormat, NoServices,
	}
}

// Problem is something that could not be read as it stands, or had to be assumed.
type Problem struct {
	Code Code
	// Service is the service it is about; empty for the file as a whole.
	Service string
	Span    source.Span
	// Optional tells that Compose itself goes on without it.
	Optional bool
	// Message says what is there and what became of it, without a final stop. It holds no value of a variable.
	Message string
}

type problems struct {
	service string
	without bool
	list    *[]Problem
}

func (p *problems) add(code Code, span source.Span, format string, args ...any) {
	*p.list = append(*p.list, Problem{Code: code, Service: p.service, Optional: p.without, Span: span, Message: fmt.Sprintf(format, args...)})
}

// of is the same list with a service's name on what is added.
func (p *problems) of(service string) *problems { return &problems{service: service, list: p.list} }

// optional is the same list for what Compose goes on without.
func (p *problems) optional() *problems {
	return &problems{service: p.service, without: true, list: p.list}
}
