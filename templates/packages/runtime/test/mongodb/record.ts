/**
 * Records the scenarios anew: `node --experimental-strip-types test/mongodb/record.ts`, with Java and Maven, or with
 * MONGODB_REFERENCE set to the address of another server ("mongodb://127.0.0.1:27017").
 *
 * Replies that were judged by MongoDB's documentation (`judged` in the recording) stay as they are while the command does.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRecording, runScenario, writeRecording } from "./recording.ts";
import { SCENARIOS } from "./scenarios/index.ts";

async function startReference(folder: string): Promise<{ uri: string; child: ChildProcess }> {
  const source = join(import.meta.dirname, "reference");
  const fetch = [
    "-q",
    "-B",
    "-f",
    join(source, "pom.xml"),
    "dependency:copy-dependencies",
    `-DoutputDirectory=${folder}`,
  ];
  execFileSync("mvn", fetch, { stdio: "inherit" });
  const child = spawn("java", ["-cp", join(folder, "*"), join(source, "Reference.java")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  return { uri: `mongodb://127.0.0.1:${port.toString().trim()}`, child };
}

const folder = mkdtempSync(join(tmpdir(), "mongodb-reference-"));
const given = process.env.MONGODB_REFERENCE;
const reference = given ? { uri: given, child: null } : await startReference(folder);
try {
  for (const name of Object.keys(SCENARIOS)) {
    const before = readRecording(name);
    const exchanges = await runScenario(name, reference.uri);
    const kept = exchanges.map((exchange, i) => {
      const old = before[i];
      return old?.judged !== undefined && old.command === exchange.command ? old : exchange;
    });
    writeRecording(name, kept);
    console.log(`${name}: ${kept.length} operations, ${kept.filter(({ judged }) => judged).length} of them judged`);
  }
} finally {
  reference.child?.kill();
  rmSync(folder, { recursive: true, force: true });
}
