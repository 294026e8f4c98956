#!/usr/bin/env node
// The tool is TypeScript that Node runs by itself. Node 22.12 to 22.17 want a flag for that, so there it starts itself again.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`d2e-build: Node.js 22.12 or newer is needed; this is ${process.version}`);
  process.exit(1);
}
const cli = new URL("../src/cli.ts", import.meta.url);
if (process.features.typescript) {
  await import(cli.href);
} else {
  const flags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  const child = spawnSync(process.execPath, [...flags, fileURLToPath(cli), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  process.exitCode = child.status ?? 1;
}
