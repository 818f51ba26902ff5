/**
 * PostgreSQL crashes and comes back again and again, and all its connections are ended every moment, while flows run: in
 * processes that record in it themselves, and on a server. Every flow comes to its result, no process ends, a submission that was
 * answered is there once, and when the database has come back everything is answered again.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "millrace/client";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { createRandom } from "../../../packages/millrace/src/kit/random.ts";
import { createPostgresCluster, findPostgresPrograms, type PostgresCluster } from "../../../tools/postgres-cluster.ts";
import { createLedger, type Running, until } from "../../e2e/cli/millrace.ts";
import { createRemoteLedger, startServer } from "../../e2e/server/server.ts";
import { postgresMissing } from "../chosen-seeds.ts";
import { fixture } from "../processes.ts";
import { chaosFactor } from "./chaos-factor.ts";

const faults = 3 * chaosFactor();
/** Results that each process has printed before the first fault, and after the last. */
const someResults = 5;

interface Results {
  readonly n: number;
  readonly sum: number;
}

function resultsOf({ printed }: Running): readonly Results[] {
  return printed()
    .stdout.split("\n")
    .slice(0, -1)
    .map((line) => line.split(" ").map(Number))
    .map(([n = NaN, sum = NaN]) => ({ n, sum }));
}

/** Whether each process has so many results. None has ended. */
function allHave(flows: readonly Running[], least: (index: number) => number): boolean {
  for (const { child, printed } of flows) expect(child.exitCode, printed().stderr).toBeNull();
  return flows.every((each, index) => resultsOf(each).length >= least(index));
}

const right = (n: number): number => [n, n + 1, n + 2, n + 3].reduce((sum, each) => sum + each * each, 0);

async function startCluster(): Promise<PostgresCluster> {
  const cluster = await createPostgresCluster(findPostgresPrograms() ?? "", { isToCrash: true });
  onTestFinished(() => cluster.remove());
  expect(await cluster.start()).toBe(true);
  return cluster;
}

async function endConnections(url: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  const ended = await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'",
  );
  await client.end();
  return ended.rowCount ?? 0;
}

test.skipIf(postgresMissing !== undefined || findPostgresPrograms() === undefined)(
  "a database that crashes and ends connections costs no flow, no process and no answered submission",
  async () => {
    const random = createRandom("database crashes");
    const cluster = await startCluster();
    const database = { MILLRACE_DATABASE: cluster.url };
    const server = await startServer(createLedger(), { env: database });
    const remote = createRemoteLedger(server.url);
    const stop = join(remote.home, "stop");
    const flows = [
      createLedger().startFile(fixture("squares.ts"), { env: { ...database, STOP: stop } }),
      remote.startFile(fixture("squares.ts"), { env: { STOP: stop } }),
    ];
    await until(() => allHave(flows, () => someResults));

    const client = createClient({ url: server.url, retryForMs: 60_000 });
    const { deployment } = await client.saveDeployment({ flowName: "etl", name: "nightly" });
    const submitted = new Map<string, string>();
    let isOver = false;
    const submitting = (async () => {
      for (let n = 0; !isOver; n++) {
        const { run } = await client.submitRun({ deployment: deployment.id, idempotencyKey: `key ${n}` });
        submitted.set(`key ${n}`, run.id);
        await delay(20);
      }
    })();

    let isStarted = true;
    let ended = 0;
    for (let fault = 0; fault < faults; fault++) {
      await delay(200 + 800 * random());
      if (fault % 3 === 2) {
        await cluster.crash();
        await delay(500 * random());
        isStarted &&= await cluster.start();
      } else {
        ended += await endConnections(cluster.url);
      }
    }
    expect(isStarted).toBe(true);
    expect(ended).toBeGreaterThan(0);

    // It goes on: each process has some more results, and is answered.
    const before = flows.map((each) => resultsOf(each).length);
    await until(() => allHave(flows, (index) => (before[index] ?? 0) + someResults));
    isOver = true;
    await submitting;
    for (let times = 0; times < 20; times++) expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    writeFileSync(stop, "");
    for (const each of flows) {
      expect(await each.ended).toMatchObject({ code: 0 });
      expect(resultsOf(each)).toEqual(resultsOf(each).map((_, n) => ({ n, sum: right(n) })));
    }
    const ofFlows = await client.listFlowRuns({ flowNames: ["squares"] }, "created-asc", { limit: 10_000 });
    expect(new Set(ofFlows.items.map(({ state, runCount }) => `${state.type} ${runCount}`))).toEqual(
      new Set(["COMPLETED 1"]),
    );
    expect(ofFlows.items).toHaveLength(flows.flatMap(resultsOf).length);
    expect(server.running.child.exitCode).toBeNull();
    const runs = await client.listFlowRuns({ flowNames: ["etl"] }, "created-asc", { limit: 10_000 });
    expect(runs.items.map(({ id }) => id).toSorted()).toEqual([...submitted.values()].toSorted());
    await client.close();
    const { stderr } = await server.end("SIGTERM");
    expect(stderr).not.toMatch(/TypeError|uncaught/i);
  },
);
