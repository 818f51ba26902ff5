/** What a cluster is given to do: deployments, submissions that are kept account of, and the wait until all has ended. */

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Client } from "../../../packages/millrace/src/client/create-client.ts";
import { isMillraceError } from "../../../packages/millrace/src/contract/errors.ts";
import type { FlowRun } from "../../../packages/millrace/src/contract/flow-run.ts";
import type { Deployment } from "../../../packages/millrace/src/contract/objects.ts";
import { isTerminal } from "../../../packages/millrace/src/contract/states.ts";
import type { Cluster } from "./cluster.ts";
import type { ChainOrder } from "./fixtures/flows.ts";

const folder = fileURLToPath(new URL("./fixtures", import.meta.url));

/** Between two looks at the runs, in ms. */
const usualLookMs = 100;
/** When it is given up that everything ends, so that there is time to say what has not, in ms. */
const usualPatienceMs = 90_000;

/** A deployment of a flow of the fixtures, for the workers of the pool `local`. */
export async function deploy(client: Client, flowName: string, more: object = {}): Promise<Deployment> {
  const pools = (await client.listObjects("work-pool")).items;
  const pool =
    pools.find(({ name }) => name === "local") ??
    (await client.createWorkPool({ name: "local", type: "process", paused: false }));
  const where = { workPoolId: pool.id, workQueueId: pool.defaultQueueId ?? null };
  const code = { entrypoint: `flows.ts:${flowName}`, path: folder };
  return (await client.saveDeployment({ flowName, name: "main", ...where, ...code, ...more })).deployment;
}

/**
 * Submits by a key, and again where no answer came: that is what the key is for. Every answer is kept account of. Gives the id of
 * the run.
 */
export async function submit(
  cluster: Cluster,
  { client, deployment, order }: { readonly client: Client; readonly deployment: string; readonly order: ChainOrder },
): Promise<string> {
  const { submission: id } = order;
  const { history } = cluster;
  for (;;) {
    try {
      const { run } = await client.submitRun({ deployment, parameters: { ...order }, idempotencyKey: id });
      history.submitted.push({ id, key: id, answer: "ok", runId: run.id });
      return run.id;
    } catch (error) {
      if (!isMillraceError(error, "SERVER_UNREACHABLE")) throw error;
      history.submitted.push({ id, key: id, answer: "unknown", runId: null });
      cluster.note(`nobody answered ${id}`);
      await delay(100);
    }
  }
}

export async function readRuns(client: Pick<Client, "listFlowRuns">): Promise<readonly FlowRun[]> {
  const runs: FlowRun[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<Client["listFlowRuns"]>> = await client.listFlowRuns({}, "created-asc", {
      limit: 10_000,
      cursor,
    });
    runs.push(...page.items);
    cursor = page.next;
    if (cursor === null) return runs;
  }
}

/** How long is waited, and how often it is looked, in ms. */
interface Patience {
  readonly patienceMs?: number;
  readonly lookEveryMs?: number;
}

/**
 * Resolves when every run has ended, and as it should: those that crashed are retried, as an operator does. Runs of processes whose
 * lease has passed are ended as soon as they are looked at, not when a loop of the server comes to it.
 */
export async function settleAll(
  cluster: Cluster,
  client: Client,
  {
    retries = ["CRASHED"],
    patienceMs = usualPatienceMs,
    lookEveryMs = usualLookMs,
  }: Patience & { readonly retries?: readonly FlowRun["state"]["type"][] } = {},
): Promise<readonly FlowRun[]> {
  const startedAt = performance.now();
  for (;;) {
    await client.expireProcesses();
    await client.expireSlots();
    const runs = await readRuns(client);
    const again = runs.filter(({ state }) => retries.includes(state.type));
    if (again.length === 0 && runs.every(({ state }) => isTerminal(state.type))) return runs;
    if (performance.now() - startedAt > patienceMs) {
      const left = runs.filter(({ state }) => !isTerminal(state.type));
      throw new Error(`Not all runs end:\n${left.map(describeRun).join("\n")}`);
    }
    if (again.length > 0) {
      cluster.note(`${again.length} runs are retried`);
      await client.changeFlowRuns({ where: { field: "id", in: again.map(({ id }) => id) }, action: "retry" });
    }
    await delay(lookEveryMs);
  }
}

export function describeRun({ id, flowName, history }: FlowRun): string {
  const states = history.map(
    ({ name, at, message = "" }) => `${name}(${new Date(at).toISOString().slice(14)} ${message})`,
  );
  return [id, flowName, ...states].join(" ");
}

/** Looks again and again until it is so; gives up what does not come. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  { patienceMs = usualPatienceMs, lookEveryMs = 20 }: Patience = {},
): Promise<void> {
  const startedAt = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedAt > patienceMs) throw new Error(`It does not come to this: ${String(isSo)}`);
    await delay(lookEveryMs);
  }
}
