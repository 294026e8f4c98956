/**
 * What an expression that makes a path comes to, as far as it can be known without running it.
 *
 * `path.join(__dirname, "routes", name)` in /app/index.js is known to begin with "/app/routes/". That is enough to pack all
 * modules it can mean, and, when the whole path is known, to see which files a package reads from its own folder.
 */
import { posix } from "node:path";
import ts from "typescript";

/** The text so far; `exact` when it is the whole of it. */
export interface Folded {
  text: string;
  exact: boolean;
}

export interface FoldContext {
  /** The module's path in the image. */
  file: string;
  /** What process.cwd() is when the app starts. */
  workdir: string;
  /** Variables that are declared once, with a value. */
  constants: Map<string, ts.Expression>;
  /** Names of the path module, and of its functions, in this file: an array's `join` is another thing. */
  pathNames: Set<string>;
}

const PATH_MODULE = /^(?:node:)?path(?:\/posix)?$/;

/** The names under which a file knows the path module or its functions, by import or by require. */
export function pathNamesOf(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const bind = (name: ts.BindingName | ts.ImportClause | undefined): void => {
    if (!name) return;
    if (ts.isIdentifier(name)) names.add(name.text);
    else if (ts.isObjectBindingPattern(name)) for (const element of name.elements) bind(element.name);
    else if (ts.isImportClause(name)) {
      if (name.name) names.add(name.name.text);
      const bindings = name.namedBindings;
      if (bindings && ts.isNamespaceImport(bindings)) names.add(bindings.name.text);
      else if (bindings) for (const element of bindings.elements) names.add(element.name.text);
    }
  };
  const isPath = (node: ts.Node | undefined): boolean =>
    !!node && ts.isStringLiteral(node) && PATH_MODULE.test(node.text);
  const requiresPath = (node: ts.Expression): boolean =>
    ts.isCallExpression(node) &&
    node.arguments.some((argument) => isPath(argument) || (ts.isCallExpression(argument) && requiresPath(argument)));
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && isPath(node.moduleSpecifier)) bind(node.importClause);
    else if (ts.isVariableDeclaration(node) && node.initializer && requiresPath(node.initializer)) bind(node.name);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

const MAX_DEPTH = 20;

const exact = (text: string): Folded => ({ text, exact: true });

/** Collects the variables of a file that are declared once and never assigned again. */
export function constantsOf(file: ts.SourceFile): Map<string, ts.Expression> {
  const found = new Map<string, ts.Expression>();
  const spoiled = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name)) {
      if (found.has(node.name.text) || !node.initializer) spoiled.add(node.name.text);
      else found.set(node.name.text, node.initializer);
    } else if (ts.isParameter(node) && ts.isIdentifier(node.name)) spoiled.add(node.name.text);
    else if (
      ts.isBinaryExpression(node) &&
      ts.isIdentifier(node.left) &&
      node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      node.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    ) {
      spoiled.add(node.left.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  for (const name of spoiled) found.delete(name);
  return found;
}

/** What is called: `path_1.join` of `(0, path_1.join)(…)`, as compilers write it. */
function calleeOf(call: ts.CallExpression): ts.Expression {
  let callee: ts.Expression = call.expression;
  if (ts.isParenthesizedExpression(callee)) callee = callee.expression;
  if (!ts.isBinaryExpression(callee) || callee.operatorToken.kind !== ts.SyntaxKind.CommaToken) return callee;
  return callee.right;
}

/** The name of a called function: `dirname` of `path.dirname(…)` and of `dirname(…)`. */
function calleeName(call: ts.CallExpression): string | undefined {
  const callee = calleeOf(call);
  if (ts.isIdentifier(callee)) return callee.text;
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : undefined;
}

/** Is this a call of the path module: `path.join`, `path_1.default.join`, `require("path").join` or an imported `join`? */
function isPathCall(call: ts.CallExpression, context: FoldContext): boolean {
  let object = calleeOf(call);
  while (ts.isPropertyAccessExpression(object)) object = object.expression;
  if (ts.isIdentifier(object)) return context.pathNames.has(object.text);
  const argument = ts.isCallExpression(object) ? object.arguments[0] : undefined;
  return !!argument && ts.isStringLiteral(argument) && PATH_MODULE.test(argument.text);
}

function concat(parts: (Folded | undefined)[]): Folded | undefined {
  let text = "";
  for (const part of parts) {
    if (!part) return { text, exact: false };
    text += part.text;
    if (!part.exact) return { text, exact: false };
  }
  return exact(text);
}

function join(name: string, parts: (Folded | undefined)[]): Folded | undefined {
  const first = parts[0];
  if (!first?.exact) return first;
  let path = first.text;
  for (const part of parts.slice(1)) {
    if (name === "resolve" && part?.text.startsWith("/")) path = "";
    const next = path === "" ? (part?.text ?? "") : `${path}/${part?.text ?? ""}`;
    if (!part?.exact) return { text: normalize(next), exact: false };
    path = next;
  }
  return exact(posix.normalize(path));
}

/** Like path.normalize, for a beginning of a path: a "/" at the end stays. */
function normalize(prefix: string): string {
  return prefix.startsWith("/") || prefix.startsWith(".") ? posix.normalize(prefix) : prefix;
}

function foldCall(call: ts.CallExpression, context: FoldContext, depth: number): Folded | undefined {
  const name = calleeName(call);
  const fold1 = (i: number): Folded | undefined => {
    const argument = call.arguments[i];
    return argument && fold(argument, context, depth + 1);
  };
  switch (name) {
    case "join":
    case "resolve":
      if (!isPathCall(call, context)) return undefined;
      return call.arguments.length > 0
        ? join(
            name,
            call.arguments.map((_, i) => fold1(i)),
          )
        : undefined;
    case "normalize":
    case "String":
    case "realpathSync":
    case "pathToFileURL":
      return fold1(0);
    case "fileURLToPath": {
      const url = fold1(0);
      return url && { ...url, text: url.text.replace(/^file:\/\//, "") };
    }
    case "cwd":
      return call.expression.getText() === "process.cwd" ? exact(context.workdir) : undefined;
    case "dirname": {
      const path = fold1(0);
      return path?.exact ? exact(posix.dirname(path.text)) : undefined;
    }
    case "toString":
      return ts.isPropertyAccessExpression(call.expression)
        ? fold(call.expression.expression, context, depth + 1)
        : undefined;
    default:
      return undefined;
  }
}

function foldUrl(node: ts.NewExpression, context: FoldContext, depth: number): Folded | undefined {
  if (!ts.isIdentifier(node.expression) || node.expression.text !== "URL") return undefined;
  const [first, second] = node.arguments ?? [];
  const path = first && fold(first, context, depth + 1);
  const base = second && fold(second, context, depth + 1);
  if (!path || !base?.exact || !base.text.startsWith("file://")) return undefined;
  const directory = posix.dirname(base.text.slice("file://".length));
  return { text: `file://${posix.join(directory, path.text)}`, exact: path.exact };
}

function foldProperty(node: ts.PropertyAccessExpression, context: FoldContext, depth: number): Folded | undefined {
  const name = node.name.text;
  if (ts.isMetaProperty(node.expression)) {
    if (name === "url") return exact(`file://${context.file}`);
    if (name === "dirname") return exact(posix.dirname(context.file));
    return name === "filename" ? exact(context.file) : undefined;
  }
  if (name !== "href" && name !== "pathname") return undefined;
  const url = fold(node.expression, context, depth + 1);
  return url && name === "pathname" ? { ...url, text: url.text.replace(/^file:\/\//, "") } : url;
}

const OR = new Set([ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken]);

/** One of two: what their texts have in common at the beginning. */
function either(a: ts.Expression, b: ts.Expression, context: FoldContext, depth: number): Folded | undefined {
  const [first, second] = [fold(a, context, depth + 1), fold(b, context, depth + 1)];
  if (!first || !second) return undefined;
  let length = 0;
  while (length < first.text.length && first.text[length] === second.text[length]) length++;
  return { text: first.text.slice(0, length), exact: first.exact && second.exact && first.text === second.text };
}

/** Folds an expression; undefined when nothing is known of it. */
export function fold(node: ts.Expression, context: FoldContext, depth = 0): Folded | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (ts.isStringLiteralLike(node)) return exact(node.text);
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node)) {
    return fold(node.expression, context, depth + 1);
  }
  if (ts.isIdentifier(node)) {
    const constant = context.constants.get(node.text);
    if (constant) return fold(constant, context, depth + 1);
    if (node.text === "__dirname") return exact(posix.dirname(context.file));
    return node.text === "__filename" ? exact(context.file) : undefined;
  }
  if (ts.isTemplateExpression(node)) {
    const parts: (Folded | undefined)[] = [exact(node.head.text)];
    for (const span of node.templateSpans)
      parts.push(fold(span.expression, context, depth + 1), exact(span.literal.text));
    return concat(parts);
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return concat([fold(node.left, context, depth + 1), fold(node.right, context, depth + 1)]);
  }
  if (ts.isConditionalExpression(node)) return either(node.whenTrue, node.whenFalse, context, depth);
  if (ts.isBinaryExpression(node) && OR.has(node.operatorToken.kind))
    return either(node.left, node.right, context, depth);
  if (ts.isCallExpression(node)) return foldCall(node, context, depth);
  if (ts.isNewExpression(node)) return foldUrl(node, context, depth);
  return ts.isPropertyAccessExpression(node) ? foldProperty(node, context, depth) : undefined;
}
