/**
 * Packs the app: every module the entry reaches becomes part of dist/app.cjs, a function that can be called again for each
 * instance of the app. docs/output.md of dock2edge says what that function sees.
 */
import {
  build,
  type BuildFailure,
  type BuildOptions,
  type Message,
  type Metafile,
  type Plugin,
  type PluginBuild,
} from "esbuild";
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { basename, dirname, join, posix, relative, sep } from "node:path";
import type { NodeTarget } from "../recipe.ts";
import { matcher } from "../image/patterns.ts";
import { decoratorOptions, type DecoratorOptions, transpile } from "./decorators.ts";
import {
  findEntry,
  folderSize,
  listModules,
  loaderOf,
  MODULE_FILE,
  type ModuleLoader,
  neighbours,
  SCRIPT_EXTENSIONS,
  TYPESCRIPT_EXTENSIONS,
} from "./listing.ts";
import { findMends, LOADED_BY_OPTION, loadedByName, loadedByPath, readAtRunTime } from "./overrides.ts";
import { computedNames, missingModules, reachable, sortWarnings, type Warning } from "./warnings.ts";
import { type Package, Packages } from "./packages.ts";
import { inlineWasm } from "./wasm.ts";
import { definitions, INSIDE, OWN_MODULES, REGISTERED, RESOLVED, rewrite, STARTS_PROGRAMS } from "./rewrite.ts";

/** The packed app. */
export interface Packed {
  code: string;
  /** Source map whose sources are image paths. */
  map: string;
  /** How many modules are in it. */
  modules: number;
  warnings: Warning[];
  /** Image paths of packed files that compile code at run time. */
  codeGeneration: string[];
  /** Whether the app asks for SQLite. */
  sqlite: boolean;
  /** Names of packed packages whose native part is left out. */
  native: string[];
  /** WebAssembly that packed modules import or compile, by image path. */
  wasm: Map<string, Uint8Array>;
  /** Image paths of files that packed packages read, and that are no modules. */
  reads: string[];
}

/** The app cannot be packed. */
export class PackError extends Error {}

const PARAMETERS =
  "require, module, exports, process, global, fetch, navigator, setTimeout, setInterval, setImmediate, clearTimeout, " +
  "clearInterval, clearImmediate, console, Function";

/** Files that bundlers let code import as text; in Node only a TypeScript loader or a bundler could have done so. */
const TEXT_FILES = [".txt", ".html", ".md", ".sql", ".graphql", ".gql", ".css"];
/** Modules that teach Node to run TypeScript: here esbuild has already done so. */
const TYPESCRIPT_HOOK =
  /^(?:ts-node|tsx|esbuild-register|@swc-node\/register|@swc\/register|@babel\/register|sucrase|tsconfig-paths)(?:\/|$)/;
const CODE_GENERATION =
  /\bnew Function\s*\(|(?<![.\w$])Function\s*(?:\.(?:apply|call)\s*)?\((?!\s*(["'])return this\1\s*\))|(?<![.\w$])eval\s*\(/;
/** What the packed app asks its host for: modules by name, and SQLite in place of compiled parts of packages. */
const SQLITE = "dock2edge:sqlite";
const HOST_MODULES = new Set(["dock2edge:modules", SQLITE]);
const READS_FILES = /\b(?:readFile|readFileSync|createReadStream|sendFile)\b/;
const USES_VM = /\bvm\b[^]*\b(?:runIn(?:New|This)?Context|compileFunction|createContext|new\s+[\w$.]*Script\s*\()/;
const SKIP = Symbol("resolve without this plugin");
/** Package folders that hold what a package reads are kept whole up to this size, in bytes. */
const MAX_READ_FOLDER = 8 << 20;

const adapters = join(import.meta.dirname, "../../adapters") + sep;
const insideFile = join(import.meta.dirname, "inside/modules.cjs");
const ownRequire = createRequire(import.meta.url);

interface Attempt {
  /** ES modules that wait at their top level only exist in the format "esm". */
  format: "cjs" | "esm";
  /** Modules of packages, or registered ones, that cannot be parsed: loading them fails, as it does in Node. */
  broken: Map<string, string>;
  /** Modules that can only be imported, not required: they wait at their top level. */
  asyncOnly: Set<string>;
  /** Modules that a program beside the app may start with or load; undefined where nothing starts one. */
  programs: string[] | undefined;
}

/** One app being packed. */
class Packer {
  readonly #root: string;
  readonly #node: NodeTarget;
  readonly #packages: Packages;
  readonly #decorators: DecoratorOptions | undefined;
  readonly #entry: string;
  readonly #attempt: Attempt = { format: "cjs", broken: new Map(), asyncOnly: new Set(), programs: undefined };
  #ownModules: string[] | undefined;
  // What one attempt finds; a later attempt starts over.
  #missing: { importer: string; name: string }[] = [];
  #unknown: { file: string; line: number }[] = [];
  #codeGeneration = new Set<string>();
  #sqlite = false;
  #native = new Set<string>();
  #wasm = new Map<string, Uint8Array>();
  #reads = new Set<string>();
  #registered = new Map<string, string[]>();
  #resolved = new Map<string, Record<string, string | null>>();
  #used = new Map<string, Package>();
  #startsPrograms = false;

  constructor(root: string, node: NodeTarget) {
    this.#root = realpathSync(root);
    this.#node = node;
    this.#packages = new Packages(this.#root);
    const entry = findEntry(this.#toDisk(node.entry), this.#packages);
    if (!entry) {
      const around = neighbours(this.#toDisk(node.entry));
      throw new PackError(`the image has no ${node.entry}; in ${posix.dirname(node.entry)}: ${around}`);
    }
    this.#entry = entry;
    this.#decorators = decoratorOptions(this.#entry, node.tsconfig && this.#toDisk(node.tsconfig), this.#root);
  }

  async run(): Promise<Packed> {
    for (;;) {
      try {
        const packed = await this.#build();
        if (!this.#learnPrograms()) return packed;
      } catch (error) {
        const failure = error as BuildFailure;
        if (!Array.isArray(failure.errors) || !this.#learn(failure.errors)) throw this.#explain(failure);
      }
    }
  }

  #toDisk(imagePath: string): string {
    return join(this.#root, imagePath);
  }

  #toImage(file: string): string {
    return `/${relative(this.#root, file).split(sep).join("/")}`;
  }

  #isInside(file: string): boolean {
    return file === this.#root || file.startsWith(this.#root + sep);
  }

  // ---------------------------------------------------------------- attempts

  /** Changes the next attempt by what went wrong in this one; false when nothing can be done. */
  #learn(errors: Message[]): boolean {
    let learned = false;
    for (const error of errors) {
      const file = error.location && join(this.#root, error.location.file);
      if (/Top-level await/i.test(error.text) && this.#attempt.format === "cjs") {
        this.#attempt.format = "esm";
        return true;
      }
      const awaits = /imported file "([^"]+)" contains a top-level await/.exec(error.text)?.[1];
      const awaiting = awaits && this.#toImage(join(this.#root, awaits));
      if (awaiting && this.#isRegistered(awaiting)) {
        learned ||= !this.#attempt.asyncOnly.has(awaiting);
        this.#attempt.asyncOnly.add(awaiting);
        continue;
      }
      if (!file || !this.#isInside(file)) continue;
      const image = this.#toImage(file);
      if (this.#attempt.broken.has(image) || !(this.#packages.of(file) || this.#isRegistered(image))) continue;
      this.#attempt.broken.set(image, error.text);
      learned = true;
    }
    return learned;
  }

  /**
   * Where a module starts programs, everything registered has to be known before the entry runs, as such a program does not run
   * it. True when the attempt was made without knowing so.
   */
  #learnPrograms(): boolean {
    if (!this.#startsPrograms || this.#attempt.programs) return false;
    this.#attempt.programs = [...new Set([...this.#registered.values()].flat())].sort();
    return true;
  }

  #isRegistered(image: string): boolean {
    return [...this.#registered.values()].some((files) => files.includes(image));
  }

  #explain(failure: BuildFailure): Error {
    if (!Array.isArray(failure.errors)) return failure;
    const lines = failure.errors.slice(0, 10).map(({ text, location }) => {
      if (!location) return text;
      return `${this.#toImage(join(this.#root, location.file))}:${location.line}: ${text}`;
    });
    return new PackError(`the app cannot be packed:\n  ${lines.join("\n  ")}`);
  }

  async #build(): Promise<Packed> {
    this.#missing = [];
    this.#unknown = [];
    this.#sqlite = false;
    for (const found of [this.#codeGeneration, this.#native, this.#wasm, this.#reads, this.#registered, this.#used])
      found.clear();
    const result = await build(this.#options());
    const output = result.outputFiles!.find((file) => file.path.endsWith(".cjs"))!;
    const map = result.outputFiles!.find((file) => file.path.endsWith(".map"))!;
    for (const found of this.#used.values()) {
      const isMended = findMends(found.name, found.version).length > 0;
      if (this.#packages.isNative(found) && !isMended) this.#native.add(found.name);
    }
    return {
      code: output.text,
      map: this.#mapWithImagePaths(map.text),
      modules: Object.keys(result.metafile!.inputs).filter((name) => !/^(?:\.\.\/|[\w-]+:)/.test(name)).length,
      warnings: this.#warnings(result.metafile!),
      codeGeneration: [...this.#codeGeneration].sort(),
      sqlite: this.#sqlite,
      native: [...this.#native].sort(),
      wasm: this.#wasm,
      reads: [...this.#reads].sort(),
    };
  }

  #options(): BuildOptions & { metafile: true } {
    const isTypeScript = /\.[cm]?tsx?$/.test(this.#entry);
    const isAsync = this.#attempt.format === "esm";
    return {
      entryPoints: ["dock2edge:entry"],
      absWorkingDir: this.#root,
      bundle: true,
      write: false,
      metafile: true,
      format: this.#attempt.format,
      platform: "node",
      target: "es2023",
      outfile: join(this.#root, "app.cjs"),
      sourcemap: "linked",
      sourcesContent: false,
      keepNames: true,
      charset: "utf8",
      legalComments: "none",
      logLevel: "silent",
      logLimit: 0,
      // Exactly what Node looks at: no "module" field or condition, and no tree shaking by what packages say of themselves.
      mainFields: ["main"],
      conditions: ["node"],
      ignoreAnnotations: true,
      resolveExtensions: isTypeScript
        ? [...TYPESCRIPT_EXTENSIONS, ...SCRIPT_EXTENSIONS]
        : [...SCRIPT_EXTENSIONS, ...TYPESCRIPT_EXTENSIONS],
      // A tsconfig.json changes what import means for a TypeScript loader; Node running JavaScript does not look at it.
      ...(isTypeScript
        ? this.#node.tsconfig
          ? { tsconfig: this.#toDisk(this.#node.tsconfig) }
          : {}
        : { tsconfigRaw: {} }),
      // What import() is left with after packing goes through the factory's require.
      supported: { "dynamic-import": false },
      define: definitions,
      loader: Object.fromEntries(TEXT_FILES.map((extension) => [extension, "text" as const])),
      banner: { js: `module.exports = function (${PARAMETERS}) {${isAsync ? " return (async () => {" : ""}` },
      footer: { js: isAsync ? "})(); };" : "};" },
      plugins: [this.#plugin()],
    };
  }

  /** Errors then name the file the user knows from the container. */
  #mapWithImagePaths(text: string): string {
    const map = JSON.parse(text) as { sources: string[]; sourceRoot?: string };
    map.sources = map.sources.map((source) => {
      if (source.startsWith("dock2edge")) return source;
      const file = join(this.#root, source);
      return this.#isInside(file) ? this.#toImage(file) : `dock2edge:${basename(file)}`;
    });
    return JSON.stringify(map);
  }

  // ---------------------------------------------------------------- esbuild plugin

  #plugin(): Plugin {
    return {
      name: "image",
      setup: (build) => {
        this.#resolving(build);
        this.#virtualModules(build);
        build.onLoad({ filter: /.*/, namespace: "file" }, ({ path }) => this.#broken(path));
        build.onLoad({ filter: MODULE_FILE, namespace: "file" }, (args) => this.#load(build, args.path));
      },
    };
  }

  #resolving(build: PluginBuild): void {
    build.onResolve({ filter: /.*/ }, async (args) => {
      if (args.pluginData === SKIP) return undefined;
      if (args.path === "node:sqlite" || args.path === SQLITE) this.#sqlite = true;
      if (HOST_MODULES.has(args.path) || args.namespace === "builtin") return { path: args.path, external: true };
      if (args.path === INSIDE) return { path: insideFile };
      if (args.path.startsWith("dock2edge:")) return { path: args.path, namespace: "dock2edge" };
      if (isBuiltin(args.path)) {
        const isStatement = args.kind === "import-statement" || args.kind === "dynamic-import";
        if (this.#attempt.format === "esm" && isStatement) return { path: args.path, namespace: "builtin" };
        return { path: args.path, external: true };
      }
      const resolveDir = args.namespace === "dock2edge" ? this.#toDisk(this.#node.workdir) : args.resolveDir;
      const { kind, importer, namespace } = args;
      const found = await build.resolve(args.path, {
        kind: kind === "entry-point" ? "require-call" : kind,
        importer: namespace === "dock2edge" ? "" : importer,
        resolveDir,
        pluginData: SKIP,
      });
      const file = found.errors.length > 0 || found.external ? undefined : found.path;
      const place = this.#place(args.path, importer, file);
      // Where nothing is to be changed esbuild resolves by itself: only then it knows what package.json says of the module.
      return place.path === file && !place.namespace ? undefined : place;
    });
  }

  #place(name: string, importer: string, file: string | undefined): { path: string; namespace?: string } {
    // What lies outside the image is there by accident: the converted project's own packages.
    if (!file || (!this.#isInside(file) && !file.startsWith(adapters))) {
      this.#missing.push({ importer, name });
      return { path: name, namespace: "missing" };
    }
    const owner = this.#packages.of(file);
    if (owner) this.#used.set(owner.folder, owner);
    if (file.endsWith(".node")) {
      this.#native.add(owner?.name ?? this.#toImage(file));
      return { path: name, namespace: "missing" };
    }
    if (file.endsWith(".wasm")) {
      this.#wasm.set(this.#toImage(file), readFileSync(file));
      return { path: this.#toImage(file), namespace: "wasm" };
    }
    return { path: owner ? this.#override(file, owner) : file };
  }

  #override(file: string, owner: Package): string {
    const [mend] = findMends(owner.name, owner.version);
    switch (mend?.kind) {
      case "file":
        return file === join(owner.folder, mend.file) ? join(owner.folder, mend.use) : file;
      case "adapter":
        return MODULE_FILE.test(file) ? join(adapters, mend.adapter) : file;
      case "package":
        return ownRequire.resolve(mend.use);
      default:
        return file;
    }
  }

  #virtualModules(build: PluginBuild): void {
    build.onLoad({ filter: /.*/, namespace: "dock2edge" }, ({ path }) => ({
      contents: this.#virtual(path),
      resolveDir: this.#toDisk(this.#node.workdir),
    }));
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
    build.onLoad({ filter: /.*/, namespace: "wasm" }, ({ path }) => ({
      contents: `module.exports = require("dock2edge:modules").wasm[${JSON.stringify(path)}];`,
    }));
    build.onLoad({ filter: /.*/, namespace: "missing" }, ({ path }) => ({
      contents: `throw Object.assign(new Error(${JSON.stringify(`Cannot find module '${path}'`)}), { code: "MODULE_NOT_FOUND" });`,
    }));
  }

  #virtual(path: string): string {
    const quote = JSON.stringify;
    if (path === "dock2edge:entry") {
      const preload = this.#node.preload.filter((name) => !TYPESCRIPT_HOOK.test(name));
      const first = [
        "dock2edge:registry",
        ...preload.map((name) => (name.startsWith("/") ? this.#toDisk(name) : name)),
      ];
      const imports = first.map((id) => `import ${quote(id)};`).join("\n");
      if (!this.#attempt.programs) return `${imports}\nimport ${quote(this.#entry)};`;
      const load = this.#attempt.format === "esm" ? "await import" : "require";
      return `${imports}
        import inside from ${quote(INSIDE)};
        if (inside.requested) ${load === "require" ? "" : "await "}inside.start(); else ${load}(${quote(this.#entry)});`;
    }
    if (path === "dock2edge:registry") {
      const globs = this.#node.registry.map((glob) => matcher(glob));
      const named = this.#own().filter((file) => globs.some((matches) => matches(file)));
      const files = [...new Set([...named, ...(this.#attempt.programs ?? [])])];
      return this.#registrations(path, files) + this.#packagesLoadedByName();
    }
    if (path.startsWith(RESOLVED)) return `module.exports = ${quote(this.#resolved.get(path) ?? {})};`;
    if (path === OWN_MODULES) return this.#registrations(path, this.#node.registry.length > 0 ? [] : this.#own());
    return this.#registrations(path, this.#registered.get(path) ?? []);
  }

  #registrations(from: string, files: string[]): string {
    const quote = JSON.stringify;
    this.#registered.set(from, files);
    const lines = files.map((file) => {
      const isAsync = this.#attempt.asyncOnly.has(file);
      const isEsm = file.endsWith(".json")
        ? false
        : this.#packages.isEsm(this.#toDisk(file), readFileSync(this.#toDisk(file), "utf8"));
      return `inside.add(${quote(file)}, ${isEsm}, () => ${isAsync ? "import" : "require"}(${quote(this.#toDisk(file))}));`;
    });
    return `const inside = require(${quote(INSIDE)});\n${lines.join("\n")}\n`;
  }

  #packagesLoadedByName(): string {
    const { dependencies, optionalDependencies } = this.#packages.json(this.#toDisk(this.#node.workdir)) ?? {};
    const names = Object.keys({ ...dependencies, ...optionalDependencies }).sort();
    return names
      .filter(
        (name) =>
          (loadedByName.has(name) || LOADED_BY_OPTION.test(name)) &&
          existsSync(join(this.#toDisk(this.#node.workdir), "node_modules", name)),
      )
      .map((name) => `inside.addPackage(${JSON.stringify(name)}, () => require(${JSON.stringify(name)}));`)
      .join("\n");
  }

  // ---------------------------------------------------------------- modules

  #broken(path: string): { contents: string; loader: "js" } | undefined {
    const why = this.#attempt.broken.get(this.#toImage(path));
    return why === undefined ? undefined : { contents: `throw new SyntaxError(${JSON.stringify(why)});`, loader: "js" };
  }

  async #load(
    build: PluginBuild,
    path: string,
  ): Promise<{ contents: string; loader: ModuleLoader; resolveDir: string }> {
    let text = readFileSync(path, "utf8");
    let loader = loaderOf(path);
    const resolveDir = dirname(path);
    if (path === insideFile || path.startsWith(adapters) || !this.#isInside(path))
      return { contents: text, loader, resolveDir };
    const owner = this.#packages.of(path);
    text = this.#edit(path, text, owner);
    if (!owner && this.#decorators && loader !== "js" && /^\s*@\w/m.test(text)) {
      text = transpile(path, text, this.#decorators);
      loader = loader === "tsx" ? "jsx" : "js";
    }
    const file = this.#toImage(path);
    for (const [i, bytes] of inlineWasm(text).entries()) this.#wasm.set(`${file}#${i}`, bytes);
    if (STARTS_PROGRAMS.test(text)) this.#startsPrograms = true;
    const result = rewrite(text, {
      file,
      workdir: this.#node.workdir,
      isEntry: path === this.#entry,
      isOwn: !owner,
      isEsm: this.#packages.isEsm(path, text),
      loads: this.#loadsByPath(path, owner),
      toDisk: (imagePath) => this.#toDisk(imagePath),
      modulesFrom: (prefix) => this.#modulesFrom(prefix),
    });
    if (CODE_GENERATION.test(result.code) || USES_VM.test(text)) this.#codeGeneration.add(file);
    if (result.registered.length > 0) this.#registered.set(REGISTERED + file, result.registered);
    if (/\b__image_resolved\b/.test(result.code))
      this.#resolved.set(RESOLVED + file, await this.#resolve(build, path, result.resolved, READS_FILES.test(text)));
    if (owner) for (const place of result.paths) this.#read(place, owner, READS_FILES.test(text));
    else this.#unknown.push(...result.unknown.map((line) => ({ file, line })));
    return { contents: result.code, loader, resolveDir };
  }

  /** Image paths of the modules that a package's module is known to load. */
  #loadsByPath(path: string, owner: Package | undefined): string[] {
    if (!owner) return [];
    const names = loadedByPath[owner.name]?.[relative(owner.folder, path).split(sep).join("/")] ?? [];
    return names
      .map((name) => join(owner.folder, name))
      .filter(existsSync)
      .map((file) => this.#toImage(file));
  }

  /** What names come to in require.resolve: an image path, whose file the app may read; null where there is nothing. */
  async #resolve(
    build: PluginBuild,
    importer: string,
    names: string[],
    reads: boolean,
  ): Promise<Record<string, string | null>> {
    const table: Record<string, string | null> = {};
    for (const name of names) {
      const options = { kind: "require-resolve", importer, resolveDir: dirname(importer), pluginData: SKIP } as const;
      const found = isBuiltin(name) ? undefined : await build.resolve(name, options);
      const file = found && found.errors.length === 0 && this.#isInside(found.path) ? found.path : undefined;
      if (file && (reads || !MODULE_FILE.test(file))) this.#reads.add(this.#toImage(file));
      table[name] = file ? this.#toImage(file) : isBuiltin(name) ? name : null;
    }
    return table;
  }

  #edit(path: string, text: string, owner: Package | undefined): string {
    if (!owner) return text;
    for (const glob of readAtRunTime[owner.name] ?? []) {
      const image = `${this.#toImage(owner.folder)}/${glob}`;
      this.#reads.add(image);
      const bytes = glob.endsWith(".wasm") && existsSync(this.#toDisk(image)) && readFileSync(this.#toDisk(image));
      if (bytes) this.#wasm.set(image, bytes);
    }
    for (const mend of findMends(owner.name, owner.version)) {
      if (mend.kind === "edit" && path === join(owner.folder, mend.file)) text = text.replace(mend.find, mend.replace);
    }
    return text;
  }

  /**
   * A package made this path from its own place: a file that is no module, or a folder of them, is kept for it to read. Where the
   * making module reads files, it may be one that is a module: the client that a WebSocket library serves to browsers.
   */
  #read(imagePath: string, owner: Package, reads: boolean): void {
    const path = this.#toDisk(imagePath);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats || !path.startsWith(owner.folder + sep)) return;
    if (stats.isFile() && path.endsWith(".wasm")) this.#wasm.set(imagePath, readFileSync(path));
    if (stats.isFile() && (reads || !MODULE_FILE.test(path)) && !path.endsWith(".node")) this.#reads.add(imagePath);
    if (stats.isDirectory() && basename(path) !== "node_modules" && folderSize(path) <= MAX_READ_FOLDER)
      this.#reads.add(`${imagePath}/**`);
  }

  /** The app's own modules, as image paths. */
  #own(): string[] {
    return (this.#ownModules ??= this.#list(this.#toDisk(this.#node.workdir)));
  }

  #modulesFrom(prefix: string): string[] {
    const folder = prefix.endsWith("/") ? prefix.slice(0, -1) : dirname(prefix);
    // Any package at all: the ones that are meant are known by their names.
    if (/\/node_modules(?:\/@[^/]+)?$/.test(folder)) return [];
    const path = this.#toDisk(folder);
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
    return this.#list(path).filter((file) => file.startsWith(prefix));
  }

  #list(folder: string): string[] {
    return listModules(folder).map((path) => this.#toImage(path));
  }

  // ---------------------------------------------------------------- warnings

  #warnings(metafile: Metafile): Warning[] {
    const reached = reachable(metafile, this.#toImage(this.#entry).slice(1));
    const missing = this.#missing
      .map(({ importer, name }) => ({ file: this.#toImage(importer), path: importer, name }))
      .filter(({ file, path }) => reached.has(file) && !this.#packages.of(path));
    const unknown = this.#unknown.filter(({ file }) => reached.has(file));
    const broken = [...this.#attempt.broken].filter(
      // Of packages nobody wants to know, and a .json file that is none is a configuration with comments in it.
      ([file]) => !this.#packages.of(this.#toDisk(file)) && !file.endsWith(".json"),
    );
    return sortWarnings([
      ...missingModules(missing),
      ...computedNames(unknown, this.#node.registry.length > 0),
      ...broken.map(([file, why]) => ({ file, line: 1, message: `cannot be parsed, so loading it fails: ${why}` })),
    ]);
  }
}

/** Packs the app of an image whose files are below `root`. */
export function pack(root: string, node: NodeTarget): Promise<Packed> {
  return new Packer(root, node).run();
}
