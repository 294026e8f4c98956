import { arityAllows, type Command } from "../command";
import { RedisError } from "../errors";
import { type Reply, SetReply, Status } from "../reply";

/** One entry of COMMAND's answer. */
export function describeCommand(command: Command): Reply {
  const { first, last, step } = command.keys;
  return [
    command.name,
    command.arity,
    new SetReply(command.flags.map((flag) => new Status(flag))),
    first,
    last,
    step,
    new SetReply(categories(command).map((name) => new Status(`@${name}`))),
    [],
    [],
    [],
  ];
}

function categories({ flags }: Command): string[] {
  return [
    ...(flags.includes("write") ? ["write"] : []),
    ...(flags.includes("readonly") ? ["read"] : []),
    ...(flags.includes("pubsub") ? ["pubsub"] : []),
    ...(flags.includes("blocking") ? ["blocking"] : []),
    ...(flags.includes("admin") ? ["admin", "dangerous"] : []),
    flags.includes("fast") ? "fast" : "slow",
  ];
}

/** The keys among a command line's arguments (COMMAND GETKEYS). */
export function extractKeys(commands: ReadonlyMap<string, Command>, argv: readonly Buffer[]): Reply {
  const name = argv[0]!.toString().toLowerCase();
  const command = commands.get(name);
  if (!command) throw new RedisError("ERR Invalid command specified");
  if (!arityAllows(command.arity, argv.length)) {
    throw new RedisError("ERR Invalid number of arguments specified for command");
  }
  const keys = command.flags.includes("movablekeys") ? countedKeys(command, argv) : positionedKeys(command, argv);
  if (keys.length === 0) {
    throw new RedisError("ERR The command has no key arguments");
  }
  return keys;
}

function positionedKeys({ keys }: Command, argv: readonly Buffer[]): Buffer[] {
  if (keys.first === 0) return [];
  const last = keys.last < 0 ? argv.length + keys.last : keys.last;
  const found: Buffer[] = [];
  for (let i = keys.first; i <= last; i += keys.step) found.push(argv[i]!);
  return found;
}

/** Where numkeys stands, for the commands whose keys are counted by an argument. */
const NUMKEYS_AT: Record<string, number> = {
  eval: 2,
  evalsha: 2,
  eval_ro: 2,
  evalsha_ro: 2,
  fcall: 2,
  fcall_ro: 2,
  blmpop: 2,
  bzmpop: 2,
  zunionstore: 2,
  zinterstore: 2,
  zdiffstore: 2,
};

function countedKeys(command: Command, argv: readonly Buffer[]): Buffer[] {
  const streams = argv.findIndex((argument) => argument.toString("latin1").toUpperCase() === "STREAMS");
  if (command.name.startsWith("xread")) {
    return argv.slice(streams + 1, streams + 1 + (argv.length - streams - 1) / 2);
  }
  const at = NUMKEYS_AT[command.name] ?? 1;
  const count = Number(argv[at]?.toString());
  const own = command.keys.first === 1 ? [argv[1]!] : [];
  return [...own, ...argv.slice(at + 1, at + 1 + count)];
}
