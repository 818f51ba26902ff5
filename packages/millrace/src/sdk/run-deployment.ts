import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { JsonObject } from "../contract/objects.ts";
import type { Runtime } from "../contract/runtime.ts";
import { isTerminal, type State } from "../contract/states.ts";
import { type Duration, toMs } from "../kit/duration.ts";
import { currentContext } from "./context.ts";
import { currentClock, recordedStep } from "./recorded-step.ts";
import { loadRuntime } from "./runtime.ts";

export interface RunDeploymentOptions {
  /** Over those of the deployment. */
  readonly parameters?: JsonObject;
  /** When it is due. Default: at once. */
  readonly scheduledAt?: Date | number;
  /** How long its end is waited for; after that the run is given back as it is then. 0: not at all. Default: for ever. */
  readonly timeout?: Duration;
  /** The same key is the same run, however often it is asked for. In a run, default: that of the call. */
  readonly idempotencyKey?: string;
  /** Whether it belongs to the run that asks for it: is shown in it, and cancelled with it. Default true. */
  readonly asSubflow?: boolean;
  /** Default: one is made up. */
  readonly runName?: string;
  /** Beside those of the deployment. */
  readonly tags?: readonly string[];
  /** Over those of the deployment: what its worker is told of where to run it. */
  readonly jobVariables?: JsonObject;
  /** Of the deployment's pool. */
  readonly queue?: string;
}

/** A run of a deployment. */
export interface DeploymentRun {
  readonly id: string;
  readonly name: string;
  readonly deploymentId: string;
  /** As it was when it was no longer waited for. */
  readonly state: State;
  /**
   * What it returned, where its results are kept in the ledger or a storage that this process reaches. That of a Python flow
   * is read where it was kept as JSON: `@flow(persist_result=True, result_serializer="json")`.
   *
   * @throws FLOW_RUN_FAILED when it did not complete, RESULT_NOT_KEPT, RESULT_MISSING, RESULT_UNREADABLE
   */
  result(): Promise<unknown>;
}

/** Between two looks at the run, in ms: first, by which it grows, and last. */
const firstLookMs = 20;
const growth = 1.5;
const lastLookMs = 1000;

/**
 * Starts a run of a deployment, wherever it is served, and waits for its end. In a run it is a step, so that a resumed run
 * does not start another.
 *
 * @example const run = await runDeployment("etl/nightly", { parameters: { date }, timeout: "1h" });
 * @param deployment `flow/deployment`, or its id
 * @throws NOT_FOUND, PARAMETERS_INVALID
 */
export async function runDeployment(deployment: string, options: RunDeploymentOptions = {}): Promise<DeploymentRun> {
  const runtime = await loadRuntime();
  const found = await recordedStep({
    kind: "wait",
    name: "run-deployment",
    ...(options.idempotencyKey === undefined ? {} : { key: options.idempotencyKey }),
    preview: deployment,
    run: ({ taskRunId, signal }) => submitAndWait(runtime, { deployment, options, taskRunId, signal }),
  });
  return { ...found, result: () => readResult(runtime, found.id) };
}

interface Submission {
  readonly deployment: string;
  readonly options: RunDeploymentOptions;
  /** Empty outside a run. */
  readonly taskRunId: string;
  readonly signal: AbortSignal;
}

async function submitAndWait(runtime: Runtime, submission: Submission): Promise<Omit<DeploymentRun, "result">> {
  const { options, taskRunId, signal } = submission;
  const api = await runtime.api();
  const { parameters, scheduledAt, idempotencyKey, runName, tags, jobVariables, queue, asSubflow = true } = options;
  const key = idempotencyKey ?? (taskRunId === "" ? undefined : taskRunId);
  const [hiddenName, ...hiddenTags] = await runtime.hide([
    runName ?? "",
    ...(currentContext()?.tags ?? []),
    ...(tags ?? []),
  ]);
  const { run } = await api.submitRun({
    deployment: submission.deployment,
    ...(parameters === undefined ? {} : { parameters: JSON.parse(JSON.stringify(parameters)) as JsonObject }),
    ...(scheduledAt === undefined ? {} : { scheduledAt: Number(scheduledAt) }),
    ...(key === undefined ? {} : { idempotencyKey: key }),
    ...(runName === undefined || hiddenName === undefined ? {} : { name: hiddenName }),
    tags: hiddenTags,
    ...(jobVariables === undefined ? {} : { jobVariables }),
    ...(queue === undefined ? {} : { workQueueName: queue }),
    ...(asSubflow && taskRunId !== "" ? { parentTaskRunId: taskRunId } : {}),
  });
  const { name, state } = await untilEnded(api, { run, options, signal });
  return { id: run.id, name, deploymentId: run.deploymentId ?? "", state };
}

/** A run that belongs to the one that waits for it is cancelled with it. */
async function untilEnded(
  api: Api,
  {
    run,
    options,
    signal,
  }: { readonly run: FlowRun; readonly options: RunDeploymentOptions; readonly signal: AbortSignal },
): Promise<FlowRun> {
  const clock = currentClock();
  const until = options.timeout === undefined ? Number.POSITIVE_INFINITY : clock.now() + toMs(options.timeout);
  let seen = run;
  try {
    for (let waitMs = firstLookMs; !isTerminal(seen.state.type); waitMs = Math.min(waitMs * growth, lastLookMs)) {
      const leftMs = until - clock.now();
      if (leftMs <= 0) break;
      await clock.sleep(Math.min(waitMs, leftMs), signal);
      seen = (await api.readFlowRun(run.id)) ?? seen;
    }
  } catch (error) {
    if (signal.aborted && options.asSubflow !== false) {
      await api.proposeFlowRunState({ id: run.id, state: { type: "CANCELLING", name: "Cancelling" } });
    }
    throw error;
  }
  return seen;
}

async function readResult(runtime: Runtime, id: string): Promise<unknown> {
  const run = await (await runtime.api()).readFlowRun(id);
  if (run === null) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id });
  const { state, flowName, result } = run;
  if (state.type !== "COMPLETED") {
    const message = state.message ?? "it has not completed";
    throw new MillraceError("FLOW_RUN_FAILED", { flow: flowName, state: state.name, message, id });
  }
  if (result !== null) return runtime.readResult(result);
  throw new MillraceError("RESULT_NOT_KEPT", { id });
}
