/** A flow called in a flow: a run of its own, which a task run of kind "flow" stands for in its parent. */

import type { FlowDefinition } from "../contract/definitions.ts";
import { uuidFromHash } from "../kit/ids.ts";
import type { Engine } from "./engine.ts";
import { startFlow } from "./start-flow.ts";
import type { TaskExecution } from "./task-run.ts";
import type { Work } from "./work.ts";

export class SubflowWork implements Work {
  readonly kind = "flow";
  readonly taskName: string;
  readonly runName: string;
  readonly tags: readonly string[];
  readonly codeHash: string;
  readonly options: Work["options"];
  // The subflow's run has its own retries and its own timeout.
  readonly retries = 0;
  readonly timeoutMs = null;
  readonly prepare = null;
  readonly lookUp = null;
  readonly slots: Work["slots"] = [];
  readonly fallback = null;
  readonly hooks = null;
  childFlowRunId: string | null = null;
  readonly #engine: Engine;
  readonly #definition: FlowDefinition;
  readonly #parameters: unknown;

  constructor(engine: Engine, definition: FlowDefinition, parameters: unknown) {
    this.#engine = engine;
    this.#definition = definition;
    this.#parameters = parameters;
    this.taskName = definition.name;
    this.runName = definition.name;
    this.tags = definition.options.tags ?? [];
    this.codeHash = definition.codeHash;
    this.options = definition.options as Work["options"];
  }

  get preview(): string | null {
    return this.#parameters === undefined ? null : this.#engine.preview(this.#parameters);
  }

  /** What the author says that makes two calls the same; undefined where the parameters do. */
  get key(): string | undefined {
    const { key } = this.#definition.options;
    return typeof key === "function" ? String((key as (parameters: unknown) => string)(this.#parameters)) : key;
  }

  /** The child's id follows from the call's, so that a resumed parent finds it again. */
  body(execution: TaskExecution): Promise<unknown> {
    const id = uuidFromHash(`${execution.id}/flow`);
    this.childFlowRunId = id;
    const run = startFlow(this.#engine, {
      definition: this.#definition,
      parameters: this.#parameters,
      id,
      caller: {
        parent: execution.flow,
        taskRunId: execution.id,
        droppedEndAt: execution.droppedEndAt,
        tags: execution.caller.tags,
        heldSlots: execution.caller.heldSlots,
        outer: { signal: execution.attemptSignal },
        place: execution.trace?.parent ?? null,
      },
    });
    // When the parent is stopped, it waits for the child to record its end.
    const { flow } = execution;
    const ended = run.catch(() => undefined);
    flow?.hooks.add(ended);
    void ended.finally(() => flow?.hooks.delete(ended));
    return run;
  }
}
