/** Comparing the replies of two servers where an order is not promised. */
import { encodeCommand, type RawClient, type RawReply } from "./resp-client.ts";

/** Commands whose reply is a set: its order says nothing. */
const UNORDERED = new Set(["keys", "smembers", "sunion", "sinter", "sdiff", "hkeys", "hvals", "pubsub"]);
/** Commands whose reply is pairs in no order. */
const UNORDERED_PAIRS = new Set(["hgetall", "config"]);

/** A reply with everything removed that two correct servers may do differently. */
export function normalize(argv: readonly Buffer[], reply: RawReply): string {
  const name = argv[0]!.toString().toLowerCase();
  const { type, items } = reply;
  // The version and the connection's number.
  if (name === "hello" && items.length > 5)
    return [items[0], ...items.slice(4, 6), ...items.slice(8)].map((item) => item!.text).join("");
  if (UNORDERED.has(name) && items.length > 0) {
    return [`${type}${items.length}`, ...items.map(({ text }) => text).sort()].join("|");
  }
  if (UNORDERED_PAIRS.has(name) && items.length > 0) {
    const pairs: string[] = [];
    for (let i = 0; i < items.length; i += 2) pairs.push(items[i]!.text + items[i + 1]!.text);
    return [`${type}${items.length}`, ...pairs.sort()].join("|");
  }
  if ((name === "sscan" || name === "hscan" || name === "scan") && items[1]) {
    return `${items[0]!.text}|${items[1].items
      .map(({ text }) => text)
      .sort()
      .join("|")}`;
  }
  return reply.text;
}

export interface Difference {
  command: string;
  line: number;
  expected: string;
  actual: string;
}

/** Sends the same commands to both servers, in batches, and lists where the replies differ. */
export async function compare(
  real: RawClient,
  ours: RawClient,
  commands: readonly { argv: Buffer[]; line: number }[],
  batch: number,
): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (let start = 0; start < commands.length; start += batch) {
    const part = commands.slice(start, start + batch);
    const bytes = Buffer.concat(part.map(({ argv }) => encodeCommand(argv)));
    real.send(bytes);
    ours.send(bytes);
    for (const { argv, line } of part) {
      const [expected, actual] = await Promise.all([real.read(), ours.read()]);
      const [a, b] = [normalize(argv, expected), normalize(argv, actual)];
      if (a !== b) {
        const command = argv.map((argument) => JSON.stringify(argument.toString("latin1"))).join(" ");
        differences.push({ command, line, expected: expected.text, actual: actual.text });
      }
    }
  }
  return differences;
}
