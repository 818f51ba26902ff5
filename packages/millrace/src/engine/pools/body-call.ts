import { MillraceError } from "../../contract/errors.ts";
import type { BodyPool, PoolCall } from "../../contract/pools.ts";
import type { FlowRunInfo, TaskRunInfo } from "../../contract/runtime.ts";
import type { RunMessage, SentTaskRun } from "./messages.ts";
import { pack, packError } from "./parcel.ts";
import type { TaskAddress } from "./task-address.ts";
import { type Clone, findUnclonable, isClonable } from "./unclonable.ts";

/** Who hears of the caller's abort: the queue while the call waits, then the worker that runs it. */
type AbortListener = (reason: unknown) => void;

/** One call of a body, from the time it is queued until it has settled. */
export class BodyCall {
  readonly id: number;
  readonly request: PoolCall;
  readonly address: TaskAddress;
  readonly value: Promise<unknown>;
  #mode: "waiting" | "running" | "settled" = "waiting";
  #listener: AbortListener;
  readonly #settle: Pick<PromiseWithResolvers<unknown>, "resolve" | "reject">;
  readonly #onAbort = (): void => this.#listener(this.request.signal.reason);

  constructor(id: number, request: PoolCall, address: TaskAddress, onAbort: (call: BodyCall, reason: unknown) => void) {
    this.id = id;
    this.request = request;
    this.address = address;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.value = promise;
    this.#settle = { resolve, reject };
    this.#listener = (reason) => onAbort(this, reason);
    request.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  get isWaiting(): boolean {
    return this.#mode === "waiting";
  }

  start(onAbort: AbortListener): void {
    this.#mode = "running";
    this.#listener = onAbort;
  }

  resolve(value: unknown): void {
    this.#end();
    this.#settle.resolve(value);
  }

  reject(error: unknown): void {
    this.#end();
    this.#settle.reject(error);
  }

  #end(): void {
    this.#mode = "settled";
    this.request.signal.removeEventListener("abort", this.#onAbort);
  }

  toMessage(lastFlowRun: FlowRunInfo | null | undefined): RunMessage {
    const { args, flowRun, taskRun, tags, captureConsole, trace } = this.request;
    return {
      kind: "run",
      id: this.id,
      task: this.address,
      args: args.map(pack),
      flowRun: flowRun === lastFlowRun ? "unchanged" : flowRun === null ? null : toPlainFlowRun(flowRun),
      taskRun: toPlainTaskRun(taskRun),
      tags: [...tags],
      captureConsole,
      trace,
    };
  }

  /** The error for a message that could not be cloned: names the argument, and the part of it that is to blame. */
  describeUnclonable(kind: BodyPool["kind"], clone: Clone, cause: unknown): MillraceError {
    const { definition, args, flowRun, taskRun } = this.request;
    const task = definition.name;
    const runner = runnerNames[kind];
    const index = args.findIndex((argument) => !isClonable(pack(argument), clone));
    const blame =
      index >= 0
        ? { what: "An argument", value: args[index], path: definition.parameterNames[index] ?? `argument ${index + 1}` }
        : isClonable(flowRun?.parameters, clone)
          ? { what: "The context", value: taskRun, path: "taskRun" }
          : { what: "The context", value: flowRun?.parameters, path: "flowRun.parameters" };
    const { path, reason } = findUnclonable(blame.value, blame.path, clone);
    return new MillraceError("BODY_VALUE_UNCLONABLE", { what: blame.what, task, runner, path, reason }, { cause });
  }
}

export const runnerNames = { threads: "thread", processes: "process" } as const satisfies Record<
  BodyPool["kind"],
  string
>;

// What the engine gives may compute its fields; a clone has only what is copied here.
function toPlainFlowRun(run: FlowRunInfo): FlowRunInfo {
  return {
    id: run.id,
    name: run.name,
    flowName: run.flowName,
    parameters: run.parameters,
    tags: [...run.tags],
    attempt: run.attempt,
    scheduledAt: run.scheduledAt,
    deploymentId: run.deploymentId,
    parentRunId: run.parentRunId,
    rootRunId: run.rootRunId,
    version: run.version,
  };
}

export function toPlainTaskRun(run: TaskRunInfo): SentTaskRun {
  return {
    id: run.id,
    flowRunId: run.flowRunId,
    parentId: run.parentId,
    taskName: run.taskName,
    name: run.name,
    attempt: run.attempt,
    tags: [...run.tags],
    startedAt: run.startedAt,
    idempotencyKey: run.idempotencyKey,
    lastError: run.lastError === undefined || run.lastError === null ? null : packError(run.lastError),
  };
}
