import { createServer, connect, type Socket } from "node:net";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { createConnection, createPool } from "./connection.ts";
import { toPostgresLocation } from "./location.ts";
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
