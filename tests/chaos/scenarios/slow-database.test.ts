/**
 * The database of a server does not answer for longer than a lease, and then is far away. What is too much at once is refused, and
 * told when to come again; whether the server lives is answered all the while; and when the database answers again nobody has
 * lost a lease by it.
 */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "millrace/client";
import { expect, onTestFinished, test } from "vitest";
import { createLedger, until } from "../../e2e/cli/millrace.ts";
import { startPostgresSchema } from "../../e2e/server/postgres-schema.ts";
import { createRemoteLedger, startServer } from "../../e2e/server/server.ts";
import { postgresMissing } from "../chosen-seeds.ts";
import { startProxy } from "../network/proxy.ts";
import { fixture } from "../processes.ts";
import { chaosFactor } from "./chaos-factor.ts";

const steady = join(import.meta.dirname, "../../e2e/server/fixtures/steady.ts");
const lease = { MILLRACE_LEASE_MS: "5s" };
const isLong = chaosFactor() > 1;
/** Of each answer of the database. */
const latencyMs = 200;
/** Longer than a lease. */
const stallMs = 15_000;
/** More than a server works on for one address. */
const requests = 450;
const mostMoreBytes = 100 * 1024 * 1024;

async function readMemory(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
}

// Long, and at the mercy of what else a machine does: for the night.
test.skipIf(postgresMissing !== undefined || !isLong)(
  "a database that is silent, and then slow, costs nobody a lease",
  async () => {
    const schema = await startPostgresSchema();
    onTestFinished(() => schema.drop());
    const proxy = await startProxy({ to: schema.url });
    onTestFinished(() => proxy.stop());
    const server = await startServer(createLedger(), {
      env: { ...lease, MILLRACE_DATABASE: proxy.through(schema.url) },
    });
    const client = createClient({ url: server.url });
    const flow = createRemoteLedger(server.url).startFile(steady, {
      env: {
        ...lease,
        STEP_MS: "150",
        NODE_OPTIONS: `--conditions=millrace-source --import=${fixture("another-host.ts")}`,
      },
    });
    await until(async () => {
      expect(flow.child.exitCode, flow.printed().stderr).toBeNull();
      return (await client.listTaskRuns({}, { limit: 9 })).items.length > 2;
    });
    const before = await readMemory(server.url);

    // Silent for longer than a lease. What is asked meanwhile waits, as much as may, and the rest is refused.
    proxy.set({ toClient: { isBlackHole: true }, toServer: { isBlackHole: true } });
    const answers: { readonly status: number; readonly retryAfter: string | null }[] = [];
    const burst = Promise.all(
      Array.from({ length: requests }, async () => {
        const { status, headers } = await fetch(`${server.url}/v1/secrets`);
        answers.push({ status, retryAfter: headers.get("retry-after") });
      }),
    );
    let isSilent = true;
    void Promise.all([delay(stallMs), until(() => answers.length > 0)]).then(() => (isSilent = false));
    while (isSilent) {
      expect((await fetch(`${server.url}/livez`)).status).toBe(200);
      await delay(50);
    }
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);

    // Then it is slow. Whoever looks at leases now finds that none was renewed.
    proxy.set({ toClient: { latencyMs } });
    await until(() =>
      client.expireProcesses().then(
        () => true,
        () => false,
      ),
    );
    await burst;
    const refused = answers.filter(({ status }) => status !== 200);
    expect(answers.filter(({ status }) => ![200, 429, 503].includes(status))).toEqual([]);
    expect(refused.filter(({ retryAfter }) => !(Number(retryAfter) >= 1))).toEqual([]);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(requests);
    expect((await readMemory(server.url)) - before).toBeLessThan(mostMoreBytes);
    proxy.heal();

    expect(await flow.ended).toMatchObject({ code: 0, stdout: "sum 820\n" });
    const [run] = (await client.listFlowRuns({})).items;
    expect(run).toMatchObject({ state: { type: "COMPLETED" }, runCount: 1 });
    expect(run?.history.map(({ type }) => type)).not.toContain("CRASHED");
    await until(async () => (await fetch(`${server.url}/readyz`)).status === 200);
    await client.close();
    await server.end("SIGTERM");
  },
);
