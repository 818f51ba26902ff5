/**
 * Two servers and ten workers on one PostgreSQL, of which a server and two workers are killed: no slot of a schedule, no
 * submission, no run and no action of an automation is doubled or lost, and no limit is passed.
 */

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "millrace/client";
import { expect, test } from "vitest";
import { until } from "../cli/millrace.ts";
import { postgresSkipped } from "../server/postgres-schema.ts";
import { makeProject } from "../worker/project.ts";
import { mostAtOnce, readDiary, spansOf } from "./diary.ts";
import { type Killable, startServers, startWorkers } from "./processes.ts";

const minute = 60_000;

/** How much is done, as so many times what each change is tested with. */
const factor = Number(process.env.MILLRACE_CLUSTER_FACTOR ?? "1");
const keys = 10 * factor;
const slotsOfSchedule = 4 * factor;
const narrowRuns = 4 * factor;

const timeoutMs = 10 * factor * minute;
/** When it is given up that everything ends, so that there is time to say what has not. */
const patienceMs = timeoutMs / 2;

const tickEveryMs = 2000;
/** The workers are there by then, or soon after. */
const scheduleInMs = 15_000;
const databaseSlots = 2;

type FlowRun = NonNullable<Awaited<ReturnType<Client["readFlowRun"]>>>;
type Deployment = Awaited<ReturnType<Client["saveDeployment"]>>["deployment"];

/** Limits of deployments, by how collisions are solved, with how many runs they let go at once. */
const narrow = { enqueue: 2, "cancel-new": 1, "cancel-running": 1, "latest-only": 1 } as const;
const strategies = Object.keys(narrow) as readonly (keyof typeof narrow)[];

const ended = new Set(["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]);

test.skipIf(postgresSkipped !== undefined)(
  "two servers and ten workers on one PostgreSQL double nothing, lose nothing, and keep to every limit",
  { timeout: timeoutMs },
  async () => {
    const project = makeProject({ from: join(import.meta.dirname, "fixtures"), files: ["flows.ts"] });
    const diaryFile = join(project, "diary");
    const env = {
      DIARY: diaryFile,
      MILLRACE_GRACE_MS: "2s",
      MILLRACE_LEASE_MS: "10s",
      MILLRACE_START_WITHIN_MS: "15s",
    };
    const servers = await startServers(2, env);
    const clients = servers.map(({ url }) => createClient({ url, retryForMs: minute }));
    const [client, other] = clients as [Client, Client];
    const plan = await deploy(client, project);
    const first = await plan.schedule();
    const workers: Killable[] = [];
    for (const { url } of servers) workers.push(...(await startWorkers(5, { url, env })));
    const readTroubles = (): string => [...servers, ...workers].map((process) => process.troubles()).join("\n");
    const watch = watchLeases(client);

    const submitted = submitAll(clients, plan);
    await until(() => readDiary(diaryFile).length > 10);
    const victims = [servers[1], workers[0], workers[9]];
    await Promise.all(victims.map(async (process) => process?.kill()));
    // A worker waits only for a server that it has heard of once.
    for (const process of victims) await process?.restart();
    const answers = await submitted;
    const runs = await waitForAll(client, plan).catch((error: unknown) => {
      throw new Error(readTroubles(), { cause: error });
    });
    await watch.stop();
    const troubles = readTroubles();

    const diary = readDiary(diaryFile);
    const byId = new Map(runs.map((run) => [run.id, run]));
    const bodies = spansOf(diary, { what: "body", endOf: (run) => byId.get(run)?.endedAt ?? Number.POSITIVE_INFINITY });
    const uses = spansOf(diary, {
      what: "use of database",
      endOf: (run) => byId.get(run)?.endedAt ?? Number.POSITIVE_INFINITY,
    });
    const ofDeployment = (deployment: Deployment | undefined) =>
      runs.filter(({ deploymentId }) => deploymentId === deployment?.id);

    // Each slot of each schedule has exactly one run.
    for (const deployment of plan.ticks) {
      const due = ofDeployment(deployment).map(({ expectedAt }) => expectedAt);
      expect(due.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: slotsOfSchedule }, (_, n) => first + n * tickEveryMs),
      );
    }

    // Each key has one run, and both servers answered with it.
    for (const [key, ids] of answers) expect([key, new Set(ids).size]).toEqual([key, 1]);
    expect(ofDeployment(plan.job)).toHaveLength(keys);

    // A body began once for each start of its run, and no process executed two runs.
    expect(runs.filter(({ state }) => !ended.has(state.type))).toEqual([]);
    const began = Map.groupBy(bodies, ({ run }) => run);
    const isRight = ({ id, runCount, state }: FlowRun): boolean => {
      const times = began.get(id)?.length ?? 0;
      return state.type === "COMPLETED" ? times === 1 : times <= runCount;
    };
    expect(runs.filter((run) => !isRight(run))).toEqual([]);
    expect(new Set(bodies.map(({ pid, run }) => `${pid} ${run}`)).size).toBe(bodies.length);
    expect(new Set(bodies.map(({ run }) => run)).size).toBe(bodies.length);
    expect(new Set(bodies.map(({ pid }) => pid)).size).toBe(bodies.length);

    // No limit was passed, by what was done and by the leases.
    const most = strategies.map((strategy) => {
      const ids = new Set(ofDeployment(plan.narrow.get(strategy)).map(({ id }) => id));
      return { strategy, most: mostAtOnce(bodies.filter(({ run }) => ids.has(run))) };
    });
    expect(most.filter((each) => each.most > narrow[each.strategy])).toEqual([]);
    expect(mostAtOnce(uses)).toBeLessThanOrEqual(databaseSlots);
    expect(watch.passed).toEqual([]);

    // What the strategies are for: one lets all of its runs go, the others leave some.
    const done = (strategy: keyof typeof narrow): number =>
      ofDeployment(plan.narrow.get(strategy)).filter(({ state }) => state.type !== "CANCELLED").length;
    expect(done("enqueue")).toBe(narrowRuns);
    const gaveWay = ofDeployment(plan.narrow.get("cancel-running")).filter(({ history }) =>
      history.some(({ message }) => message === "A newer run of the deployment needs the slot."),
    );
    expect(gaveWay.length).toBeGreaterThan(0);
    expect(done("latest-only")).toBeGreaterThan(0);

    // Each completion of a job fired once, and its action was done once.
    const completed = ofDeployment(plan.job).filter(({ state }) => state.type === "COMPLETED");
    const firings = (await other.listObjects("automation-firing", {}, { limit: 1000 })).items;
    expect(firings.map(({ status }) => status)).toEqual(completed.map(() => "done"));
    expect(firings.every(({ outcomes }) => outcomes?.length === 1)).toBe(true);
    const followed = ofDeployment(plan.follower).map(({ parameters }) => (JSON.parse(parameters) as { of: string }).of);
    expect(followed.toSorted()).toEqual(completed.map(({ id }) => id).toSorted());

    // Nothing is held any more.
    await until(async () => (await other.listObjects("slot-lease")).items.length === 0);
    const limits = (await other.listObjects("concurrency-limit")).items;
    expect(limits.map(({ taken }) => taken)).toEqual(limits.map(() => 0));
    expect(limits).toHaveLength(1 + strategies.length);
    expect(troubles).not.toContain("TypeError");
    await Promise.all(workers.map((worker) => worker.stop()));
    await Promise.all(servers.map((server) => server.stop()));
  },
);

interface Plan {
  readonly ticks: readonly Deployment[];
  readonly job: Deployment;
  readonly follower: Deployment;
  readonly narrow: ReadonlyMap<keyof typeof narrow, Deployment>;
  /** Begins the schedules; when their first slot is due. */
  schedule(): Promise<number>;
}

async function deploy(client: Client, folder: string): Promise<Plan> {
  const pool = await client.createWorkPool({ name: "local", type: "process", paused: false });
  const save = async (flowName: string, name: string, more: object = {}): Promise<Deployment> => {
    const where = { workPoolId: pool.id, workQueueId: pool.defaultQueueId ?? null };
    const code = { entrypoint: `flows.ts:${flowName}`, path: folder };
    return (await client.saveDeployment({ flowName, name, ...where, ...code, ...more })).deployment;
  };
  const ticks = await Promise.all(["one", "two", "three"].map((name) => save("tick", name)));
  const limited = strategies.map(async (strategy) => {
    const limit = { concurrencyLimit: narrow[strategy], collisionStrategy: strategy };
    return [strategy, await save("narrow", strategy, limit)] as const;
  });
  await client.createObject("concurrency-limit", {
    name: "database",
    active: true,
    slots: databaseSlots,
    taken: 0,
    takenAt: Date.now(),
    decayPerSecond: 0,
    denied: 0,
  });
  const [job, follower] = [await save("job", "main"), await save("follower", "main")];
  await client.createObject("automation", {
    name: "follow each job",
    enabled: true,
    tags: [],
    owner: null,
    trigger: {
      kind: "event",
      posture: "Reactive",
      match: { id: "millrace.flow-run.*" },
      matchRelated: [{ id: `millrace.deployment.${job.id}` }],
      after: [],
      expect: ["millrace.flow-run.Completed"],
      forEach: ["id"],
      threshold: 1,
      withinMs: 0,
    },
    actions: [
      {
        kind: "run-deployment",
        target: { source: "selected", id: follower.id },
        parameters: { of: "{{ flow_run.id }}" },
        jobVariables: null,
        delayMs: 0,
      },
    ],
  });
  return {
    ticks,
    job,
    follower,
    narrow: new Map(await Promise.all(limited)),
    async schedule() {
      const startAt = Math.ceil(Date.now() / 1000) * 1000 + scheduleInMs;
      const endAt = startAt + (slotsOfSchedule - 1) * tickEveryMs;
      const spec = { kind: "interval", everyMs: tickEveryMs, anchorAt: startAt } as const;
      for (const { id } of ticks)
        await client.createSchedule(id, { slug: "often", active: true, spec, startAt, endAt });
      return startAt;
    },
  };
}

/** Again where no answer came: that is what the key is for. */
async function submit(client: Client, submission: Parameters<Client["submitRun"]>[0]): ReturnType<Client["submitRun"]> {
  for (;;) {
    try {
      return await client.submitRun(submission);
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== "SERVER_UNREACHABLE") throw error;
      await sleep(100);
    }
  }
}

/** The ids that were answered, by key: each is submitted to every server at once. Runs of the narrow ones come in between. */
async function submitAll(clients: readonly Client[], plan: Plan): Promise<ReadonlyMap<string, readonly string[]>> {
  const answers = new Map<string, readonly string[]>();
  for (let n = 0; n < keys; n++) {
    const idempotencyKey = `key ${n}`;
    const each = clients.map((client) => submit(client, { deployment: plan.job.id, idempotencyKey }));
    answers.set(
      idempotencyKey,
      (await Promise.all(each)).map(({ run }) => run.id),
    );
    if (n < narrowRuns) {
      const client = clients[n % clients.length];
      for (const { id } of plan.narrow.values())
        if (client !== undefined) await submit(client, { deployment: id, idempotencyKey: `${id} ${n}` });
    }
    await sleep(100);
  }
  return answers;
}

function describeRun({ id, flowName, history }: FlowRun): string {
  return [id, flowName, ...history.map(describeState)].join(" ");
}

function describeState({ name, at, message = "" }: FlowRun["state"]): string {
  return `${name}(${new Date(at).toISOString().slice(14)} ${message})`;
}

/** All runs, once there is nothing left to be done. */
async function waitForAll(client: Client, plan: Plan): Promise<readonly FlowRun[]> {
  const startedAt = performance.now();
  return until(async () => {
    await sleep(300);
    const runs = await readAll(client);
    if (performance.now() - startedAt > patienceMs) throw new Error(runs.map(describeRun).join("\n"));
    if (runs.some(({ state }) => !ended.has(state.type))) return false;
    const jobs = runs.filter(({ deploymentId, state }) => deploymentId === plan.job.id && state.type === "COMPLETED");
    const followers = runs.filter(({ deploymentId }) => deploymentId === plan.follower.id);
    const ticks = runs.filter(({ flowName }) => flowName === "tick");
    const isDone = followers.length >= jobs.length && ticks.length >= plan.ticks.length * slotsOfSchedule;
    return isDone && (await client.listObjects("automation-firing", pendingOnly)).items.length === 0 && runs;
  });
}

const pendingOnly = { where: { field: "status", in: ["pending"] } };

async function readAll(client: Client): Promise<readonly FlowRun[]> {
  const runs: FlowRun[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Client["listFlowRuns"]>> = await client.listFlowRuns({}, "created-asc", {
      limit: 200,
      cursor,
    });
    runs.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return runs;
}

/** Looks again and again whether the leases hold more of a limit than it has. */
function watchLeases(client: Client): { readonly passed: readonly string[]; stop(): Promise<void> } {
  const passed: string[] = [];
  let isStopped = false;
  async function watch(): Promise<void> {
    while (!isStopped) {
      const limits = (await client.listObjects("concurrency-limit")).items;
      const leases = (await client.listObjects("slot-lease", {}, { limit: 1000 })).items;
      for (const { id, name, slots } of limits) {
        const held = leases
          .filter(({ limitIds }) => limitIds.includes(id))
          .reduce((sum, lease) => sum + lease.slots, 0);
        if (held > slots) passed.push(`${name}: ${held} of ${slots}`);
      }
      await sleep(100);
    }
  }
  const watching = watch();
  return {
    passed,
    stop() {
      isStopped = true;
      return watching;
    },
  };
}
