// Package syntax turns program text into what rules ask about: imports, resolved calls, literals and where code runs.
// The parser library shows in this package and nowhere else.
//
// A Module is plain data. A call `const {writeFile: w} = require('fs').promises; w(x)` has the Callee
// "node:fs/promises.writeFile": names are followed through destructuring, aliases, namespaces, default interop and
// re-exports within the project before a rule sees them.
//
// Parse reads one module in four steps over a flat tree, which package quick or a tree-sitter grammar made: declare (scopes
// and names), collectFacts (assignments and returns), emit (what the Module lists; eval follows names, fold finds constants,
// registration tells when functions run) and, at the end, Link for the module alone. Link for all modules of a project does
// the rest. ScanImports is the quick way to what a module imports.
package syntax

import "github.com/dock2edge/dock2edge/internal/source"

// Module is one parsed source file. Its slices are in file order.
type Module struct {
	// File is relative to the workspace root.
	File string
	// Text is the file's bytes.
	Text []byte
	// ESM tells whether it uses import/export (else it is CommonJS).
	ESM     bool
	Imports []Import
	Exports []Export
	Calls   []Call
	// Reads are uses of imported or global names that are not calls: `__dirname`, `process.env.X`, `process.stdin`.
	Reads []Read
	// Assigns are assignments and mutations of module-level variables and of properties of known objects.
	Assigns []Assign
	// Loops are loops with their nesting depth.
	Loops []Loop
	// Globals are the variables declared at module scope.
	Globals []Variable
	// Comments are all comments, for ignore directives.
	Comments []Comment
	// Errors are the places the parser could not read. The rest of the module was read all the same.
	Errors []source.Span

	// links is what Link needs of the module.
	links links
}

// Where tells when code runs.
type Where int

// The places code runs in.
const (
	// AtModule: while the module is evaluated, before anything is served. Functions called right there count
	// (IIFE, `main()` whose body is in the module).
	AtModule Where = iota
	// InFunction: in a function of which it is not known who calls it.
	InFunction
	// InHandler: in a function given to something that serves requests or messages (app.get, http.createServer, router.use, queue processors).
	InHandler
	// InTimer: in a function given to setInterval, setTimeout or a scheduler.
	InTimer
)

// Import is one import, require, dynamic import or re-export source.
type Import struct {
	// Specifier as written; empty when computed.
	Specifier string
	// Kind is "import", "require", "dynamic", "export-from", "require.resolve" or "type" (types only; does not ship).
	Kind string
	// Optional tells that it stands in a try block or behind a condition.
	Optional bool
	// Pattern is a template's constant parts with * for the rest (`./routes/*.js`), when the name is computed.
	Pattern string
	Span    source.Span
}

// Export is one exported name. From and Name are set for `export {x} from "y"`.
type Export struct {
	Name   string
	Local  string
	From   string
	Origin string
	Span   source.Span
}

// Call is one call or `new` expression. require(), require.resolve() and import() are Imports instead.
type Call struct {
	// Callee is the resolved name:
	//   "node:fs.writeFileSync"          member of a builtin (always with the node: prefix; fs.promises is node:fs/promises)
	//   "express"                        call of a package's default or module export
	//   "express.static", "pg.Pool"      member of a package
	//   "express().get", "pg.Pool().query", "node:http.createServer().listen"   method of what a call or new returned ("()" after the maker)
	//   "setInterval", "process.exit", "eval", "Function"   globals that nothing shadows
	//   "local:name"                     a function of this module or of the project that leads to no package
	// Empty when nothing is known; then Method may still help.
	Callee string
	// Method is the last name of the callee as written: "listen" in `x.y.listen()`.
	Method string
	// Text is the callee as written, shortened to 80 bytes.
	Text string
	New  bool
	// Await tells that the call stands under await.
	Await bool
	Args  []Value
	Where Where
	// Function is the name of the enclosing function; empty at module scope or when it has none.
	Function string
	// LoopDepth is the number of loops around the call within its function.
	LoopDepth int
	// AssignedTo is the variable the result is stored in ("" when not), AssignedScope tells whether that variable is module-level.
	AssignedTo     string
	AssignedGlobal bool
	// On is the place of the call or new that made the object the method is called on, followed as names are: for
	// `const app = express(); app.get()` that of `express()`. Objects with the same place are the same to us. Zero when unknown.
	On source.Span
	// Decorates is the class, or the class and its method ("Users.list"), that the call decorates.
	Decorates string
	// Span covers the whole call, NameSpan the callee.
	Span, NameSpan source.Span
}

// Arg returns the i-th argument, or an unknown value.
func (c *Call) Arg(i int) Value {
	if i < 0 || i >= len(c.Args) {
		return Value{}
	}
	return c.Args[i]
}

// ValueKind is what is known about a value.
type ValueKind int

// The kinds of values.
const (
	Unknown ValueKind = iota
	// String: Text is the whole string.
	String
	// Template: Text is the string with * for the parts not known ("/app/uploads/*").
	Template
	Number
	Bool
	Null
	Regexp
	Function
	Object
	Array
	// Path: a path folded from __dirname, process.cwd(), import.meta and path.join. Text is absolute in the image when the
	// module's image path is known, with * for unknown parts; else it starts with "<dir>" or "<cwd>".
	Path
	// Ref: a resolved name that is no constant: "process.env.PORT", "node:path.sep". Text is the name.
	Ref
)

// Value is an argument or a constant, as far as folding got.
type Value struct {
	Kind   ValueKind
	Text   string
	Number float64
	// Fields are an object literal's properties by name; Items an array literal's elements.
	Fields map[string]Value
	Items  []Value
	// Params is the number of parameters of a Function.
	Params int
	// Made is, for a Ref, the place of the call or new that made the thing; see Call.On.
	Made source.Span
	Span source.Span
	// raw is the name behind a Ref before it was put into its shown form, late what Text becomes when other modules' constants
	// are known.
	raw, late string
}

// Read is the use of a name that is not a call.
type Read struct {
	// Name is resolved as Call.Callee is.
	Name     string
	Where    Where
	Function string
	Span     source.Span
}

// Assign is an assignment to, or mutation of, a variable declared at module scope, or an assignment to a property.
type Assign struct {
	// Target is the variable ("sessions") or the resolved property ("process.env.TZ", "module.exports").
	Target string
	// Kind is "=", "+=", "++", "property" (x[k] = v), "method" (push, set, add, delete, …), "delete".
	Kind string
	// Method is the mutating method's name for Kind "method".
	Method string
	// Global tells that Target is declared at module scope in this module.
	Global   bool
	Where    Where
	Function string
	Span     source.Span
}

// Variable is declared at module scope.
type Variable struct {
	Name string
	// Kind is "const", "let", "var", "function", "class" or "import".
	Kind string
	// Init is what it starts as: a folded Value, and Maker the Callee of the call or new that made it ("Map", "pg.Pool").
	Init  Value
	Maker string
	Span  source.Span
}

// Loop is one loop.
type Loop struct {
	// Depth counts enclosing loops of the same function, itself included.
	Depth int
	// Bound is the constant upper bound when there is one, else 0. Infinite tells of while(true) and for(;;).
	Bound    float64
	Infinite bool
	// Awaits tells that the body awaits.
	Awaits   bool
	Where    Where
	Function string
	Span     source.Span
}

// Comment is one comment with its marks.
type Comment struct {
	Text string
	Span source.Span
}
