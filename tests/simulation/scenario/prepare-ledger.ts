/** What is in the ledger before anything goes wrong: a pool, limits, deployments with their schedules. */

import { createService } from "../../../packages/millrace/src/service/create-service.ts";
import type { Api } from "../../../packages/millrace/src/contract/api.ts";
import type { Clock } from "../../../packages/millrace/src/kit/clock.ts";
import { createAutomationsLoop } from "../../../packages/millrace/src/loops/automations.ts";
import { noVault } from "../nodes/server.ts";
import type { Faults } from "../world/faults.ts";
import type { Database } from "../nodes/database.ts";
import type { World } from "../world/world.ts";
import { orderPlaced } from "./orders.ts";
import type { Scenario } from "./draw-scenario.ts";

/** How long a run that took a slot of its deployment's limit may take to start, in ms. */
const startGraceMs = 20_000;

export async function prepareLedger(
  world: World,
  { scenario, database, faults }: { readonly scenario: Scenario; readonly database: Database; readonly faults: Faults },
): Promise<{ readonly workPoolId: string }> {
  const clock = {
    now: () => world.now,
    monotonic: () => world.elapsedMs,
    sleep: () => Promise.resolve(),
    setTimer: (ms: number, callback: () => void) => world.after(ms, callback),
  };
  const api = createService({ store: database.store, clock });
  const pool = await api.createWorkPool({
    name: "pool",
    type: "process",
    ...(scenario.poolLimit === null ? {} : { concurrencyLimit: scenario.poolLimit }),
  });
  await api.createObject("concurrency-limit", {
    name: "shared",
    slots: scenario.sharedSlots,
    active: true,
    taken: 0,
    takenAt: world.now,
    denied: 0,
    decayPerSecond: 0,
  });
  for (const { name, concurrencyLimit, strategy, schedule, program } of scenario.deployments) {
    await api.saveDeployment({
      flowName: "program",
      name,
      entrypoint: "flows.ts:program",
      workPoolId: pool.id,
      workQueueId: pool.defaultQueueId ?? null,
      concurrencyLimit,
      collisionStrategy: strategy,
      startGraceMs,
      parameters: { ...program },
      schedules:
        schedule === null
          ? []
          : [
              {
                slug: "every",
                active: true,
                spec: { kind: "interval", everyMs: schedule.everyMs, anchorAt: world.now },
                maxScheduledRuns: 2,
                catchUp: schedule.catchUp === "all" ? { policy: "all", max: 100 } : { policy: "skip" },
                endAt: world.now + scenario.healsAtMs,
              },
            ],
    });
  }
  if (scenario.reacts) await automate(api, { clock, workPoolId: pool.id, workQueueId: pool.defaultQueueId ?? null });
  if (faults.strikes("a row is damaged", 1)) await damageSchedule(api, { database, workPoolId: pool.id });
  return { workPoolId: pool.id };
}

/** A schedule that cannot be read, among those that can: it must not stop the loop that looks at all of them. */
async function damageSchedule(
  api: Api,
  { database, workPoolId }: { readonly database: Database; readonly workPoolId: string },
): Promise<void> {
  const spec = { kind: "interval", everyMs: 1000 } as const;
  const schedules = [{ slug: "damaged", active: true, spec }];
  await api.saveDeployment({
    flowName: "program",
    name: "damaged",
    entrypoint: "flows.ts:program",
    workPoolId,
    schedules,
  });
  const damaged = JSON.stringify({ kind: "cron", cron: "every now and then" });
  database.sqlite
    .prepare("update schedule set body = json_set(body, '$.spec', json(?)) where slug = 'damaged'")
    .run(damaged);
}

/** Makes a run of its own for each order, whose submission is named by the event. Events count from now on. */
async function automate(
  api: Api,
  { clock, ...queue }: { readonly clock: Clock; readonly workPoolId: string; readonly workQueueId: string | null },
): Promise<void> {
  const { deployment } = await api.saveDeployment({
    flowName: "program",
    name: "reaction",
    entrypoint: "flows.ts:program",
    ...queue,
    parameters: { orders: [{ kind: "step", n: 1, workMs: 10, fails: 0 }], ends: "itself", failures: 0 },
  });
  await api.createObject("automation", {
    name: "react",
    enabled: true,
    tags: [],
    owner: null,
    trigger: {
      kind: "event",
      posture: "Reactive",
      match: {},
      matchRelated: [],
      after: [],
      expect: [orderPlaced],
      forEach: [],
      threshold: 1,
      withinMs: 0,
    },
    actions: [
      {
        kind: "run-deployment",
        target: { source: "selected", id: deployment.id },
        parameters: { submission: "{{ event.id }}" },
        jobVariables: null,
        delayMs: 0,
      },
    ],
  });
  const loop = createAutomationsLoop({ api, clock, vault: noVault, onFailure: () => undefined });
  await loop.tick();
  await loop.stop();
}
