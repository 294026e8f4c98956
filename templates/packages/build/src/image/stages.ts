/**
 * Replays the recipe's stages without Docker: each becomes a folder that stands for the image's root.
 *
 * As in Docker, every step has a key made of the key before it and of what it does, and the tree after each RUN is kept. When
 * something changes, the stage goes on from the last kept tree whose key still fits; when nothing changed, nothing is done.
 * Trees are shared by the services of a project (trees.ts).
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CopyStep, Recipe, Stage, Step } from "../recipe.ts";
import { cloneTree, copy, CopyError, type CopyPlan, planCopy } from "./copy.ts";
import { contentKey, key } from "./hash.ts";
import { hasWildcard } from "./patterns.ts";
import { runCommand } from "./run.ts";
import { Trees } from "./trees.ts";

/** A step of the recipe failed. The message says which line of the Dockerfile, and holds the command's output. */
export class StepError extends Error {}

/** What replaying needs to know, and whom it tells. */
export interface ReplayOptions {
  /** The service's folder: app/ and mounts/ are in it. */
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

/** A stage whose keys are known. */
interface PreparedStage {
  stage: Stage;
  steps: Prepared[];
  /** The key of the tree it ends with. */
  final: string;
}

/** Where a step is carried out. */
interface Place {
  root: string;
  /** A folder for the programs that commands call. */
  bin: string;
  note(text: string): void;
}

/** Changes whenever kept trees of an earlier version of this tool must not be used any more. */
const FORMAT = 2;

class Replay {
  readonly #options: ReplayOptions;
  readonly #trees: Trees;
  readonly #prepared = new Map<string, PreparedStage>();
  readonly #roots = new Map<string, string>();

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#trees = new Trees(options.folder);
  }

  run(recipe: Recipe): Image {
    for (const stage of recipe.stages) this.#prepared.set(stage.name, this.#prepare(stage));
    const overlays = this.#prepareOverlays(recipe.overlays);
    const last = this.#prepared.get(recipe.stages.at(-1)!.name)!;
    const image = overlays.length === 0 ? last.final : key(FORMAT, last.final, ...overlays.map((step) => step.key));
    this.#trees.claim([...this.#keys(), image], image);
    for (const stage of this.#prepared.values()) this.#roots.set(stage.stage.name, this.#make(stage));
    const root = this.#overlaid(this.#roots.get(last.stage.name)!, overlays, image);
    this.#trees.removeUnneeded();
    return { root, key: image };
  }

  /** Every tree that this build may start from or end with. */
  #keys(): string[] {
    return [...this.#prepared.values()].flatMap(({ steps, final }) => [
      ...steps.filter(({ step }) => step.kind === "run").map((step) => step.key),
      final,
    ]);
  }

  /** The root of a stage's tree, made as far as it is not there. All its commands see the same root. */
  #make(prepared: PreparedStage): string {
    const { root, notes } = this.#trees.get(prepared.final, (fresh) => this.#carryOutAll(prepared, fresh));
    for (const note of notes) this.#options.note(note);
    return root;
  }

  #carryOutAll({ stage, steps, final }: PreparedStage, root: string): string[] {
    const { from, notes } = this.#start(stage, steps, root);
    mkdirSync(join(root, stage.workdir), { recursive: true });
    for (let i = from; i < steps.length; i++) {
      const { step, key: stepKey } = steps[i]!;
      this.#carryOut(stage, steps[i]!, { root, bin: this.#trees.tools(final), note: (text) => void notes.push(text) });
      if (step.kind === "run" && stepKey !== final) {
        this.#trees.keep(stepKey, root, notes, !runs(steps, i + 1));
      }
    }
    return notes;
  }

  /** Fills the root with the last kept tree that fits, else with that of the stage it is from. Returns the next step. */
  #start(stage: Stage, steps: Prepared[], root: string): { from: number; notes: string[] } {
    for (let i = steps.length - 2; i >= 0; i--) {
      const notes =
        steps[i]!.step.kind === "run" ? this.#trees.cloneTo(steps[i]!.key, root, !runs(steps, i + 1)) : undefined;
      if (notes) return { from: i + 1, notes: [...notes] };
    }
    const base = this.#roots.get(stage.from);
    if (base) cloneTree(base, root, !runs(steps, 0));
    return { from: 0, notes: [] };
  }

  /** Resolves every copy and computes all keys, before anything is changed. */
  #prepare(stage: Stage): PreparedStage {
    let previous = key(FORMAT, this.#prepared.get(stage.from)?.final ?? stage.from, stage.workdir);
    const steps = stage.steps.map((step) => {
      const prepared: Prepared = { step, key: "" };
      if (step.kind === "copy" && step.from === undefined) {
        prepared.context = this.#context(step);
        prepared.plan = this.#at(step, () =>
          planCopy({ ...step, context: prepared.context!, exclude: [...stage.exclude, ...step.exclude] }),
        );
        previous = key(previous, step.to, contentKey(prepared.plan));
      } else if (step.kind === "copy") {
        previous = key(previous, step, this.#prepared.get(step.from!)!.final);
      } else if (step.kind === "run") {
        // Whether native addons are compiled depends on what follows (run.ts).
        const isLast = isLastRun(stage, step);
        previous = key(previous, step.command, step.cwd, step.env, process.version, isLast);
      } else previous = key(previous, step.to, step.text);
      prepared.key = previous;
      return prepared;
    });
    return { stage, steps, final: previous };
  }

  #prepareOverlays(overlays: CopyStep[]): Prepared[] {
    return overlays.map((step) => {
      const context = this.#context(step);
      const plan = this.#at(step, () => planCopy({ ...step, context }));
      return { step, context, plan, key: key(step.to, contentKey(plan)) };
    });
  }

  /** Bind mounts lie in mounts/ of the service's folder, everything else in app/. */
  #context(step: CopyStep): string {
    const isMount = step.sources.every((source) => source.startsWith("mounts/"));
    return isMount && existsSync(join(this.#options.folder, step.sources[0]!))
      ? this.#options.folder
      : join(this.#options.folder, "app");
  }

  #carryOut(stage: Stage, { step, plan, context }: Prepared, { root, bin, note }: Place): void {
    if (step.kind === "copy") {
      const from = context ?? this.#roots.get(step.from!)!;
      const exclude = context ? [...stage.exclude, ...step.exclude] : step.exclude;
      const sources = context ? step.sources : present(step, from, note);
      if (sources.length > 0) this.#at(step, () => copy({ ...step, sources, context: from, root, exclude }, plan));
      return;
    }
    if (step.kind === "write") {
      mkdirSync(dirname(join(root, step.to)), { recursive: true });
      writeFileSync(join(root, step.to), step.text);
      return;
    }
    this.#options.progress(`${stage.name}: ${step.command}`);
    const result = runCommand(step, root, bin, isLastRun(stage, step));
    for (const text of result.notes) note(`${where(step)}${text}`);
    if (!result.ok) {
      const output = result.output.endsWith("\n") || result.output === "" ? result.output : `${result.output}\n`;
      throw new StepError(
        `${where(step)}this command failed in ${step.cwd}:\n  ${step.command}\nIts output:\n${output}`,
      );
    }
  }

  #overlaid(image: string, overlays: Prepared[], final: string): string {
    if (overlays.length === 0) return image;
    const { root } = this.#trees.get(final, (fresh) => {
      cloneTree(image, fresh, true);
      for (const { step, context, plan } of overlays) {
        this.#at(step, () => copy({ ...(step as CopyStep), context: context!, root: fresh }, plan));
      }
      return [];
    });
    return root;
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
}

/** Does a command run in one of the steps from this one on? */
function runs(steps: Prepared[], from: number): boolean {
  return steps.slice(from).some(({ step }) => step.kind === "run");
}

function isLastRun(stage: Stage, step: Step): boolean {
  return stage.steps.findLast(({ kind }) => kind === "run") === step;
}

/** What an earlier stage has of the sources. Programs of the system, which no step here installs, are left out with a note. */
function present(step: CopyStep, from: string, note: (text: string) => void): string[] {
  return step.sources.filter((source) => {
    if (hasWildcard(source) || existsSync(join(from, source))) return true;
    note(`${where(step)}COPY: ${source} is not there, because what makes it is not replayed; it is left out`);
    return false;
  });
}

const where = (step: Step): string => (step.line === undefined ? "" : `Dockerfile line ${step.line}: `);

/** Makes the image's files, or finds that they are already made. */
export function replay(recipe: Recipe, options: ReplayOptions): Image {
  return new Replay(options).run(recipe);
}
