package nginx

// The types of this file are the Go side of templates/packages/runtime/src/gateway/config.ts, field by field; what each one
// means is documented there. A test writes configurations through them and has the TypeScript compiler check the result.

// Gateway is the configuration that the gateway runtime interprets.
type Gateway struct {
	Entry       Entry                        `json:"entry"`
	Settings    *Settings                    `json:"settings,omitempty"`
	Servers     []GatewayServer              `json:"servers"`
	Upstreams   []GatewayUpstream            `json:"upstreams,omitempty"`
	Maps        []VariableMap                `json:"maps,omitempty"`
	MimeTypes   map[string]map[string]string `json:"mimeTypes,omitempty"`
	Peers       map[string]Peer              `json:"peers"`
	Files       []FileMount                  `json:"files,omitempty"`
	SecretFiles map[string]string            `json:"secretFiles,omitempty"`
}

// Entry holds the ports that requests from outside reach.
type Entry struct {
	HTTP  int `json:"http"`
	HTTPS int `json:"https"`
}

// Peer is a service binding, the gateway's own container, or a server outside whose address a variable holds.
type Peer struct {
	Address string `json:"address,omitempty"`
	Binding string `json:"binding,omitempty"`
	Self    bool   `json:"self,omitempty"`
}

// FileMount is a folder or file of the image and its path among the assets.
type FileMount struct {
	Path   string `json:"path"`
	Assets string `json:"assets"`
}

// GatewayServer is one server.
type GatewayServer struct {
	Listen               []GatewayListen   `json:"listen"`
	Names                []ServerName      `json:"names,omitempty"`
	Steps                []Step            `json:"steps,omitempty"`
	Settings             *Settings         `json:"settings,omitempty"`
	TryFiles             *TryFiles         `json:"tryFiles,omitempty"`
	Locations            []GatewayLocation `json:"locations,omitempty"`
	MergeSlashes         *bool             `json:"mergeSlashes,omitempty"`
	UnderscoresInHeaders *bool             `json:"underscoresInHeaders,omitempty"`
}

// GatewayListen is a port of a server.
type GatewayListen struct {
	Port    int  `json:"port"`
	Default bool `json:"default,omitempty"`
	SSL     bool `json:"ssl,omitempty"`
}

// ServerName is a name, a wildcard or a regular expression.
type ServerName struct {
	Kind  string  `json:"kind"`
	Value *string `json:"value,omitempty"`
	Bare  bool    `json:"bare,omitempty"`
	Regex *Regex  `json:"regex,omitempty"`
}

// Regex is a JavaScript regular expression.
type Regex struct {
	Pattern    string `json:"pattern"`
	IgnoreCase bool   `json:"ignoreCase,omitempty"`
}

// GatewayLocation is one location.
type GatewayLocation struct {
	Match     Match             `json:"match"`
	Internal  bool              `json:"internal,omitempty"`
	Steps     []Step            `json:"steps,omitempty"`
	Settings  *Settings         `json:"settings,omitempty"`
	Handler   *Handler          `json:"handler,omitempty"`
	TryFiles  *TryFiles         `json:"tryFiles,omitempty"`
	Locations []GatewayLocation `json:"locations,omitempty"`
}

// Match is what a location matches.
type Match struct {
	Kind  string `json:"kind"`
	Path  string `json:"path,omitempty"`
	Name  string `json:"name,omitempty"`
	Regex *Regex `json:"regex,omitempty"`
}

// TryFiles are the paths of try_files and what happens when none exists.
type TryFiles struct {
	Paths     []string  `json:"paths"`
	Otherwise Otherwise `json:"otherwise"`
}

// Otherwise is the last argument of try_files.
type Otherwise struct {
	URI      string `json:"uri,omitempty"`
	Location string `json:"location,omitempty"`
	Status   int    `json:"status,omitempty"`
}

// Handler is what answers in a location.
type Handler struct {
	Kind      string  `json:"kind"`
	Pass      string  `json:"pass,omitempty"`
	Prefix    *string `json:"prefix,omitempty"`
	Directive string  `json:"directive,omitempty"`
}

// Step is one rewrite directive: SetStep, RewriteStep, ReturnStep, BreakStep or IfStep.
type Step interface{ isStep() }

// SetStep sets a variable.
type SetStep struct {
	Do       string `json:"do"`
	Variable string `json:"variable"`
	Value    string `json:"value"`
}

// RewriteStep changes the URI.
type RewriteStep struct {
	Do          string `json:"do"`
	Regex       Regex  `json:"regex"`
	Replacement string `json:"replacement"`
	Flag        string `json:"flag,omitempty"`
}

// ReturnStep answers at once.
type ReturnStep struct {
	Do       string  `json:"do"`
	Status   int     `json:"status"`
	Text     *string `json:"text,omitempty"`
	Location *string `json:"location,omitempty"`
}

// BreakStep ends the rewrite directives.
type BreakStep struct {
	Do string `json:"do"`
}

// IfStep runs its steps when a condition holds.
type IfStep struct {
	Do       string    `json:"do"`
	When     Condition `json:"when"`
	Steps    []Step    `json:"steps,omitempty"`
	Settings *Settings `json:"settings,omitempty"`
	Handler  *Handler  `json:"handler,omitempty"`
}

func (SetStep) isStep()     {}
func (RewriteStep) isStep() {}
func (ReturnStep) isStep()  {}
func (BreakStep) isStep()   {}
func (IfStep) isStep()      {}

// Condition is the test of an if.
type Condition struct {
	Test  string  `json:"test"`
	Value *string `json:"value,omitempty"`
	To    *string `json:"to,omitempty"`
	Path  string  `json:"path,omitempty"`
	Regex *Regex  `json:"regex,omitempty"`
	Not   bool    `json:"not,omitempty"`
}

// Settings are the directives that a level inherits from the one around it. A nil field is not set at this level.
type Settings struct {
	Root            *string  `json:"root,omitempty"`
	Alias           *Alias   `json:"alias,omitempty"`
	Index           []string `json:"index,omitempty"`
	Types           *string  `json:"types,omitempty"`
	DefaultType     *string  `json:"defaultType,omitempty"`
	Charset         *string  `json:"charset,omitempty"`
	CharsetTypes    []string `json:"charsetTypes,omitempty"`
	ETag            *bool    `json:"etag,omitempty"`
	IfModifiedSince *string  `json:"ifModifiedSince,omitempty"`
	MaxRanges       *int     `json:"maxRanges,omitempty"`
	SSI             *bool    `json:"ssi,omitempty"`
	SSITypes        []string `json:"ssiTypes,omitempty"`
	Expires         *Expires `json:"expires,omitempty"`

	AddHeaders           []AddHeader `json:"addHeaders,omitempty"`
	ErrorPages           []ErrorPage `json:"errorPages,omitempty"`
	RecursiveErrorPages  *bool       `json:"recursiveErrorPages,omitempty"`
	AbsoluteRedirect     *bool       `json:"absoluteRedirect,omitempty"`
	ServerNameInRedirect *bool       `json:"serverNameInRedirect,omitempty"`
	MSIEPadding          *bool       `json:"msiePadding,omitempty"`

	MaxBodySize     *int64            `json:"maxBodySize,omitempty"`
	Access          []AccessRule      `json:"access,omitempty"`
	Satisfy         *string           `json:"satisfy,omitempty"`
	AuthRealm       *string           `json:"authRealm,omitempty"`
	AuthUserFile    *string           `json:"authUserFile,omitempty"`
	AuthRequest     *string           `json:"authRequest,omitempty"`
	AuthRequestSets []VariableSetting `json:"authRequestSets,omitempty"`
	LimitExcept     *LimitExcept      `json:"limitExcept,omitempty"`

	ProxyHeaders            []HeaderSetting `json:"proxyHeaders,omitempty"`
	ProxyHideHeaders        []string        `json:"proxyHideHeaders,omitempty"`
	ProxyPassHeaders        []string        `json:"proxyPassHeaders,omitempty"`
	ProxyIgnoreHeaders      []string        `json:"proxyIgnoreHeaders,omitempty"`
	ProxyRedirects          any             `json:"proxyRedirects,omitempty"` // "off" or a list of "default" and Replacement
	ProxyCookieDomains      []any           `json:"proxyCookieDomains,omitempty"`
	ProxyCookiePaths        []any           `json:"proxyCookiePaths,omitempty"`
	ProxyInterceptErrors    *bool           `json:"proxyInterceptErrors,omitempty"`
	ProxyMethod             *string         `json:"proxyMethod,omitempty"`
	ProxyBody               *string         `json:"proxyBody,omitempty"`
	ProxyPassRequestHeaders *bool           `json:"proxyPassRequestHeaders,omitempty"`
	ProxyPassRequestBody    *bool           `json:"proxyPassRequestBody,omitempty"`
	NextUpstream            []string        `json:"nextUpstream,omitempty"`
	NextUpstreamTries       *int            `json:"nextUpstreamTries,omitempty"`
	ProxyReadTimeout        *int            `json:"proxyReadTimeout,omitempty"`
}

// Alias is a folder or file that takes the place of a part of the request's path.
type Alias struct {
	Path   string  `json:"path"`
	Prefix *string `json:"prefix,omitempty"`
}

// Expires is the value of expires as nginx spells it.
type Expires struct {
	Value    string `json:"value"`
	Modified bool   `json:"modified,omitempty"`
}

// VariableSetting gives a variable the value of a template.
type VariableSetting struct {
	Variable string `json:"variable"`
	Value    string `json:"value"`
}

// AddHeader is a header of the answer.
type AddHeader struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Always bool   `json:"always,omitempty"`
}

// HeaderSetting is a header of the request to the upstream.
type HeaderSetting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ErrorPage is the page of some statuses.
type ErrorPage struct {
	Statuses []int  `json:"statuses"`
	To       string `json:"to"`
	Status   *int   `json:"status,omitempty"`
}

// AccessRule allows or denies a network.
type AccessRule struct {
	Allow bool   `json:"allow"`
	From  string `json:"from"`
}

// LimitExcept are rules for all methods but some.
type LimitExcept struct {
	Methods      []string     `json:"methods"`
	Access       []AccessRule `json:"access,omitempty"`
	AuthRealm    *string      `json:"authRealm,omitempty"`
	AuthUserFile *string      `json:"authUserFile,omitempty"`
}

// Replacement changes the beginning of a text, or what a regular expression matches. From is a string or a *Regex.
type Replacement struct {
	From any    `json:"from"`
	To   string `json:"to"`
}

// GatewayUpstream is a group of servers.
type GatewayUpstream struct {
	Name    string           `json:"name"`
	Servers []UpstreamServer `json:"servers"`
	Balance any              `json:"balance,omitempty"` // a string or a HashBalance
}

// HashBalance picks the server by a key.
type HashBalance struct {
	Hash       string `json:"hash"`
	Consistent bool   `json:"consistent,omitempty"`
}

// UpstreamServer is one server of an upstream.
type UpstreamServer struct {
	Address     string `json:"address"`
	Weight      int    `json:"weight,omitempty"`
	Backup      bool   `json:"backup,omitempty"`
	Down        bool   `json:"down,omitempty"`
	MaxFails    *int   `json:"maxFails,omitempty"`
	FailTimeout *int   `json:"failTimeout,omitempty"`
}

// VariableMap computes a variable from another.
type VariableMap struct {
	Variable  string     `json:"variable"`
	Source    string     `json:"source"`
	Hostnames bool       `json:"hostnames,omitempty"`
	Default   *string    `json:"default,omitempty"`
	Entries   []MapEntry `json:"entries,omitempty"`
}

// MapEntry is a value or a regular expression and what it becomes.
type MapEntry struct {
	Value *string `json:"value,omitempty"`
	Regex *Regex  `json:"regex,omitempty"`
	To    string  `json:"to"`
}
