/**
 * A flow's code blocks its event loop for several leases, asleep and at work, in a process that the server cannot see. Nobody takes
 * it for dead: its lease is renewed by a thread. At night only.
 */

import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "millrace/client";
import { expect, test } from "vitest";
import { createLedger, until } from "../../e2e/cli/millrace.ts";
import { createRemoteLedger, startServer } from "../../e2e/server/server.ts";
import { fixture } from "../processes.ts";
import { chaosFactor } from "./chaos-factor.ts";

const leaseMs = 10_000;
const blockMs = 3 * leaseMs;

// It takes a minute. On each change heartbeat.test.ts has the thread renew while its process is blocked.
test.runIf(chaosFactor() > 1)("a process whose event loop is blocked for several leases keeps its run", async () => {
  const env = { MILLRACE_LEASE_MS: `${leaseMs}ms` };
  const server = await startServer(createLedger(), { env });
  const client = createClient({ url: server.url });
  const flow = createRemoteLedger(server.url).startFile(fixture("blocking.ts"), {
    env: {
      ...env,
      BLOCK_MS: String(blockMs),
      NODE_OPTIONS: `--conditions=millrace-source --import=${fixture("another-host.ts")}`,
    },
  });
  await until(async () => (await client.listFlowRuns({})).items.length > 0);
  while (flow.child.exitCode === null) {
    expect(await client.expireProcesses()).toBe(0);
    await delay(leaseMs / 10);
  }
  expect(await flow.ended).toMatchObject({ code: 0, stdout: "true\n" });
  expect((await client.listFlowRuns({})).items).toMatchObject([{ state: { type: "COMPLETED" }, runCount: 1 }]);
  await client.close();
  await server.end("SIGTERM");
});
