/** What a server asks of its database while there is nothing to do. */

import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "millrace/client";
import { expect, onTestFinished, test } from "vitest";
import { countStatements } from "../../../bench/kit/statement-counter.ts";
import { createLedger, until } from "../cli/millrace.ts";
import { postgresSkipped, startPostgresSchema } from "./postgres-schema.ts";
import { startServer } from "./server.ts";

/** By then each loop has looked twice: when the server started, and since it saw that nothing was recorded. */
const settleMs = 24_000;
const idleSeconds = 10;
const maxPerSecond = 2;

test.skipIf(postgresSkipped !== undefined)(
  "an idle server asks little of PostgreSQL, and wakes up when something is to be done",
  async () => {
    const schema = await startPostgresSchema();
    onTestFinished(() => schema.drop());
    const counter = await countStatements(schema.url);
    onTestFinished(() => counter.close());
    const server = await startServer(createLedger(), { env: { MILLRACE_DATABASE: counter.url } });
    onTestFinished(async () => void (await server.end("SIGKILL")));
    await sleep(settleMs);
    counter.take();
    await sleep(idleSeconds * 1000);
    expect(counter.take()).toBeLessThanOrEqual(idleSeconds * maxPerSecond);

    // The loops rest, and are woken by what comes.
    const client = createClient({ url: server.url });
    const schedule = { slug: "soon", active: true, spec: { kind: "interval" as const, everyMs: 3_600_000 } };
    const { deployment } = await client.saveDeployment({ flowName: "etl", name: "nightly", schedules: [schedule] });
    const where = { field: "deploymentId", in: [deployment.id] };
    const made = await until(async () => {
      const { items } = await client.listFlowRuns({ where });
      return items.length > 0 && items;
    });
    expect(made.every(({ autoScheduled }) => autoScheduled)).toBe(true);
  },
);
