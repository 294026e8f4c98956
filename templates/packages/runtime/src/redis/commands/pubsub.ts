import type { Arguments } from "../arguments";
import { type Command, command, type Context, dispatch, NO_KEYS, type Subcommand } from "../command";
import type { SubscriptionKind } from "../pubsub";
import { Push, type Reply, Several } from "../reply";
import type { Session } from "../session";

/** The names of one kind of subscription in messages. */
const WORDS: Record<SubscriptionKind, { on: string; off: string }> = {
  channels: { on: "subscribe", off: "unsubscribe" },
  patterns: { on: "psubscribe", off: "punsubscribe" },
  shardChannels: { on: "ssubscribe", off: "sunsubscribe" },
};

/** How many subscriptions the messages of this kind report: shard channels are counted apart. */
function count(session: Session, kind: SubscriptionKind): number {
  return kind === "shardChannels" ? session.shardChannels.size : session.channels.size + session.patterns.size;
}

function subscribe(kind: SubscriptionKind): Command["run"] {
  return ({ server, session }, args) =>
    new Several(
      args.list.map((channel) => {
        server.pubsub.subscribe(kind, channel.toString("latin1"), session);
        return new Push([WORDS[kind].on, channel, count(session, kind)]);
      }),
    );
}

function unsubscribe(kind: SubscriptionKind): Command["run"] {
  return ({ server, session }, args) => {
    const { off } = WORDS[kind];
    const names = args.length > 0 ? args.list.map((channel) => channel.toString("latin1")) : [...session[kind]];
    if (names.length === 0) return new Push([off, null, count(session, kind)]);
    return new Several(
      names.map((name) => {
        server.pubsub.unsubscribe(kind, name, session);
        const channel = Buffer.from(name, "latin1");
        return new Push([off, channel, count(session, kind)]);
      }),
    );
  };
}

function listNames(kind: SubscriptionKind): Command["run"] {
  return ({ server }, args) => {
    const pattern = args.length > 1 ? args.bytes(1).toString("latin1") : undefined;
    return server.pubsub.names(kind, pattern).map((name) => Buffer.from(name, "latin1"));
  };
}

function countSubscribers(kind: SubscriptionKind): Command["run"] {
  return ({ server }, args) =>
    args.from(1).flatMap((channel): Reply[] => [channel, server.pubsub.subscribers(kind, channel.toString("latin1"))]);
}

const PUBSUB: Record<string, Subcommand> = {
  CHANNELS: { arity: -2, run: listNames("channels") },
  NUMSUB: { arity: -2, run: countSubscribers("channels") },
  NUMPAT: {
    arity: 2,
    run: ({ server }) => server.pubsub.names("patterns").length,
  },
  SHARDCHANNELS: { arity: -2, run: listNames("shardChannels") },
  SHARDNUMSUB: { arity: -2, run: countSubscribers("shardChannels") },
};

const publish = ({ server }: Context, args: Arguments): Reply => server.pubsub.publish(args.bytes(0), args.bytes(1));

const spublish = ({ server }: Context, args: Arguments): Reply =>
  server.pubsub.publishToShard(args.bytes(0), args.bytes(1));

export const pubsubCommands: Command[] = [
  command("subscribe", -2, "pubsub noscript", NO_KEYS, subscribe("channels")),
  command("psubscribe", -2, "pubsub noscript", NO_KEYS, subscribe("patterns")),
  command("ssubscribe", -2, "pubsub noscript", [1, -1, 1], subscribe("shardChannels")),
  command("unsubscribe", -1, "pubsub noscript", NO_KEYS, unsubscribe("channels")),
  command("punsubscribe", -1, "pubsub noscript", NO_KEYS, unsubscribe("patterns")),
  command("sunsubscribe", -1, "pubsub noscript", [1, -1, 1], unsubscribe("shardChannels")),
  command("publish", 3, "pubsub fast", NO_KEYS, publish),
  command("spublish", 3, "pubsub fast", [1, 1, 1], spublish),
  command("pubsub", -2, "pubsub", NO_KEYS, (context, args) => dispatch("pubsub", PUBSUB, context, args)),
];
