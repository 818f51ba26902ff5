/**
 * A task that a body in a thread or process calls: its attempts run right there. Retries, timeout and fallback hold; nothing
 * is recorded, so that a cache, a concurrency limit, hooks and a runner of its own have no meaning. The run's log says so.
 */

import type { TaskDefinition } from "../../contract/definitions.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { Clock } from "../../kit/clock.ts";
import { formatDuration } from "../../kit/duration.ts";
import { abortable, timeoutSignal } from "../../kit/signal.ts";
import { decideRetry } from "../../rules/retry.ts";
import { fallBack } from "../fall-back.ts";
import { errorOfReturned, isReturnedState, messageOf } from "../outcome.ts";
import { type BodyContext, bodyStorage } from "./body-context.ts";
import { runInline } from "./run-inline.ts";

export interface InlineCall {
  readonly definition: TaskDefinition;
  /** Without futures. */
  readonly args: readonly unknown[];
  /** Of the body that makes the call. */
  readonly context: BodyContext;
  readonly clock: Clock;
  readonly random: () => number;
}

export async function runInlineTask(call: InlineCall): Promise<unknown> {
  const { definition, args, context, clock, random } = call;
  const { retries, options, name } = definition;
  const { retryDelay: delay, retryJitter: jitter = 0, retryIf, fallback } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await runAttempt(call);
    } catch (error) {
      if (context.signal.aborted) throw error;
      const delayMs = decideRetry({ attempt, retries, delay, jitter, random });
      if (delayMs === null || (retryIf !== undefined && !(await retryIf(error, attempt)))) {
        if (fallback === undefined) throw error;
        return await fallBack(fallback, error, args);
      }
      const next = formatDuration(delayMs);
      context.logger.warn(`${name}: attempt ${attempt} failed (${messageOf(error)}); next in ${next}`);
      await clock.sleep(delayMs, context.signal);
    }
  }
}

async function runAttempt({ definition, args, context, clock }: InlineCall): Promise<unknown> {
  const { timeoutMs } = definition;
  if (timeoutMs === null) return valueOf(definition, await runInline(definition, args));
  using time = timeoutSignal({ ms: timeoutMs, clock, reason: () => timedOut(definition, timeoutMs) });
  const signal = AbortSignal.any([context.signal, time.signal]);
  const body = bodyStorage.run(context.withSignal(signal), () => runInline(definition, args));
  return valueOf(definition, await abortable(body, signal));
}

function timedOut({ name }: TaskDefinition, timeoutMs: number): MillraceError {
  return new MillraceError("TIMED_OUT", { kind: "Task", name, timeout: formatDuration(timeoutMs) });
}

function valueOf({ name }: TaskDefinition, returned: unknown): unknown {
  if (!isReturnedState(returned)) return returned;
  if (returned.type === "COMPLETED") return returned.value;
  throw errorOfReturned(returned, name);
}

/** Options that need what only the flow's process has. */
const ignored = [
  "cache",
  "concurrency",
  "runner",
  "onRunning",
  "onCompletion",
  "onFailure",
  "onCommit",
  "onRollback",
] as const satisfies readonly (keyof TaskDefinition["options"])[];

/** Says in the log of each run that a body has, once a task, what such a call is not. */
export class InlineWarnings {
  readonly #runner: "thread" | "process";
  #runId: string | null = null;
  #told = new Set<string>();

  constructor(runner: "thread" | "process") {
    this.#runner = runner;
  }

  tell({ name, options }: TaskDefinition, { flowRun, taskRun, logger }: BodyContext): void {
    const runId = flowRun?.id ?? taskRun.id;
    if (runId !== this.#runId) this.#told = new Set();
    this.#runId = runId;
    if (this.#told.has(name)) return;
    this.#told.add(name);
    const lost = ignored.filter((option) => options[option] !== undefined).map((option) => `\`${option}\``);
    const without = lost.length === 0 ? "" : `, without its ${lost.join(", ")}`;
    logger.warn(
      `Task \`${name}\` is called in a body that runs in a ${this.#runner}: it runs as a part of that body and is not recorded by itself${without}`,
    );
  }
}
