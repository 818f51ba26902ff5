/**
 * A server is killed over a ledger with very many runs under way, and started again. With each change there are none of them;
 * MILLRACE_CHAOS_FACTOR multiplies 5,000 at night.
 *
 * Fault: `kill -9` of the only server, whose runs' processes live; then their lease passes.
 * Measure: how long the next server takes until it is ready, which is printed; the runs and submissions before and after.
 * Pass: what was answered is there, no run has changed while its lease holds, and every one of them ends as that of a dead process
 * when it has passed.
 */

import { createClient } from "millrace/client";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../../packages/millrace/src/app/open-store.ts";
import { systemClock } from "../../../packages/millrace/src/kit/clock.ts";
import { uuidv7 } from "../../../packages/millrace/src/kit/ids.ts";
import { aFlowRun, record } from "../../../packages/millrace/src/store/suite/samples.testsuite.ts";
import { createLedger, until } from "../../e2e/cli/millrace.ts";
import { postgresSkipped, startPostgresSchema } from "../../e2e/server/postgres-schema.ts";
import { startServer } from "../../e2e/server/server.ts";
import { chaosFactor } from "./chaos-factor.ts";

const runs = 5000 * chaosFactor();
const atOnce = 500;
const processes = 10;
const hourMs = 3_600_000;

async function fill(place: { readonly home: string; readonly database: string | null }) {
  const store = await openStore({ ...place, durability: "process" }, systemClock);
  const ids = Array.from({ length: processes }, () => uuidv7());
  const write = async (leaseExpiresAt: number): Promise<void> => {
    for (const [nth, id] of ids.entries()) {
      const place = { host: "another-host", bootId: null, pid: 1 + nth, startToken: null };
      await store.writeProcess({ id, ...place, startedAt: 1, leaseExpiresAt });
    }
  };
  await write(systemClock.now() + hourMs);
  for (let at = 0; at < runs; at += atOnce) {
    const created = Array.from({ length: atOnce }, (_, nth) =>
      aFlowRun({ flowName: "lives", ownerId: ids[nth % processes] ?? "" }),
    );
    await record(store, { created });
  }
  return { endLeases: () => write(systemClock.now() - 1), close: () => store.close() };
}

const databases = postgresSkipped === undefined ? (["sqlite", "postgres"] as const) : (["sqlite"] as const);

test.skipIf(chaosFactor() === 1).each(databases)(
  "a server with very many live runs that is killed, on %s",
  async (kind) => {
    const ledger = createLedger();
    const schema = kind === "postgres" ? await startPostgresSchema() : null;
    if (schema !== null) onTestFinished(() => schema.drop());
    const filled = await fill({ home: ledger.home, database: schema?.url ?? null });
    const env = schema === null ? {} : { MILLRACE_DATABASE: schema.url };
    const first = await startServer(ledger, { env });
    const port = Number(new URL(first.url).port);
    const client = createClient({ url: first.url, retryForMs: 60_000 });
    const { deployment } = await client.saveDeployment({ flowName: "etl", name: "nightly" });
    const submitted: string[] = [];
    for (let nth = 0; nth < 20; nth++)
      submitted.push((await client.submitRun({ deployment: deployment.id, idempotencyKey: `key ${nth}` })).run.id);
    expect(await client.countFlowRuns({ flowNames: ["lives"] })).toEqual({ RUNNING: runs });

    await first.end("SIGKILL");
    const startedAt = performance.now();
    await startServer(ledger, { env, port });
    await until(async () => (await fetch(`${first.url}/readyz`).catch(() => null))?.status === 200);
    console.info(`${kind}: ready after ${Math.round(performance.now() - startedAt)} ms, with ${runs} live runs`);
    expect(await client.countFlowRuns({ flowNames: ["lives"] })).toEqual({ RUNNING: runs });
    const { items } = await client.listFlowRuns({ flowNames: ["etl"] }, "created-asc", { limit: 1000 });
    expect(items.map(({ id }) => id)).toEqual(submitted);

    await filled.endLeases();
    await filled.close();
    const endedAt = performance.now();
    await until(async () => {
      await client.expireProcesses();
      return (await client.countFlowRuns({ flowNames: ["lives"] })).CRASHED === runs;
    });
    console.info(`${kind}: all of them have ended after ${Math.round(performance.now() - endedAt)} ms`);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    await client.close();
  },
);
