/** Holds what is left of a cluster against the invariants, when everything has ended: the rows, the answers, the effects, the processes. */

import type { FlowRun } from "../../../packages/millrace/src/contract/flow-run.ts";
import { isTerminal } from "../../../packages/millrace/src/contract/states.ts";
import { flowRunHistories } from "../../simulation/invariants/flow-run-histories.ts";
import { submissionOf, submissions } from "../../simulation/invariants/submissions.ts";
import { taskRunHistories } from "../../simulation/invariants/task-run-histories.ts";
import type { RecordedEffect } from "../fixtures/effects.ts";
import { eventsFold } from "../invariants/events-fold.ts";
import { short } from "../invariants/evidence.ts";
import { findLiveOnes } from "../live-processes.ts";
import { fromUuid } from "../rows.ts";
import type { Cluster } from "./cluster.ts";
import type { ChainOrder } from "./fixtures/flows.ts";
import { deploy, readRuns, settleAll, submit } from "./work.ts";

/** Every violation, a line each. Of the cluster the servers must run: each of them is asked at last whether it still works. */
export async function findViolations(cluster: Cluster): Promise<readonly string[]> {
  const problems = [...(await checkLiveness(cluster))];
  const { ledger, history } = cluster;
  await Promise.all(cluster.workers.map((worker) => worker.stop()));
  await Promise.all(cluster.servers.map((server) => server.stop()));
  await ledger.settle();
  const rows = await ledger.readRows();
  const effects = cluster.effects();
  const opened = await ledger.open();
  try {
    const runs = await readRuns(opened.api);
    problems.push(
      ...submissions({ history, runs }),
      ...flowRunHistories({ runs }),
      ...taskRunHistories({ rows }),
      ...eventsFold({ rows }),
      ...runs.flatMap(checkEnd),
      ...checkGivenValues(effects),
      ...((await opened.store?.check()) ?? []).map((finding) => `I11: ${finding}`),
      ...(await ledger.findDamage()).map((finding) => `I11: ${finding}`),
    );
    const limits = (await opened.api.listObjects("concurrency-limit")).items;
    const leases = (await opened.api.listObjects("slot-lease")).items;
    problems.push(
      ...limits.flatMap(({ name, taken }) => (taken === 0 ? [] : [`I6: ${taken} slots of ${name} are still taken`])),
      ...(leases.length === 0 ? [] : [`I6: ${leases.length} leases of slots are left`]),
    );
  } finally {
    await opened.close();
  }
  return [...problems, ...history.violations, ...(await checkProcesses(cluster, effects))];
}

/** I10: each server answers, and what is given to it now is done. Before the last looks, lest a cluster that is dead pass them. */
async function checkLiveness(cluster: Cluster): Promise<readonly string[]> {
  for (const server of cluster.servers) {
    const client = cluster.client(server.word);
    await readRuns(client);
    // Where nobody does any work, it answers.
    if (cluster.workers.length === 0) continue;
    const { id: deployment } = await deploy(client, "chain");
    const submission = `last words of ${server.name}`;
    await submit(cluster, { client, deployment, order: { submission, steps: 1, workMs: 0 } });
  }
  const [first] = cluster.servers;
  if (first === undefined) return [];
  const client = cluster.client(first.word);
  await settleAll(cluster, client);
  const runs = (await readRuns(client)).filter((run) => submissionOf(run).startsWith("last words of "));
  return runs.flatMap(({ id, state }) =>
    state.type === "COMPLETED" ? [] : [`I10: run ${id}, which was asked for at last, is ${state.name}`],
  );
}

/** Every run has ended, and one that completed gives the sum of its steps. */
function checkEnd({ id, flowName, state, result, parameters }: FlowRun): readonly string[] {
  if (!isTerminal(state.type)) return [`I10: run ${id} is left ${state.name}`];
  if (flowName !== "chain" || state.type !== "COMPLETED") return [];
  const { steps } = JSON.parse(parameters) as ChainOrder;
  const sum = (steps * (steps + 1)) / 2;
  const value = result?.storage === "inline" ? result.data : null;
  return value === String(sum) ? [] : [`run ${id} gives ${value} in place of ${sum}`];
}

/** Promise 2: what a process of a run was given the value of does not begin again in one that began after that. */
function checkGivenValues(effects: readonly RecordedEffect[]): readonly string[] {
  const given = new Map<string, number>();
  const begun = new Map<string, number>();
  return effects.flatMap((effect, at) => {
    const { phase, runId, call, pid } = effect;
    const key = `${runId} ${call}`;
    if (phase === "begin") begun.set(`${runId} ${pid}`, at);
    if (phase === "value" && !given.has(key)) given.set(key, at);
    if (phase !== "start") return [];
    const isAgain = (given.get(key) ?? Number.POSITIVE_INFINITY) < (begun.get(`${runId} ${pid}`) ?? 0);
    return isAgain
      ? [`promise 2: ${call} of run ${short(fromUuid(runId))} had given its value, and began again in process ${pid}`]
      : [];
  });
}

/** Words of an error that nobody has thought of. */
const unthought = /TypeError|ReferenceError|RangeError|unhandled|Uncaught/i;

/** I9, I12. */
async function checkProcesses(cluster: Cluster, effects: readonly RecordedEffect[]): Promise<readonly string[]> {
  const left = await findLiveOnes(new Set(effects.map(({ pid }) => pid)));
  const nodes = [...cluster.servers, ...cluster.workers];
  return [
    ...left.map((pid) => `I9: process ${pid}, which ran bodies, is still there`),
    ...nodes.flatMap((node) => node.surprises.map((surprise) => `I12: ${node.name} ${surprise}`)),
    ...nodes.flatMap((node) => (unthought.test(node.said()) ? [`I12: ${node.name} says: ${node.said()}`] : [])),
  ];
}
