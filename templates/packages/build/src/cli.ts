/** `d2e-build [folder] [--json]`: builds the service in the folder, by default the current one. */
import { resolve } from "node:path";
import { CopyError } from "./image/copy.ts";
import { StepError } from "./image/stages.ts";
import { buildService, type BuildResult } from "./index.ts";
import { PackError } from "./pack/pack.ts";
import { RecipeError } from "./recipe.ts";

const USAGE = `usage: d2e-build [folder] [--json]

Assembles the files of a service's image as build.json says and packs its app for workerd, into dist/.
  --json  print the result as JSON on stdout; progress goes to stderr
`;

function size(bytes: number): string {
  return bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}

function summary(result: BuildResult): string {
  const lines = [`d2e-build: ${size(result.bytes)}, ${result.modules} modules, ${result.files} files`];
  for (const { file, line, message } of result.warnings) lines.push(`  warning: ${file}:${line}: ${message}`);
  if (result.native.length > 0) lines.push(`  native parts left out: ${result.native.join(", ")}`);
  if (result.codeGeneration.length > 0) {
    const count = result.codeGeneration.length;
    const some = result.codeGeneration.slice(0, 3).join(", ");
    lines.push(
      `  ${count} files compile code at run time, which is interpreted instead: ${some}${count > 3 ? ", …" : ""}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

async function main(args: string[]): Promise<number> {
  const json = args.includes("--json");
  const rest = args.filter((arg) => arg !== "--json");
  if (rest.includes("--help") || rest.includes("-h")) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (rest.length > 1 || rest[0]?.startsWith("-")) {
    process.stderr.write(
      `d2e-build: unknown argument ${JSON.stringify(rest.find((arg) => arg.startsWith("-")) ?? rest[1])}\n${USAGE}`,
    );
    return 2;
  }
  try {
    const progress = (text: string): void => void process.stderr.write(`d2e-build: ${text}\n`);
    const result = await buildService({ folder: resolve(rest[0] ?? "."), progress });
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : summary(result));
    return 0;
  } catch (error) {
    const known = [RecipeError, StepError, PackError, CopyError].some((kind) => error instanceof kind);
    process.stderr.write(
      `d2e-build: ${known ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`,
    );
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
