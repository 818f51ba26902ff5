import { createServer, connect, type Socket } from "node:net";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { createConnection } from "./connection.ts";
import { toPostgresLocation } from "./location.ts";
import { createPool } from "./pool.ts";
import { postgresUrl, whyNot } from "./postgres-ledger.testsuite.ts";

/** Stands between a client and the database, and can swallow all that is said. */
async function startProxy(): Promise<{ readonly url: string; swallow(): void; stop(): Promise<void> }> {
  const target = new URL(postgresUrl);
  const sockets = new Set<Socket>();
  let isSwallowing = false;
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    client.on("data", (data) => void (isSwallowing || database.write(data)));
    database.on("data", (data) => void (isSwallowing || client.write(data)));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = new URL(postgresUrl);
  url.host = `127.0.0.1:${(server.address() as { readonly port: number }).port}`;
  return {
    url: url.href,
    swallow: () => void (isSwallowing = true),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

describe.skipIf(whyNot !== "")(`connections to PostgreSQL${whyNot}`, () => {
  test("are given up when no answer comes", async () => {
    const proxy = await startProxy();
    const location = toPostgresLocation(proxy.url);
    const pool = await createPool(location, 1);
    const connection = createConnection({ location, clock: systemClock, pool, answerTimeoutMs: 200 });
    expect(await connection.query("select 1 as one")).toEqual([{ one: 1 }]);
    proxy.swallow();
    await expect(connection.query("select 1 as one")).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
    await proxy.stop();
    await pool.end();
  });

  const cutOff: Readonly<Record<string, number>> = {
    "before it begins": 0,
    "before a statement": 1,
    "before its end": 2,
  };
  test.each(Object.entries(cutOff))(
    "are given up when no answer comes in a transaction: cut off %s",
    async (_, step) => {
      const proxy = await startProxy();
      const location = toPostgresLocation(proxy.url);
      const pool = await createPool(location, 1);
      const connection = createConnection({ location, clock: systemClock, pool, answerTimeoutMs: 300 });
      await connection.query("select 1");
      const swallowAt = (at: number): void => void (at === step && proxy.swallow());
      swallowAt(0);
      const transaction = connection.transact(async ({ query }) => {
        await query("select 1");
        swallowAt(1);
        await query("select 1");
        swallowAt(2);
      });
      await expect(transaction).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE", retryable: true });
      // Its place in the pool is another's.
      expect(connection.readPool().busy).toBe(0);
      await proxy.stop();
      await pool.end();
    },
  );

  test("that are cut off within a transaction hold what they have locked for a while only", async () => {
    const proxy = await startProxy();
    const [far, near] = [toPostgresLocation(proxy.url), toPostgresLocation(postgresUrl)];
    const pools = [await createPool(far, 1), await createPool(near, 1)] as const;
    const cut = createConnection({
      location: far,
      clock: systemClock,
      pool: pools[0],
      answerTimeoutMs: 300,
      idleInTransactionMs: 300,
    });
    const other = createConnection({ location: near, clock: systemClock, pool: pools[1] });
    const lock = "select pg_advisory_xact_lock(4711, 1)";
    const failing = cut.transact(async ({ query }) => {
      await query(lock);
      proxy.swallow();
      await query("select 1");
    });
    await expect(failing).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
    // The database has heard of no end: the proxy has swallowed that too.
    await other.transact(({ query }) => query(lock));
    await proxy.stop();
    await Promise.all(pools.map((pool) => pool.end()));
  });

  test("that end within a transaction, while nothing is asked on them, fail it and nothing else", async () => {
    const location = toPostgresLocation(postgresUrl);
    const pool = await createPool(location, 1);
    const connection = createConnection({ location, clock: systemClock, pool });
    const other = new pg.Client({ connectionString: postgresUrl });
    await other.connect();
    const failing = connection.transact(async ({ query }) => {
      const [own] = (await query("select pg_backend_pid() as pid")).rows;
      await other.query("select pg_terminate_backend($1)", [own?.pid]);
      const seen = "select count(*)::int as here from pg_stat_activity where pid = $1";
      await expect.poll(async () => (await other.query(seen, [own?.pid])).rows).toEqual([{ here: 0 }]);
      await query("select 1");
    });
    await expect(failing).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE", retryable: true });
    expect(await connection.query("select 1 as one")).toEqual([{ one: 1 }]);
    await other.end();
    await pool.end();
  });
});
