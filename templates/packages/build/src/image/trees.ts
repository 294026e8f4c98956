/**
 * The trees of image files that builds keep in `.build/`, by key. All services of a project share them: where several run
 * the same image, it is made once. Builds may run at the same time.
 *
 *   trees/<key>/root     a tree; nobody changes it once tree.json is there
 *   trees/<key>/tree.json  says that the tree is whole, and what was noted when it was made
 *   services/<name>.json   which trees a service needs; others are removed
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { cloneTree } from "./copy.ts";
import { locked, lockedIfFree } from "./lock.ts";

/** A tree, and what was done differently than the Dockerfile says when it was made. */
export interface Tree {
  root: string;
  notes: string[];
}

interface ServiceState {
  /** The service's folder, from the project's. */
  folder: string;
  trees: string[];
  /** The tree that is packed. */
  image: string;
}

/** The project that a service belongs to: the nearest folder above that is an npm workspace; without one, the service itself. */
function projectOf(folder: string): string {
  for (let at = dirname(folder); at !== dirname(at); at = dirname(at)) {
    const manifest = join(at, "package.json");
    if (!existsSync(manifest)) continue;
    try {
      const { workspaces } = JSON.parse(readFileSync(manifest, "utf8")) as { workspaces?: unknown };
      if (workspaces !== undefined) return at;
    } catch {
      // Not a package.json that npm can read: whatever it is, it is not the project.
    }
  }
  return folder;
}

/** A key as a file name. */
const short = (key: string): string => key.slice(0, 24);

export class Trees {
  readonly #project: string;
  readonly #service: string;
  readonly #work: string;

  /** `service` is the folder of the service that is built. */
  constructor(service: string) {
    this.#project = projectOf(service);
    this.#service = service;
    this.#work = join(this.#project, ".build");
  }

  /** A folder for programs of one build, which no other build uses. */
  tools(key: string): string {
    return join(this.#work, "trees", short(key), "bin");
  }

  /** Says which trees the build will need. It has to be said before any is looked for: what no service needs is removed. */
  claim(keys: string[], image: string): void {
    const state: ServiceState = {
      folder: relative(this.#project, this.#service).split(sep).join("/"),
      trees: keys.map(short),
      image: short(image),
    };
    const file = this.#stateFile();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(state));
    renameSync(`${file}.${process.pid}`, file);
  }

  has(key: string): boolean {
    return existsSync(join(this.#folder(key), "tree.json"));
  }

  /**
   * The tree of a key. It is made when it is not there: `make` fills the folder it is given and returns notes. A second build
   * that wants the same tree waits.
   */
  get(key: string, make: (root: string) => string[]): Tree {
    const folder = this.#folder(key);
    return locked(this.#lockFile(key), () => {
      const root = join(folder, "root");
      if (this.has(key)) return { root, notes: this.#notes(key) };
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(root, { recursive: true });
      const notes = make(root);
      this.#finish(folder, notes);
      return { root, notes };
    });
  }

  /** Lays a tree into an empty folder. Returns its notes; undefined when there is no such tree. */
  cloneTo(key: string, root: string, linkPackages: boolean): string[] | undefined {
    return locked(this.#lockFile(key), () => {
      if (!this.has(key)) return undefined;
      cloneTree(join(this.#folder(key), "root"), root, linkPackages);
      return this.#notes(key);
    });
  }

  /** Keeps a copy of a tree that goes on being changed. */
  keep(key: string, from: string, notes: string[], linkPackages: boolean): void {
    this.get(key, (root) => {
      cloneTree(from, root, linkPackages);
      return notes;
    });
  }

  /** Removes what no service needs any more, but nothing that another build is making. */
  removeUnneeded(): void {
    const trees = join(this.#work, "trees");
    if (!existsSync(trees)) return;
    for (const name of readdirSync(trees)) {
      if (name.includes(".") || this.#needed().has(name)) continue;
      lockedIfFree(this.#lockFile(name), () => {
        // A build may have claimed it in the meantime.
        if (!this.#needed().has(name)) rmSync(this.#folder(name), { recursive: true, force: true });
      });
    }
  }

  #needed(): Set<string> {
    const needed = new Set<string>();
    const services = join(this.#work, "services");
    for (const name of readdirSync(services)) {
      if (!name.endsWith(".json")) continue;
      const state = JSON.parse(readFileSync(join(services, name), "utf8")) as ServiceState;
      if (!existsSync(join(this.#project, state.folder))) continue;
      for (const tree of state.trees) needed.add(tree);
    }
    return needed;
  }

  #finish(folder: string, notes: string[]): void {
    writeFileSync(join(folder, "tree.part"), JSON.stringify({ notes }));
    renameSync(join(folder, "tree.part"), join(folder, "tree.json"));
  }

  #notes(key: string): string[] {
    const { notes } = JSON.parse(readFileSync(join(this.#folder(key), "tree.json"), "utf8")) as { notes: string[] };
    return notes;
  }

  #folder(key: string): string {
    return join(this.#work, "trees", short(key));
  }

  #lockFile(key: string): string {
    const folder = join(this.#work, "trees");
    mkdirSync(folder, { recursive: true });
    return join(folder, `${short(key)}.lock`);
  }

  #stateFile(): string {
    return stateFile(this.#project, this.#service);
  }
}

function stateFile(project: string, service: string): string {
  const name = relative(project, service).split(sep).join("+") || basename(service);
  return join(project, ".build", "services", `${name}.json`);
}

/** The folder that stands for the root of a service's image, after a build. */
export function imageRoot(service: string): string {
  const project = projectOf(service);
  const { image } = JSON.parse(readFileSync(stateFile(project, service), "utf8")) as ServiceState;
  return join(project, ".build", "trees", image, "root");
}
