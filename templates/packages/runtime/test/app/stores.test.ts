/** Drivers and pools run unmodified, made once and shared by all requests, with credentials that the databases do not know. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startMariadb, startPostgres, type Database } from "../hyperdrive/databases.ts";
import { startRealRedis, type TestServer } from "../redis/servers.ts";
import { startLifted, startOriginal, type Running } from "./lift.ts";

const PATHS =
  "/cache /ioredis /publish /blocking /job /pg /pg-many /pg-transaction /pg-error /pg-large /postgresjs /mysql /mysql-prepared /mysql-many";

for (const transport of ["connect", "websocket"] as const) {
  describe(`stores, objects reached by ${transport}`, () => {
    let databases: [Database, Database, TestServer];
    let lifted: Running;
    let original: Awaited<ReturnType<typeof startOriginal>>;
    const ask = async (base: string, path: string) => {
      const response = await fetch(base + path, { signal: AbortSignal.timeout(15_000) });
      return [response.status, await response.text()];
    };
    const url = () => lifted.urls.get("stores") as string;

    before(async () => {
      databases = await Promise.all([startPostgres(), startMariadb(), startRealRedis()]);
      const [pg, maria, redis] = databases.map(({ port }) => `127.0.0.1:${port}`) as [string, string, string];
      const db = { kind: "hyperdrive", binding: "DB", protocol: "postgres" } as const;
      const mysql = { kind: "hyperdrive", binding: "MYSQL", protocol: "mysql" } as const;
      lifted = await startLifted([
        {
          name: "stores",
          file: "stores.cjs",
          config: {
            transport,
            codeGeneration: true,
            peers: { cache: { kind: "server", binding: "REDIS" }, db, mysql },
          },
          redis: true,
          hyperdrives: {
            DB: { address: pg, scheme: "postgresql", user: "scram", password: "scram-secret", database: "shop" },
            MYSQL: { address: maria, scheme: "mysql", user: "shopper", password: "shopper-secret", database: "shop" },
          },
        },
      ]);
      original = await startOriginal("stores.cjs", {
        CACHE_URL: `redis://${redis}`,
        DATABASE_URL: `postgres://scram:scram-secret@${pg}/shop`,
        MYSQL_URL: `mysql://shopper:shopper-secret@${maria}/shop`,
      });
    });
    after(async () => {
      await original?.stop();
      await lifted?.stop();
      await Promise.all(databases.map((database) => database.stop()));
    });

    for (const path of PATHS.split(" ")) {
      it(path, async () => {
        const expected = await ask(original.url, path);
        assert.deepEqual(await ask(url(), path), expected, lifted.log());
        assert.deepEqual(await ask(url(), path), expected, "a second time");
      });
    }

    it("answers many requests at once", async () => {
      const paths = ["/cache", "/pg", "/mysql", "/postgresjs"];
      const expected = await Promise.all(paths.map((path) => ask(url(), path)));
      const rounds = await Promise.all(
        Array.from({ length: 15 }, () => Promise.all(paths.map((path) => ask(url(), path)))),
      );
      for (const round of rounds) assert.deepEqual(round, expected);
    });

    it("keeps connections over requests", async () => {
      const first = await ask(url(), "/pg-backend");
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.deepEqual(await ask(url(), "/pg-backend"), first);
    });

    it("keeps sessions in Redis", async () => {
      const first = await fetch(`${url()}/visits`);
      const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
      const second = await fetch(`${url()}/visits`, { headers: { cookie } });
      assert.deepEqual([await first.json(), await second.json()], [1, 2]);
    });
  });
}
