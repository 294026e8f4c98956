/** Builds a fixture in a folder of its own and runs what came out. */
import { spawnSync } from "node:child_process";
import { build } from "esbuild";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { startWorker, type WorkerModule } from "../../../../test/workerd.ts";
import { imageRoot } from "../../src/image/trees.ts";
import { type BuildResult, buildService } from "../../src/index.ts";
import { parseRecipe } from "../../src/recipe.ts";

export interface Project {
  folder: string;
  /** Commands that were run, over all builds. */
  commands: string[];
  build(): Promise<BuildResult>;
  remove(): void;
}

/** A copy of test/fixtures/<name>. */
export function openFixture(name: string): Project {
  const folder = mkdtempSync(join(tmpdir(), `build-${name}-`));
  cpSync(join(import.meta.dirname, "../fixtures", name), folder, { recursive: true });
  const commands: string[] = [];
  return {
    folder,
    commands,
    build: () => buildService({ folder, progress: (text) => void commands.push(text) }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}

let host: Promise<string> | undefined;

/** The Worker that runs a packed app. */
function hostScript(): Promise<string> {
  host ??= build({
    entryPoints: [join(import.meta.dirname, "worker.ts")],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "es2023",
    external: ["cloudflare:*", "node:*", "./app.cjs", "./manifest.mjs"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire("/");' },
  }).then((result) => result.outputFiles[0]!.text);
  return host;
}

/** What the packed app prints in workerd. */
export async function runInWorkerd({ folder }: Project): Promise<string> {
  const dist = join(folder, "dist");
  const { node } = parseRecipe(JSON.parse(readFileSync(join(folder, "build.json"), "utf8")));
  const files = existsSync(join(dist, "files")) ? filesBelow(join(dist, "files")) : [];
  const modules: WorkerModule[] = [
    { name: "host.mjs", type: "esModule", content: await hostScript() },
    { name: "app.cjs", type: "commonJsModule", content: readFileSync(join(dist, "app.cjs"), "utf8") },
    { name: "manifest.mjs", type: "esModule", content: readFileSync(join(dist, "manifest.mjs"), "utf8") },
    ...files.map((name): WorkerModule => ({
      name: `files/${name}`,
      type: "data",
      content: readFileSync(join(dist, "files", name)),
    })),
  ];
  const worker = await startWorker({ modules });
  try {
    const response = await worker.fetch(`/?workdir=${encodeURIComponent(node!.workdir)}`);
    return `${await response.text()}${response.status === 200 ? "" : worker.output()}`;
  } finally {
    await worker.stop();
  }
}

/** What the app prints in Node, started in the folder that stands for the image; that folder's own path is taken out. */
export function runInNode({ folder }: Project): string {
  const { node } = parseRecipe(JSON.parse(readFileSync(join(folder, "build.json"), "utf8")));
  const root = imageRoot(folder);
  const preload = node!.preload.flatMap((name) => ["--require", name]);
  const args = ["--disable-warning=ExperimentalWarning", ...preload, join(root, node!.entry)];
  const child = spawnSync(process.execPath, args, { cwd: join(root, node!.workdir), encoding: "utf8" });
  return `${child.stdout}${child.stderr}`.trimEnd().replaceAll(root, "");
}

/** Paths and text of the files in a folder. */
export function readTree(folder: string): Record<string, string> {
  return Object.fromEntries(
    filesBelow(folder).map((name) => [relative(folder, join(folder, name)), readFileSync(join(folder, name), "utf8")]),
  );
}
