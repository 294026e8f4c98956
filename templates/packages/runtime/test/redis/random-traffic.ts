/** Random but repeatable command sequences over a few keys, so that types clash and edge cases meet. */

type Random = () => number;

/** mulberry32: small, fast, and the same on every machine. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const KEYS = {
  string: ["s1", "s2", "s3", "bytes\x00\xff"],
  hash: ["h1", "h2"],
  list: ["l1", "l2", "l3"],
  set: ["u1", "u2", "u3"],
  zset: ["z1", "z2", "z3"],
} as const;

type Kind = keyof typeof KEYS;

/** Placeholders: `K` a key of the family (sometimes of another), `V` a value, `M` a member, `N` an integer, `F` a score. */
const TEMPLATES: Record<Kind, string[]> = {
  string: [
    "SET K V",
    "SET K V NX",
    "SET K V XX GET",
    "SET K N EX 1000",
    "SET K N KEEPTTL",
    "GET K",
    "GETDEL K",
    "GETSET K V",
    "APPEND K V",
    "STRLEN K",
    "INCR K",
    "DECR K",
    "INCRBY K N",
    "DECRBY K N",
    "INCRBYFLOAT K F",
    "MGET K K K",
    "MSET K V K N",
    "MSETNX K V K V",
    "SETRANGE K 3 V",
    "GETRANGE K N N",
    "SETNX K V",
    "GETEX K PERSIST",
    "TTL K",
    "PERSIST K",
    "EXPIRE K 500 NX",
    "EXPIRE K 900 GT",
    "TYPE K",
    "EXISTS K K",
    "DEL K",
    "RENAME K K",
    "COPY K K REPLACE",
    "BITCOUNT K",
    "SETBIT K 9 1",
    "GETBIT K 9",
    "LCS K K",
  ],
  hash: [
    "HSET K M V",
    "HSET K M V M V",
    "HSETNX K M V",
    "HGET K M",
    "HMGET K M M M",
    "HGETALL K",
    "HDEL K M M",
    "HEXISTS K M",
    "HLEN K",
    "HKEYS K",
    "HVALS K",
    "HSTRLEN K M",
    "HINCRBY K n N",
    "HINCRBYFLOAT K n F",
    "HSCAN K 0",
    "DEL K",
  ],
  list: [
    "LPUSH K V",
    "RPUSH K V M M",
    "LPUSHX K V",
    "RPUSHX K V",
    "LPOP K",
    "RPOP K",
    "LPOP K 2",
    "RPOP K 2",
    "LLEN K",
    "LRANGE K 0 -1",
    "LRANGE K N N",
    "LINDEX K N",
    "LSET K N V",
    "LINSERT K BEFORE M V",
    "LINSERT K AFTER M V",
    "LREM K N M",
    "LTRIM K N N",
    "LPOS K M",
    "LPOS K M RANK -1 COUNT 0",
    "LPOS K M COUNT 2 MAXLEN 3",
    "LMOVE K K LEFT RIGHT",
    "RPOPLPUSH K K",
    "LMPOP 2 K K LEFT COUNT 2",
    "SORT K ALPHA",
    "DEL K",
  ],
  set: [
    "SADD K M",
    "SADD K M M N",
    "SREM K M M",
    "SMEMBERS K",
    "SISMEMBER K M",
    "SMISMEMBER K M M N",
    "SCARD K",
    "SMOVE K K M",
    "SUNION K K",
    "SINTER K K",
    "SDIFF K K",
    "SUNIONSTORE K K K",
    "SINTERSTORE K K K",
    "SDIFFSTORE K K K",
    "SINTERCARD 2 K K LIMIT 2",
    "SSCAN K 0",
    "SORT K ALPHA DESC LIMIT 0 3",
    "DEL K",
  ],
  zset: [
    "ZADD K F M",
    "ZADD K F M F M",
    "ZADD K NX F M",
    "ZADD K XX CH F M",
    "ZADD K GT F M",
    "ZADD K LT CH F M",
    "ZADD K INCR F M",
    "ZINCRBY K F M",
    "ZSCORE K M",
    "ZMSCORE K M M",
    "ZCARD K",
    "ZRANK K M",
    "ZREVRANK K M",
    "ZRANGE K N N",
    "ZRANGE K 0 -1 WITHSCORES",
    "ZREVRANGE K N N WITHSCORES",
    "ZRANGE K F F BYSCORE LIMIT 0 2",
    "ZRANGE K F F BYSCORE REV",
    "ZRANGEBYSCORE K -inf (F WITHSCORES LIMIT 1 2",
    "ZREVRANGEBYSCORE K +inf -inf",
    "ZCOUNT K F F",
    "ZLEXCOUNT K - +",
    "ZREM K M M",
    "ZREMRANGEBYRANK K N N",
    "ZREMRANGEBYSCORE K F F",
    "ZPOPMIN K",
    "ZPOPMAX K 2",
    "ZUNIONSTORE K 2 K K WEIGHTS 2 1 AGGREGATE MAX",
    "ZINTERSTORE K 2 K K",
    "ZUNION 2 K K WITHSCORES",
    "ZINTER 2 K K",
    "ZDIFF 2 K K WITHSCORES",
    "ZRANGESTORE K K 0 2",
    "ZMPOP 2 K K MAX COUNT 2",
    "DEL K",
  ],
};

/** `count` commands from `seed`. */
export function randomCommands(seed: number, count: number): Buffer[][] {
  const random = randomFrom(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const kinds = Object.keys(KEYS) as Kind[];
  const value = (kind: Kind, placeholder: string): string => {
    switch (placeholder) {
      case "K":
        // One key in twenty is of another type.
        return pick(KEYS[random() < 0.05 ? pick(kinds) : kind]);
      case "V":
        return pick(["v", "", "hello world", "12", "\xe4\x00\r\n", "x".repeat(70), "3.5"]);
      case "M":
        return pick(["a", "b", "c", "d", "m1", "M\xff"]);
      case "N":
        return pick(["0", "1", "2", "-1", "-2", "5", "100", "-100"]);
      case "F":
        // Exact in binary, so that no version's number format shows.
        return pick(["0", "1", "2", "-1.5", "0.25", "10", "3.75", "1e3"]);
      case "(F":
        return `(${value(kind, "F")}`;
      default:
        return placeholder;
    }
  };
  return Array.from({ length: count }, () => {
    const kind = pick(kinds);
    const words = pick(TEMPLATES[kind]).split(" ");
    return words.map((word, i) => Buffer.from(i === 0 ? word : value(kind, word), "latin1"));
  });
}
