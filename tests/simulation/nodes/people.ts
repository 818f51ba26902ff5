/** People, and programs of theirs: they submit runs, cancel, answer and retry, and start flows by hand. */

import type { Client } from "../../../packages/millrace/src/client/create-client.ts";
import { isMillraceError } from "../../../packages/millrace/src/contract/errors.ts";
import type { FlowRun } from "../../../packages/millrace/src/contract/flow-run.ts";
import { uuidv7 } from "../../../packages/millrace/src/kit/ids.ts";
import { pick } from "../../../packages/millrace/src/kit/random.ts";
import type { Program } from "../scenario/program.ts";
import type { Scenario, SubmissionPlan } from "../scenario/draw-scenario.ts";
import { orderPlaced } from "../scenario/orders.ts";
import type { Faults } from "../world/faults.ts";
import type { History } from "../world/history.ts";
import type { World } from "../world/world.ts";
import { type Cluster, connect } from "./cluster.ts";
import { callFlow, executeRun, startFlowProcess } from "./flow-process.ts";
import { program } from "./flows.ts";
import { startProcessOn } from "./worker.ts";

/** Between two things that somebody does to a run, in ms. */
const meddlesEveryMs = 1500;
/** Between two looks at a run that was started by hand, at most, in ms. */
const looksWithinMs = 2000;
const maxContinuations = 6;
/** How often somebody tries to go on with a run that a process still has. */
const impatience = 0.05;

interface Parts {
  readonly cluster: Cluster;
  readonly scenario: Scenario;
  readonly history: History;
  readonly faults: Faults;
}

export function letPeopleAct(world: World, parts: Parts): void {
  const { scenario } = parts;
  for (const submission of scenario.submissions)
    world.after(submission.atMs, () => void submit(world, submission, parts));
  for (const script of scenario.scripts) world.after(script.atMs, () => void runScript(world, script, parts));
  world.after(meddlesEveryMs, () => void meddle(world, parts));
}

async function submit(world: World, submission: SubmissionPlan, parts: Parts): Promise<void> {
  const { cluster, history } = parts;
  const { deployment, id, hasKey, repeatAfterMs } = submission;
  const key = hasKey ? `${world.seed} ${id}` : null;
  const parameters = { ...submission.program, submission: id };
  async function ask(): Promise<void> {
    const order = { deployment, parameters, ...(key === null ? {} : { idempotencyKey: key }) };
    try {
      const { run } = await cluster.outside.api.submitRun(order);
      history.submitted.push({ id, key, answer: "ok", runId: run.id });
    } catch (error) {
      history.submitted.push({ id, key, answer: isUnknown(error) ? "unknown" : "failed", runId: null });
    }
  }
  if (parts.scenario.reacts) void placeOrder(world, parts);
  if (key !== null && repeatAfterMs !== null) world.after(repeatAfterMs, () => void ask());
  await ask();
}

/** An event of its own id: told again until it is answered, it is one. */
async function placeOrder(world: World, { cluster }: Parts): Promise<void> {
  const { api, process } = cluster.outside;
  const about = { flowRunId: null, taskRunId: null, resource: { id: "shop" }, payload: null };
  const event = { ...about, id: uuidv7(), name: orderPlaced, at: world.now };
  while (
    !(await api.record({ processId: "people", events: [event] }).then(
      () => true,
      () => false,
    ))
  ) {
    await process.later(1000);
  }
}

/** Whether it may have been done all the same. What the ledger refused before it wrote was not. */
function isUnknown(error: unknown): boolean {
  return !isMillraceError(error) || !["NOT_FOUND", "PARAMETERS_INVALID", "USAGE"].includes(error.code);
}

/** A flow that is called by hand. */
async function runScript(
  world: World,
  { id, program: ordered }: { readonly id: string; readonly program: Program },
  parts: Parts,
): Promise<void> {
  const { cluster, history, faults } = parts;
  const host = pick(world.random(`${id} host`), cluster.hosts);
  const process = startProcessOn(world, host, "script");
  const flowProcess = startFlowProcess(world, { process, api: connect(world, { network: cluster.network, process }) });
  await callFlow(flowProcess, {
    flow: program,
    parameters: { ...ordered, submission: id },
    onCreated(run) {
      history.started.push({ id, runId: run.id });
      void watchOver(world, run.id, parts);
    },
  });
  await flowProcess.engine.close().catch(() => faults.reached("a process could not say farewell"));
  process.die();
}

/** Somebody looks at the run now and then, and goes on with it in another process when it has crashed. */
async function watchOver(world: World, runId: string, parts: Parts): Promise<void> {
  const { cluster, faults } = parts;
  const random = world.random(`${runId} watched`);
  let resumed = 0;
  while (resumed < maxContinuations) {
    await new Promise<void>((resolve) => void world.after(looksWithinMs * random(), resolve));
    const run = await cluster.outside.api.readFlowRun(runId).catch(() => null);
    if (run === null) continue;
    if (run.state.type !== "CRASHED" && run.endedAt !== null) return;
    if (run.state.type !== "CRASHED" && random() > impatience) continue;
    resumed++;
    faults.reached("a run was gone on with in another process");
    const process = startProcessOn(world, pick(random, cluster.hosts), "resume");
    void resume(world, { process, runId, parts });
  }
}

async function resume(
  world: World,
  {
    process,
    runId,
    parts,
  }: { readonly process: ReturnType<typeof startProcessOn>; readonly runId: string; readonly parts: Parts },
): Promise<void> {
  const { cluster, faults } = parts;
  const flowProcess = startFlowProcess(world, { process, api: connect(world, { network: cluster.network, process }) });
  try {
    const run: FlowRun = await flowProcess.engine.claim(runId, "resume");
    await executeRun(flowProcess, { run, flow: program, mode: "resume" });
  } catch (error) {
    if (isMillraceError(error, "RUN_OWNED")) faults.reached("a run with a living owner was refused");
  }
  await flowProcess.engine.close().catch(() => undefined);
  process.die();
}

/** Cancels, retries, answers and resumes what there is, whatever comes of it. */
async function meddle(world: World, parts: Parts): Promise<void> {
  const { cluster, faults } = parts;
  const { api } = cluster.outside;
  const random = world.random("meddling");
  for (;;) {
    await cluster.outside.process.clock.sleep(meddlesEveryMs * (0.5 + random()));
    if (faults.isOver) return;
    try {
      await meddleOnce(api, { random, faults });
    } catch {
      faults.reached("somebody was not answered");
    }
  }
}

async function meddleOnce(
  api: Client,
  { random, faults }: { readonly random: () => number; readonly faults: Faults },
): Promise<void> {
  const drawn = random();
  if (drawn < 0.35) {
    const { items } = await api.listInbox({}, { limit: 5 });
    for (const { flowRunId } of items) await api.answerPause({ flowRunId });
    if (items.length > 0) faults.reached("a pause was answered");
    return;
  }
  const [action, types] =
    drawn < 0.6
      ? (["cancel", ["SCHEDULED", "PENDING", "RUNNING", "PAUSED"]] as const)
      : (["retry", ["CRASHED", "FAILED"]] as const);
  const { items } = await api.listFlowRuns({ stateTypes: types }, "created-desc", { limit: 10 });
  if (items.length === 0) return;
  const { id } = pick(random, items);
  const { changed } = await api.changeFlowRuns({ where: { field: "id", in: [id] }, action });
  if (changed.length > 0) faults.reached(action === "cancel" ? "somebody cancelled a run" : "somebody retried a run");
}

/** Lets no run go on that nobody would end. */
export async function endWhatNobodyEnds(api: Client): Promise<void> {
  const { items } = await api.listFlowRuns({ stateTypes: ["RUNNING", "PAUSED"] }, "created-asc", { limit: 100 });
  const never = items.filter(({ parameters }) => parameters.includes('"never"')).map(({ id }) => id);
  if (never.length > 0) await api.changeFlowRuns({ where: { field: "id", in: never }, action: "cancel" });
}
