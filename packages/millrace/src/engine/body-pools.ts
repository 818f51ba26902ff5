/** Bodies of tasks off the event loop: the pools of threads and processes, each made when it is first wanted. */

import type { TaskDefinition } from "../contract/definitions.ts";
import type { BodyPlace, BodyPool } from "../contract/pools.ts";
import { CallsInContext } from "./body-calls.ts";
import { contextStorage, type ExecutionContext } from "./context.ts";
import type { Engine } from "./engine.ts";
import type { TaskExecution } from "./task-run.ts";

export interface PoolBody {
  readonly kind: "threads" | "processes";
  readonly limit: number | undefined;
  readonly definition: TaskDefinition;
  readonly args: readonly unknown[];
  readonly execution: TaskExecution;
}

export class BodyPools {
  readonly #engine: Engine;
  readonly #pools = new Map<string, Promise<BodyPool>>();
  #bodies = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Bodies that run in a thread or a process now, or wait for one, but for those that wait for what they have called. */
  get bodies(): number {
    return this.#bodies;
  }

  async run({ kind, limit, definition, args, execution }: PoolBody): Promise<unknown> {
    this.#bodies++;
    try {
      return await this.#runIn(await this.#pool(kind, limit), { definition, args, execution });
    } finally {
      this.#bodies--;
    }
  }

  #runIn(pool: BodyPool, { definition, args, execution }: Omit<PoolBody, "kind" | "limit">): Promise<unknown> {
    const { ports } = this.#engine;
    const context = contextStorage.getStore() ?? execution.caller;
    return pool.run({
      ...this.#placeIn(context),
      definition,
      args,
      flowRun: execution.flow?.info ?? null,
      taskRun: execution.info(),
      tags: execution.work.tags,
      signal: execution.attemptSignal,
      graceMs: ports.limits.graceMs,
      host: {
        api: ports.api,
        runtime: this.#engine,
        vault: () => ports.vault(),
        place: () => {
          const here = contextStorage.getStore();
          return here === undefined || here.task === null ? null : { ...this.#placeIn(here), taskRun: here.task.info };
        },
        working: (change) => {
          this.#bodies += change;
        },
        mask: (value) => ports.masker.add(value),
      },
    });
  }

  /** In whose name code of this context runs. */
  #placeIn(context: ExecutionContext): Omit<BodyPlace, "taskRun"> {
    return {
      tags: context.tags,
      captureConsole: context.captureConsole,
      trace: context.task?.span?.carrier ?? null,
      signal: context.signal,
      log: (level, message, fields) =>
        context.write(level, message, fields === null ? undefined : JSON.parse(fields), "millrace.run"),
      calls: new CallsInContext(this.#engine, context),
    };
  }

  #pool(kind: PoolBody["kind"], limit: number | undefined): Promise<BodyPool> {
    const key = `${kind} ${limit ?? ""}`;
    const known = this.#pools.get(key) ?? this.#engine.ports.createPool(kind, limit);
    this.#pools.set(key, known);
    return known;
  }

  async close(): Promise<void> {
    const pools = await Promise.all(this.#pools.values());
    await Promise.all(pools.map((pool) => pool.close({ abandon: true })));
  }
}
