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
  /** Variables that are declared once, with a value. */
  constants: Map<string, ts.Expression>;
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

/** The name of a called function: `join` of `path.join(…)` and of `join(…)`. */
function calleeName(call: ts.CallExpression): string | undefined {
  if (ts.isIdentifier(call.expression)) return call.expression.text;
  if (ts.isPropertyAccessExpression(call.expression)) return call.expression.name.text;
  return undefined;
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
      return call.arguments.length > 0 ? join(name, call.arguments.map((_, i) => fold1(i))) : undefined;
    case "normalize":
    case "String":
    case "realpathSync":
    case "pathToFileURL":
      return fold1(0);
    case "fileURLToPath": {
      const url = fold1(0);
      return url && { ...url, text: url.text.replace(/^file:\/\//, "") };
    }
    case "dirname": {
      const path = fold1(0);
      return path?.exact ? exact(posix.dirname(path.text)) : undefined;
    }
    case "toString":
      return ts.isPropertyAccessExpression(call.expression) ? fold(call.expression.expression, context, depth + 1) : undefined;
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
    for (const span of node.templateSpans) parts.push(fold(span.expression, context, depth + 1), exact(span.literal.text));
    return concat(parts);
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return concat([fold(node.left, context, depth + 1), fold(node.right, context, depth + 1)]);
  }
  if (ts.isCallExpression(node)) return foldCall(node, context, depth);
  if (ts.isNewExpression(node)) return foldUrl(node, context, depth);
  return ts.isPropertyAccessExpression(node) ? foldProperty(node, context, depth) : undefined;
}
