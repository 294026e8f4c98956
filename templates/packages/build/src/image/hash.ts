/** Keys of build steps: equal keys mean that nothing the step depends on has changed. */
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync, statSync } from "node:fs";
import type { CopyPlan } from "./copy.ts";

/** A key made of earlier keys and values; the order counts. */
export function key(...parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** A key of all files a COPY brings: their paths, modes and bytes. */
export function contentKey(plan: CopyPlan): string {
  const hash = createHash("sha256");
  for (const { source, items } of plan.sources) {
    hash.update(`${source.name}\0${source.isDirectory}\0`);
    for (const item of items) {
      hash.update(`${item.below}\0${item.kind}\0`);
      if (item.kind === "link") hash.update(readlinkSync(item.path));
      if (item.kind !== "file") continue;
      hash.update(`${statSync(item.path).mode & 0o111}\0`);
      hash.update(createHash("sha256").update(readFileSync(item.path)).digest());
    }
  }
  return hash.digest("hex");
}
