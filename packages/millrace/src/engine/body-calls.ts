/** The calls that a body in a thread or process makes, made in its context as if it ran in this process. */

import { AsyncLocalStorage } from "node:async_hooks";
import type { TaskDefinition } from "../contract/definitions.ts";
import type { BodyCalls, NestedCall, NestedRun } from "../contract/pools.ts";
import type { HandedOn } from "../contract/results.ts";
import { runtimeSlot, type StepSpec } from "../contract/runtime.ts";
import type { ActiveRun } from "./active-run.ts";
import { contextStorage, type ExecutionContext } from "./context.ts";
import type { Engine } from "./engine.ts";
import type { EngineFuture } from "./future.ts";
import type { Provenance } from "./provenance.ts";
import { standInFor } from "./task-work.ts";

export class CallsInContext implements BodyCalls {
  readonly #engine: Engine;
  readonly #context: ExecutionContext;
  /** What else a message of a worker knows nothing of: spans, stand-ins of a test. */
  readonly #within = AsyncLocalStorage.snapshot();

  constructor(engine: Engine, context: ExecutionContext) {
    this.#engine = engine;
    this.#context = context;
  }

  begin({ how, definitionAt, args, tags }: NestedCall): readonly NestedRun[] {
    return this.#call(tags, () => this.#begin(how, definitionAt, args)).map((future) => {
      const { execution } = future;
      return { future, taskRunId: execution.id, done: execution.done, stop: (error) => execution.stop(error) };
    });
  }

  #begin(
    how: NestedCall["how"],
    definitionAt: NestedCall["definitionAt"],
    args: readonly unknown[],
  ): readonly EngineFuture[] {
    const engine = this.#engine;
    const definition = definitionAt(0);
    if (how === "map") return engine.mapTask(definition, args, (at) => (at === 0 ? definition : definitionAt(at)));
    return [how === "call" ? engine.beginTask(definition, args) : engine.submitTask(definition, args)];
  }

  step(spec: StepSpec, tags: readonly string[]): Promise<unknown> {
    return this.#call(tags, () => this.#engine.step(spec));
  }

  madeBy(value: object, path: string): void {
    this.#provenance?.rememberPath(value, path);
  }

  makerOf(value: object): string | undefined {
    return this.#provenance?.makerOf(value)?.path;
  }

  madeIn(value: unknown): readonly HandedOn[] {
    return this.#provenance?.handedOnIn(value) ?? [];
  }

  get #provenance(): Provenance | undefined {
    return (this.#context.run as ActiveRun | null)?.provenance;
  }

  standInFor(definition: TaskDefinition): TaskDefinition["fn"] | null {
    return this.#within(() => standInFor(runtimeSlot(), definition));
  }

  #call<T>(tags: readonly string[], call: () => T): T {
    const own = this.#context;
    // Those of `withTags()` come on top.
    const context = tags.length > own.tags.length ? own.with({ tags }) : own;
    return this.#within(() => contextStorage.run(context, call));
  }
}
