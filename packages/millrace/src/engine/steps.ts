/** Durable steps: a sleep, a recorded value, a wait. Recorded as tasks are, so that they hold across a resume. */

import type { StepSpec } from "../contract/runtime.ts";
import type { Engine } from "./engine.ts";
import type { TaskExecution } from "./task-run.ts";
import type { TransactionState } from "./transactions.ts";
import type { Work } from "./work.ts";

/** A wait's start is recorded before it waits: its time counts from there, in whichever process. */
const durable: Work["options"] = { durableStart: true };
const batched: Work["options"] = {};

export class StepWork implements Work {
  readonly kind: StepSpec["kind"];
  readonly taskName: string;
  readonly runName: string;
  readonly tags: readonly string[];
  readonly preview: string | null;
  readonly options: Work["options"];
  readonly codeHash = null;
  readonly retries = 0;
  readonly timeoutMs = null;
  readonly prepare = null;
  readonly lookUp = null;
  readonly slots: Work["slots"] = [];
  readonly fallback = null;
  readonly hooks = null;
  readonly childFlowRunId = null;
  readonly joins: TransactionState | null;
  readonly #engine: Engine;
  readonly #spec: Pick<StepSpec, "run" | "wakesAt">;

  constructor(engine: Engine, spec: StepSpec, tags: readonly string[], joins: TransactionState | null = null) {
    this.kind = spec.kind;
    this.taskName = spec.name;
    this.runName = engine.ports.masker.mask(spec.name);
    this.tags = tags;
    this.preview = spec.preview === undefined ? null : engine.ports.masker.mask(spec.preview);
    this.options = spec.kind === "value" ? batched : durable;
    this.joins = joins;
    this.#engine = engine;
    this.#spec = spec;
  }

  body(execution: TaskExecution): unknown {
    const { firstStartedAt: startedAt, attemptSignal: signal, id: taskRunId } = execution;
    const run = (): Promise<unknown> => this.#spec.run({ startedAt, signal, taskRunId });
    const wakesAt = this.#spec.wakesAt?.(startedAt);
    return wakesAt === undefined ? run() : this.#engine.longSleeps.during(execution, wakesAt, run);
  }
}
