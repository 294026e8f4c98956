/**
 * Replays the recipe's stages without Docker: each becomes a folder that stands for the image's root.
 *
 * As in Docker, every step has a key made of the key before it and of what it does, and the tree after each RUN is kept. When
 * something changes, the stage goes on from the last kept tree whose key still fits; when nothing changed, nothing is done.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CopyStep, Recipe, Stage, Step } from "../recipe.ts";
import { cloneTree, copy, CopyError, type CopyPlan, planCopy } from "./copy.ts";
import { contentKey, key } from "./hash.ts";
import { hasWildcard } from "./patterns.ts";
import { runCommand } from "./run.ts";

/** A step of the recipe failed. The message says which line of the Dockerfile, and holds the command's output. */
export class StepError extends Error {}

/** What replaying needs to know, and whom it tells. */
export interface ReplayOptions {
  /** The service's folder: app/ and mounts/ are in it, .build/ is made in it. */
  folder: string;
  /** Told about every step that is carried out. */
  progress(text: string): void;
  /** Told about everything that was done differently than the Dockerfile says. */
  note(text: string): void;
}

/** The result: the folder that stands for the final stage's root, with the overlays laid over it. */
export interface Image {
  root: string;
  /** The same key means the same files. */
  key: string;
}

interface Prepared {
  step: Step;
  key: string;
  plan?: CopyPlan;
  context?: string;
}

/** Changes whenever kept trees of an earlier version of this tool must not be used any more. */
const FORMAT = 1;

class Replay {
  readonly #options: ReplayOptions;
  readonly #work: string;
  readonly #done = new Map<string, Image>();

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#work = join(options.folder, ".build");
  }

  run(recipe: Recipe): Image {
    for (const stage of recipe.stages) this.#done.set(stage.name, this.#stage(stage));
    const last = this.#done.get(recipe.stages.at(-1)!.name)!;
    return this.#overlaid(last, recipe.overlays);
  }

  #stage(stage: Stage): Image {
    const root = join(this.#work, stage.name);
    const base = this.#done.get(stage.from);
    const start = key(FORMAT, base?.key ?? stage.from, stage.workdir);
    const steps = this.#prepare(stage, start);
    const final = steps.at(-1)?.key ?? start;
    if (existsSync(root) && this.#state(stage.name).final === final) return { root, key: final };
    const kept = this.#lastKept(stage.name, steps);
    let keptKeys = this.#forget(stage.name, steps);
    rmSync(root, { recursive: true, force: true });
    if (kept >= 0) cloneTree(this.#keptTree(stage.name, steps[kept]!.key), root);
    else if (base) cloneTree(base.root, root);
    mkdirSync(join(root, stage.workdir), { recursive: true });
    for (let i = kept + 1; i < steps.length; i++) {
      this.#carryOut(stage, steps[i]!, root);
      const isLast = i === steps.length - 1;
      if (steps[i]!.step.kind !== "run" || isLast) continue;
      const tree = this.#keptTree(stage.name, steps[i]!.key);
      rmSync(tree, { recursive: true, force: true });
      cloneTree(root, tree);
      keptKeys = [...keptKeys, steps[i]!.key];
      this.#saveState(stage.name, { kept: keptKeys });
    }
    this.#saveState(stage.name, { final, kept: keptKeys });
    return { root, key: final };
  }

  /** Resolves every copy and computes all keys, before anything is changed. */
  #prepare(stage: Stage, start: string): Prepared[] {
    let previous = start;
    return stage.steps.map((step) => {
      const prepared: Prepared = { step, key: "" };
      if (step.kind === "copy" && step.from === undefined) {
        prepared.context = this.#context(step);
        prepared.plan = this.#at(step, () =>
          planCopy({ ...step, context: prepared.context!, exclude: [...stage.exclude, ...step.exclude] }),
        );
        previous = key(previous, step.to, contentKey(prepared.plan));
      } else if (step.kind === "copy") {
        previous = key(previous, step, this.#done.get(step.from!)!.key);
      } else if (step.kind === "run") {
        previous = key(previous, step.command, step.cwd, step.env, process.version);
      } else previous = key(previous, step.to, step.text);
      prepared.key = previous;
      return prepared;
    });
  }

  /** Bind mounts lie in mounts/ of the service's folder, everything else in app/. */
  #context(step: CopyStep): string {
    const isMount = step.sources.every((source) => source.startsWith("mounts/"));
    return isMount && existsSync(join(this.#options.folder, step.sources[0]!))
      ? this.#options.folder
      : join(this.#options.folder, "app");
  }

  #carryOut(stage: Stage, { step, plan, context }: Prepared, root: string): void {
    if (step.kind === "copy") {
      const from = context ?? this.#done.get(step.from!)!.root;
      const exclude = context ? [...stage.exclude, ...step.exclude] : step.exclude;
      const sources = context ? step.sources : this.#present(step, from);
      if (sources.length > 0) this.#at(step, () => copy({ ...step, sources, context: from, root, exclude }, plan));
      return;
    }
    if (step.kind === "write") {
      mkdirSync(dirname(join(root, step.to)), { recursive: true });
      writeFileSync(join(root, step.to), step.text);
      return;
    }
    this.#options.progress(`${stage.name}: ${step.command}`);
    const isLast = stage.steps.findLast(({ kind }) => kind === "run") === step;
    const result = runCommand(step, root, join(this.#work, ".bin"), isLast);
    for (const note of result.notes) this.#options.note(`${where(step)}${note}`);
    if (!result.ok) {
      const output = result.output.endsWith("\n") || result.output === "" ? result.output : `${result.output}\n`;
      throw new StepError(
        `${where(step)}this command failed in ${step.cwd}:\n  ${step.command}\nIts output:\n${output}`,
      );
    }
  }

  /** What an earlier stage has of the sources. Programs of the system, which no step here installs, are left out with a note. */
  #present(step: CopyStep, from: string): string[] {
    return step.sources.filter((source) => {
      if (hasWildcard(source) || existsSync(join(from, source))) return true;
      this.#options.note(
        `${where(step)}COPY: ${source} is not there, because what makes it is not replayed; it is left out`,
      );
      return false;
    });
  }

  #overlaid(image: Image, overlays: CopyStep[]): Image {
    if (overlays.length === 0) return image;
    const name = ".image";
    const root = join(this.#work, name);
    const plans = overlays.map((step) => {
      const context = this.#context(step);
      return { step, context, plan: this.#at(step, () => planCopy({ ...step, context })) };
    });
    const final = key(FORMAT, image.key, ...plans.map(({ step, plan }) => [step.to, contentKey(plan)]));
    if (existsSync(root) && this.#state(name).final === final) return { root, key: final };
    rmSync(root, { recursive: true, force: true });
    cloneTree(image.root, root);
    for (const { step, context, plan } of plans) this.#at(step, () => copy({ ...step, context, root }, plan));
    this.#saveState(name, { final });
    return { root, key: final };
  }

  /** Runs a copy and puts the Dockerfile's line in front of its error. */
  #at<T>(step: Step, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof CopyError) throw new StepError(`${where(step)}COPY: ${error.message}`);
      throw error;
    }
  }

  // ---------------------------------------------------------------- kept trees

  #keptTree(stage: string, stepKey: string): string {
    return join(this.#work, ".layers", stage, stepKey.slice(0, 16));
  }

  #lastKept(stage: string, steps: Prepared[]): number {
    for (let i = steps.length - 2; i >= 0; i--) {
      if (steps[i]!.step.kind === "run" && this.#state(stage).kept?.includes(steps[i]!.key)) return i;
    }
    return -1;
  }

  /** Deletes kept trees that no step of this build can start from, and says which are left. */
  #forget(stage: string, steps: Prepared[]): string[] {
    const kept = this.#state(stage).kept ?? [];
    const still = kept.filter((stepKey) => steps.some((step) => step.key === stepKey));
    for (const stepKey of kept) {
      if (!still.includes(stepKey)) rmSync(this.#keptTree(stage, stepKey), { recursive: true, force: true });
    }
    this.#saveState(stage, { kept: still });
    return still;
  }

  #state(stage: string): { final?: string; kept?: string[] } {
    const file = join(this.#work, ".state", `${stage}.json`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { final?: string; kept?: string[] }) : {};
  }

  #saveState(stage: string, state: { final?: string; kept?: string[] }): void {
    const file = join(this.#work, ".state", `${stage}.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(state));
  }
}

const where = (step: Step): string => (step.line === undefined ? "" : `Dockerfile line ${step.line}: `);

/** Makes the image's files, or finds that they are already made. */
export function replay(recipe: Recipe, options: ReplayOptions): Image {
  return new Replay(options).run(recipe);
}
