package syntax

// kind is what a node of the tree is. The grammars' own names are mapped to it once, so that JavaScript and TypeScript look alike.
type kind uint8

// The kinds the package distinguishes. kOther is descended into without being looked at.
const (
	kOther kind = iota
	kError
	kToken // an operator or keyword that carries meaning; its text tells which
	kProgram
	kComment
	kIdentifier
	kProperty // a name after a dot or before a colon, private or not
	kShorthand
	kShorthandPattern
	kUndefined
	kThis
	kSuper
	kString
	kFragment
	kEscape
	kTemplate
	kSubstitution
	kNumber
	kTrue
	kFalse
	kNull
	kRegex
	kObject
	kPair
	kSpread
	kArray
	kComputed
	kFunctionDecl // generators too
	kFunction
	kArrow
	kMethod
	kClassDecl
	kClass
	kClassBody
	kStaticBlock
	kField
	kHeritage
	kParameters
	kParameter
	kTypeAnnotation
	kAssignmentPattern
	kObjectPattern
	kArrayPattern
	kRestPattern
	kPairPattern
	kCall
	kNew
	kArguments
	kMember
	kSubscript
	kAssign
	kAugmented
	kUpdate
	kUnary
	kBinary
	kTernary
	kSequence
	kParen
	kAwait
	kYield
	kCast // x as T, x satisfies T, x!, <T>x
	kImportWord
	kMeta
	kImport
	kImportClause
	kNamedImports
	kImportSpecifier
	kNamespaceImport
	kImportRequire
	kImportAlias
	kExport
	kExportClause
	kExportSpecifier
	kNamespaceExport
	kLexical
	kVar
	kDeclarator
	kBlock
	kIf
	kFor
	kForIn
	kWhile
	kDo
	kSwitchBody
	kTry
	kCatch
	kReturn
	kExpressionStatement
	kEnum
	kEnumBody
	kEnumAssignment
	kNamespace
	kDecorator
	kTag     // an opening JSX tag; its name is no use of a variable that a rule asks about
	kSkipped // types and text: left out of the tree
)

// grammarKinds maps the grammars' names of named nodes.
func grammarKinds() map[string]kind {
	return map[string]kind{
		"ERROR": kError, "program": kProgram, "comment": kComment, "html_comment": kComment,
		"identifier": kIdentifier, "property_identifier": kProperty, "private_property_identifier": kProperty,
		"shorthand_property_identifier": kShorthand, "shorthand_property_identifier_pattern": kShorthandPattern,
		"undefined": kUndefined, "this": kThis, "super": kSuper,
		"string": kString, "string_fragment": kFragment, "escape_sequence": kEscape,
		"template_string": kTemplate, "template_substitution": kSubstitution, "number": kNumber,
		"true": kTrue, "false": kFalse, "null": kNull, "regex": kRegex,
		"object": kObject, "pair": kPair, "spread_element": kSpread, "array": kArray, "computed_property_name": kComputed,
		"function_declaration": kFunctionDecl, "function_expression": kFunction, "generator_function": kFunction,
		"generator_function_declaration": kFunctionDecl, "arrow_function": kArrow, "method_definition": kMethod,
		"class": kClass, "class_declaration": kClassDecl, "abstract_class_declaration": kClassDecl, "class_body": kClassBody,
		"class_static_block": kStaticBlock, "field_definition": kField, "public_field_definition": kField,
		"class_heritage": kHeritage, "extends_clause": kHeritage,
		"formal_parameters": kParameters, "required_parameter": kParameter, "optional_parameter": kParameter,
		"type_annotation": kTypeAnnotation, "assignment_pattern": kAssignmentPattern,
		"object_assignment_pattern": kAssignmentPattern, "object_pattern": kObjectPattern, "array_pattern": kArrayPattern,
		"rest_pattern": kRestPattern, "pair_pattern": kPairPattern,
		"call_expression": kCall, "new_expression": kNew, "arguments": kArguments,
		"member_expression": kMember, "nested_identifier": kMember, "subscript_expression": kSubscript,
		"assignment_expression": kAssign, "augmented_assignment_expression": kAugmented, "update_expression": kUpdate,
		"unary_expression": kUnary, "binary_expression": kBinary, "ternary_expression": kTernary,
		"sequence_expression": kSequence, "parenthesized_expression": kParen, "await_expression": kAwait,
		"yield_expression": kYield, "as_expression": kCast, "satisfies_expression": kCast, "non_null_expression": kCast,
		"type_assertion": kCast, "instantiation_expression": kCast,
		"import": kImportWord, "meta_property": kMeta, "import_statement": kImport, "import_clause": kImportClause,
		"named_imports": kNamedImports, "import_specifier": kImportSpecifier, "namespace_import": kNamespaceImport,
		"import_require_clause": kImportRequire, "import_alias": kImportAlias,
		"export_statement": kExport, "export_clause": kExportClause, "export_specifier": kExportSpecifier,
		"namespace_export":    kNamespaceExport,
		"lexical_declaration": kLexical, "using_declaration": kLexical, "variable_declaration": kVar,
		"variable_declarator": kDeclarator, "statement_block": kBlock, "if_statement": kIf, "for_statement": kFor,
		"for_in_statement": kForIn, "while_statement": kWhile, "do_statement": kDo, "switch_body": kSwitchBody,
		"try_statement": kTry, "catch_clause": kCatch, "return_statement": kReturn,
		"expression_statement": kExpressionStatement,
		"enum_declaration":     kEnum, "enum_body": kEnumBody, "enum_assignment": kEnumAssignment,
		"internal_module": kNamespace, "module": kNamespace, "decorator": kDecorator,
		"jsx_opening_element": kTag, "jsx_self_closing_element": kTag, "jsx_closing_element": kSkipped, "jsx_text": kSkipped, "jsx_namespace_name": kSkipped,
		"html_character_reference": kSkipped, "hash_bang_line": kSkipped, "import_attribute": kSkipped,
		"regex_pattern": kSkipped, "regex_flags": kSkipped, "optional_chain": kSkipped, "empty_statement": kSkipped,
		"statement_identifier": kSkipped, "type_identifier": kIdentifier,

		"abstract_method_signature": kSkipped, "accessibility_modifier": kToken, "ambient_declaration": kSkipped,
		"array_type": kSkipped, "asserts_annotation": kSkipped, "asserts": kSkipped, "call_signature": kSkipped,
		"conditional_type": kSkipped, "constraint": kSkipped, "construct_signature": kSkipped, "constructor_type": kSkipped,
		"default_type": kSkipped, "existential_type": kSkipped, "extends_type_clause": kSkipped, "flow_maybe_type": kSkipped,
		"function_signature": kSkipped, "function_type": kSkipped, "generic_type": kSkipped, "implements_clause": kSkipped,
		"index_signature": kSkipped, "index_type_query": kSkipped, "infer_type": kSkipped, "interface_declaration": kSkipped,
		"intersection_type": kSkipped, "literal_type": kSkipped, "lookup_type": kSkipped, "method_signature": kSkipped,
		"nested_type_identifier": kSkipped, "object_type": kSkipped, "optional_type": kSkipped, "override_modifier": kSkipped,
		"parenthesized_type": kSkipped, "predefined_type": kSkipped, "property_signature": kSkipped,
		"readonly_type": kSkipped, "rest_type": kSkipped, "template_literal_type": kSkipped, "this_type": kSkipped,
		"tuple_type": kSkipped, "type_alias_declaration": kSkipped, "type_arguments": kSkipped, "type_parameters": kSkipped,
		"type_predicate": kSkipped, "type_predicate_annotation": kSkipped, "type_query": kSkipped, "union_type": kSkipped,
	}
}

// keptTokens are the unnamed tokens that carry meaning.
func keptTokens() []string {
	return []string{
		"+", "-", "*", "/", "%", "**", "|", "&", "^", "<<", ">>", ">>>", "&&", "||", "??", "==", "!=", "===", "!==",
		"<", ">", "<=", ">=", "=", "+=", "-=", "*=", "/=", "%=", "**=", "|=", "&=", "^=", "<<=", ">>=", ">>>=",
		"&&=", "||=", "??=", "++", "--", "!", "~", "typeof", "void", "delete", "in", "of", "instanceof",
		"const", "let", "var", "static", "async", "type", "default", "await", "get", "set", "readonly",
	}
}

// field is the role a node has in its parent.
type field uint8

// The roles the package asks for.
const (
	fNone field = iota
	fName
	fAlias
	fSource
	fValue
	fLeft
	fRight
	fOperator
	fFunction
	fConstructor
	fArguments
	fObject
	fProperty
	fIndex
	fBody
	fParameter
	fParameters
	fKey
	fKind
	fCondition
	fConsequence
	fAlternative
	fArgument
	fDeclaration
	fPattern
	fType
	fInitializer
	fIncrement
	fDecorator
	fHandler
)

func grammarFields() map[string]field {
	return map[string]field{
		"name": fName, "alias": fAlias, "source": fSource, "value": fValue, "left": fLeft, "right": fRight,
		"operator": fOperator, "function": fFunction, "constructor": fConstructor, "arguments": fArguments,
		"object": fObject, "property": fProperty, "index": fIndex, "body": fBody, "parameter": fParameter,
		"parameters": fParameters, "key": fKey, "kind": fKind, "condition": fCondition, "consequence": fConsequence,
		"alternative": fAlternative, "argument": fArgument, "declaration": fDeclaration, "pattern": fPattern,
		"type": fType, "initializer": fInitializer, "increment": fIncrement, "decorator": fDecorator, "handler": fHandler,
	}
}
