// Package cst says what the nodes of a syntax tree are: their kinds and the roles they have in their parents. Every parser
// that makes trees for package syntax makes them of these.
package cst

// None is the index of no node.
const None int32 = -1

// Node is one node of a tree in file order, parents before children. Start and End are byte offsets; Parent, First (child) and
// Next (sibling) are indexes or None.
type Node struct {
	Kind                Kind
	Role                Role
	Start, End          uint32
	Parent, First, Next int32
}

// Extent is a stretch of text in byte offsets.
type Extent struct{ Start, End uint32 }

// Kind is what a node of the tree is. The grammars' own names are mapped to it once, so that JavaScript and TypeScript look alike.
type Kind uint8

// The kinds the package distinguishes. Other is descended into without being looked at.
const (
	Other Kind = iota
	Error
	Token // an operator or keyword that carries meaning; its text tells which
	Program
	Comment
	Identifier
	Property // a name after a dot or before a colon, private or not
	Shorthand
	ShorthandPattern
	Undefined
	This
	Super
	String
	Fragment
	Escape
	Template
	Substitution
	Number
	True
	False
	Null
	Regex
	Object
	Pair
	Spread
	Array
	Computed
	FunctionDecl // generators too
	Function
	Arrow
	Method
	ClassDecl
	Class
	ClassBody
	StaticBlock
	Field
	Heritage
	Parameters
	Parameter
	TypeAnnotation
	AssignmentPattern
	ObjectPattern
	ArrayPattern
	RestPattern
	PairPattern
	Call
	New
	Arguments
	Member
	Subscript
	Assign
	Augmented
	Update
	Unary
	Binary
	Ternary
	Sequence
	Paren
	Await
	Yield
	Cast // x as T, x satisfies T, x!, <T>x
	ImportWord
	Meta
	Import
	ImportClause
	NamedImports
	ImportSpecifier
	NamespaceImport
	ImportRequire
	ImportAlias
	Export
	ExportClause
	ExportSpecifier
	NamespaceExport
	Lexical
	Var
	Declarator
	Block
	If
	For
	ForIn
	While
	Do
	SwitchBody
	Try
	Catch
	Return
	ExpressionStatement
	Enum
	EnumBody
	EnumAssignment
	Namespace
	Decorator
	Tag     // an opening JSX tag; its name is no use of a variable that a rule asks about
	Skipped // types and text: left out of the tree
)

// Kinds maps the grammars' names of named nodes.
func Kinds() map[string]Kind {
	return map[string]Kind{
		"ERROR": Error, "program": Program, "comment": Comment, "html_comment": Comment,
		"identifier": Identifier, "property_identifier": Property, "private_property_identifier": Property,
		"shorthand_property_identifier": Shorthand, "shorthand_property_identifier_pattern": ShorthandPattern,
		"undefined": Undefined, "this": This, "super": Super,
		"string": String, "string_fragment": Fragment, "escape_sequence": Escape,
		"template_string": Template, "template_substitution": Substitution, "number": Number,
		"true": True, "false": False, "null": Null, "regex": Regex,
		"object": Object, "pair": Pair, "spread_element": Spread, "array": Array, "computed_property_name": Computed,
		"function_declaration": FunctionDecl, "function_expression": Function, "generator_function": Function,
		"generator_function_declaration": FunctionDecl, "arrow_function": Arrow, "method_definition": Method,
		"class": Class, "class_declaration": ClassDecl, "abstract_class_declaration": ClassDecl, "class_body": ClassBody,
		"class_static_block": StaticBlock, "field_definition": Field, "public_field_definition": Field,
		"class_heritage": Heritage, "extends_clause": Heritage,
		"formal_parameters": Parameters, "required_parameter": Parameter, "optional_parameter": Parameter,
		"type_annotation": TypeAnnotation, "assignment_pattern": AssignmentPattern,
		"object_assignment_pattern": AssignmentPattern, "object_pattern": ObjectPattern, "array_pattern": ArrayPattern,
		"rest_pattern": RestPattern, "pair_pattern": PairPattern,
		"call_expression": Call, "new_expression": New, "arguments": Arguments,
		"member_expression": Member, "nested_identifier": Member, "subscript_expression": Subscript,
		"assignment_expression": Assign, "augmented_assignment_expression": Augmented, "update_expression": Update,
		"unary_expression": Unary, "binary_expression": Binary, "ternary_expression": Ternary,
		"sequence_expression": Sequence, "parenthesized_expression": Paren, "await_expression": Await,
		"yield_expression": Yield, "as_expression": Cast, "satisfies_expression": Cast, "non_null_expression": Cast,
		"type_assertion": Cast, "instantiation_expression": Cast,
		"import": ImportWord, "meta_property": Meta, "import_statement": Import, "import_clause": ImportClause,
		"named_imports": NamedImports, "import_specifier": ImportSpecifier, "namespace_import": NamespaceImport,
		"import_require_clause": ImportRequire, "import_alias": ImportAlias,
		"export_statement": Export, "export_clause": ExportClause, "export_specifier": ExportSpecifier,
		"namespace_export":    NamespaceExport,
		"lexical_declaration": Lexical, "using_declaration": Lexical, "variable_declaration": Var,
		"variable_declarator": Declarator, "statement_block": Block, "if_statement": If, "for_statement": For,
		"for_in_statement": ForIn, "while_statement": While, "do_statement": Do, "switch_body": SwitchBody,
		"try_statement": Try, "catch_clause": Catch, "return_statement": Return,
		"expression_statement": ExpressionStatement,
		"enum_declaration":     Enum, "enum_body": EnumBody, "enum_assignment": EnumAssignment,
		"internal_module": Namespace, "module": Namespace, "decorator": Decorator,
		"jsx_opening_element": Tag, "jsx_self_closing_element": Tag, "jsx_closing_element": Skipped, "jsx_text": Skipped, "jsx_namespace_name": Skipped,
		"html_character_reference": Skipped, "hash_bang_line": Skipped, "import_attribute": Skipped,
		"regex_pattern": Skipped, "regex_flags": Skipped, "optional_chain": Skipped, "empty_statement": Skipped,
		"statement_identifier": Skipped, "type_identifier": Identifier,

		"abstract_method_signature": Skipped, "accessibility_modifier": Token, "ambient_declaration": Skipped,
		"array_type": Skipped, "asserts_annotation": Skipped, "asserts": Skipped, "call_signature": Skipped,
		"conditional_type": Skipped, "constraint": Skipped, "construct_signature": Skipped, "constructor_type": Skipped,
		"default_type": Skipped, "existential_type": Skipped, "extends_type_clause": Skipped, "flow_maybe_type": Skipped,
		"function_signature": Skipped, "function_type": Skipped, "generic_type": Skipped, "implements_clause": Skipped,
		"index_signature": Skipped, "index_type_query": Skipped, "infer_type": Skipped, "interface_declaration": Skipped,
		"intersection_type": Skipped, "literal_type": Skipped, "lookup_type": Skipped, "method_signature": Skipped,
		"nested_type_identifier": Skipped, "object_type": Skipped, "optional_type": Skipped, "override_modifier": Skipped,
		"parenthesized_type": Skipped, "predefined_type": Skipped, "property_signature": Skipped,
		"readonly_type": Skipped, "rest_type": Skipped, "template_literal_type": Skipped, "this_type": Skipped,
		"tuple_type": Skipped, "type_alias_declaration": Skipped, "type_arguments": Skipped, "type_parameters": Skipped,
		"type_predicate": Skipped, "type_predicate_annotation": Skipped, "type_query": Skipped, "union_type": Skipped,
	}
}

// KeptTokens are the unnamed tokens that carry meaning.
func KeptTokens() []string {
	return []string{
		"+", "-", "*", "/", "%", "**", "|", "&", "^", "<<", ">>", ">>>", "&&", "||", "??", "==", "!=", "===", "!==",
		"<", ">", "<=", ">=", "=", "+=", "-=", "*=", "/=", "%=", "**=", "|=", "&=", "^=", "<<=", ">>=", ">>>=",
		"&&=", "||=", "??=", "++", "--", "!", "~", "typeof", "void", "delete", "in", "of", "instanceof",
		"const", "let", "var", "static", "async", "type", "default", "await", "get", "set", "readonly",
	}
}

// Role is the role a node has in its parent.
type Role uint8

// The roles the package asks for.
const (
	NoRole Role = iota
	AsName
	AsAlias
	AsSource
	AsValue
	AsLeft
	AsRight
	AsOperator
	AsFunction
	AsConstructor
	AsArguments
	AsObject
	AsProperty
	AsIndex
	AsBody
	AsParameter
	AsParameters
	AsKey
	AsKind
	AsCondition
	AsConsequence
	AsAlternative
	AsArgument
	AsDeclaration
	AsPattern
	AsType
	AsInitializer
	AsIncrement
	AsDecorator
	AsHandler
)

func Roles() map[string]Role {
	return map[string]Role{
		"name": AsName, "alias": AsAlias, "source": AsSource, "value": AsValue, "left": AsLeft, "right": AsRight,
		"operator": AsOperator, "function": AsFunction, "constructor": AsConstructor, "arguments": AsArguments,
		"object": AsObject, "property": AsProperty, "index": AsIndex, "body": AsBody, "parameter": AsParameter,
		"parameters": AsParameters, "key": AsKey, "kind": AsKind, "condition": AsCondition, "consequence": AsConsequence,
		"alternative": AsAlternative, "argument": AsArgument, "declaration": AsDeclaration, "pattern": AsPattern,
		"type": AsType, "initializer": AsInitializer, "increment": AsIncrement, "decorator": AsDecorator, "handler": AsHandler,
	}
}

// Leaf tells that a node's children say nothing its text does not.
func (k Kind) Leaf() bool {
	switch k {
	case Token, Comment, Identifier, Property, Shorthand, ShorthandPattern, Undefined, This, Super, Fragment, Escape,
		Number, True, False, Null, Regex, TypeAnnotation, ImportWord, Meta:
		return true
	}
	return false
}
