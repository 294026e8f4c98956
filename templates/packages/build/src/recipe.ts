/** build.json: the recipe that makes an image's files. docs/output.md of dock2edge describes it. */
import { readFileSync } from "node:fs";

/** Takes files from the service's sources, or from an earlier stage, into the image: Dockerfile's COPY. */
export interface CopyStep {
  kind: "copy";
  sources: string[];
  /** The earlier stage, when the files do not come from the service's own sources. */
  from?: string;
  to: string;
  exclude: string[];
  line?: number;
}

/** Runs a shell command in the image: Dockerfile's RUN. */
export interface RunStep {
  kind: "run";
  command: string;
  cwd: string;
  env: Record<string, string>;
  line?: number;
}

/** Puts a text into a file of the image. */
export interface WriteStep {
  kind: "write";
  text: string;
  to: string;
  line?: number;
}

export type Step = CopyStep | RunStep | WriteStep;

export interface Stage {
  name: string;
  /** A base image, or the name of an earlier stage. */
  from: string;
  workdir: string;
  env: Record<string, string>;
  steps: Step[];
  /** .dockerignore patterns. */
  exclude: string[];
}

/** What is packed when the image runs a Node.js program. */
export interface NodeTarget {
  workdir: string;
  entry: string;
  preload: string[];
  /** Globs over image paths: modules that are only reached by names computed at run time. */
  registry: string[];
  tsconfig?: string;
  /** Globs over image paths: files of packages that are read at run time. */
  keep: string[];
  /** Bundle the stand-in for `new Function` even when no packed file seems to need it. */
  codeGeneration: boolean;
}

export interface Recipe {
  stages: Stage[];
  overlays: CopyStep[];
  node?: NodeTarget;
  static?: { root: string };
  /** Folders of the image whose files a protocol server reads. */
  server?: { folders: string[] };
}

/** build.json does not say what it should. */
export class RecipeError extends Error {}

type Json = Record<string, unknown>;

/** Reads values out of parsed JSON, and says where the one is that is wrong. */
class Reader {
  readonly #value: unknown;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#value = value;
    this.#path = path;
  }

  fail(expected: string): never {
    const shown = this.#value === undefined ? "nothing" : JSON.stringify(this.#value);
    throw new RecipeError(`${this.#path}: expected ${expected}, found ${shown}`);
  }

  get exists(): boolean {
    return this.#value !== undefined;
  }

  object(known: string[]): (key: string) => Reader {
    if (typeof this.#value !== "object" || this.#value === null || Array.isArray(this.#value)) this.fail("an object");
    const object = this.#value as Json;
    for (const key of Object.keys(object)) {
      if (!known.includes(key)) {
        throw new RecipeError(`${this.#path}: unknown key ${JSON.stringify(key)}; known are ${known.join(", ")}`);
      }
    }
    return (key) => new Reader(object[key], `${this.#path}.${key}`);
  }

  list(): Reader[] {
    if (this.#value === undefined) return [];
    if (!Array.isArray(this.#value)) this.fail("a list");
    return (this.#value as unknown[]).map((item, i) => new Reader(item, `${this.#path}[${i}]`));
  }

  string(): string {
    if (typeof this.#value !== "string") this.fail("a string");
    return this.#value as string;
  }

  imagePath(): string {
    const path = this.string();
    if (!path.startsWith("/")) this.fail("an absolute path in the image");
    return path;
  }

  strings(): string[] {
    return this.list().map((item) => item.string());
  }

  boolean(): boolean {
    if (this.#value !== undefined && typeof this.#value !== "boolean") this.fail("true or false");
    return this.#value === true;
  }

  line(): { line?: number } {
    if (this.#value === undefined) return {};
    if (typeof this.#value !== "number") this.fail("a line number");
    return { line: this.#value as number };
  }

  environment(): Record<string, string> {
    if (this.#value === undefined) return {};
    if (typeof this.#value !== "object" || this.#value === null) this.fail("an object of strings");
    for (const value of Object.values(this.#value as Json))
      if (typeof value !== "string") this.fail("an object of strings");
    return this.#value as Record<string, string>;
  }
}

function readStep(reader: Reader): Step {
  const get = reader.object(["copy", "copyFrom", "to", "exclude", "run", "cwd", "env", "write", "line"]);
  const line = get("line").line();
  if (get("run").exists) {
    return {
      kind: "run",
      command: get("run").string(),
      cwd: get("cwd").imagePath(),
      env: get("env").environment(),
      ...line,
    };
  }
  if (get("write").exists) return { kind: "write", text: get("write").string(), to: get("to").imagePath(), ...line };
  if (!get("copy").exists) reader.fail('one of "copy", "run" and "write"');
  return {
    kind: "copy",
    sources: get("copy").strings(),
    ...(get("copyFrom").exists ? { from: get("copyFrom").string() } : {}),
    to: get("to").imagePath(),
    exclude: get("exclude").strings(),
    ...line,
  };
}

function readStage(reader: Reader, earlier: Set<string>): Stage {
  const get = reader.object(["name", "from", "workdir", "env", "steps", "exclude"]);
  const name = get("name").string();
  if (!/^[\w.-]+$/.test(name) || name.startsWith("."))
    get("name").fail("a stage name of letters, digits, '-', '_' and '.'");
  if (earlier.has(name)) get("name").fail("a name no earlier stage has");
  const steps = get("steps")
    .list()
    .map((item) => [item, readStep(item)] as const);
  for (const [item, step] of steps) {
    if (step.kind === "copy" && step.from !== undefined && !earlier.has(step.from)) {
      item.object(["copy", "copyFrom", "to", "exclude", "line"])("copyFrom").fail("the name of an earlier stage");
    }
  }
  earlier.add(name);
  return {
    name,
    from: get("from").string(),
    workdir: get("workdir").exists ? get("workdir").imagePath() : "/",
    env: get("env").environment(),
    steps: steps.map(([, step]) => step),
    exclude: get("exclude").strings(),
  };
}

function readNode(reader: Reader): NodeTarget {
  const get = reader.object(["workdir", "entry", "preload", "registry", "tsconfig", "keep", "codeGeneration"]);
  return {
    workdir: get("workdir").imagePath(),
    entry: get("entry").imagePath(),
    preload: get("preload").strings(),
    registry: get("registry").strings(),
    ...(get("tsconfig").exists ? { tsconfig: get("tsconfig").imagePath() } : {}),
    keep: get("keep").strings(),
    codeGeneration: get("codeGeneration").boolean(),
  };
}

/** Checks parsed JSON and turns it into a recipe. `name` stands in messages. */
export function parseRecipe(json: unknown, name = "build.json"): Recipe {
  const reader = new Reader(json, name);
  const get = reader.object(["version", "kind", "stages", "overlays", "node", "static", "server"]);
  if ((json as Json)["version"] !== 1) get("version").fail("1, the only version this tool knows");
  const kind = get("kind").string();
  if (kind !== "node" && kind !== "static" && kind !== "server") get("kind").fail('"node", "static" or "server"');
  const earlier = new Set<string>();
  const stages = get("stages")
    .list()
    .map((item) => readStage(item, earlier));
  if (stages.length === 0) get("stages").fail("at least one stage");
  const overlays = get("overlays")
    .list()
    .map((item) => {
      const step = readStep(item);
      return step.kind === "copy" && step.from === undefined ? step : item.fail('a "copy" of files of this folder');
    });
  if (kind === "static")
    return { stages, overlays, static: { root: get("static").object(["root"])("root").imagePath() } };
  if (kind === "server")
    return { stages, overlays, server: { folders: get("server").object(["folders"])("folders").strings() } };
  return { stages, overlays, node: readNode(get("node")) };
}

/** Reads build.json; undefined when the service has none, because it is a Worker of its own with nothing to assemble. */
export function readRecipe(file: string): Recipe | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return parseRecipe(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new RecipeError(`build.json: ${error.message}`);
    throw error;
  }
}
