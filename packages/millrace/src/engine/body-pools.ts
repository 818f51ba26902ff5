/** Bodies of tasks off the event loop: the pools of threads and processes, each made when it is first wanted. */

import type { TaskDefinition } from "../contract/definitions.ts";
import type { BodyPool } from "../contract/pools.ts";
import { contextStorage } from "./context.ts";
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

  /** Bodies that run in a thread or a process now, or wait for one. */
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
    const context = contextStorage.getStore();
    return pool.run({
      definition,
      args,
      flowRun: execution.flow?.info ?? null,
      taskRun: execution.info(),
      tags: execution.work.tags,
      captureConsole: context?.captureConsole === true,
      trace: context?.task?.span?.carrier ?? null,
      signal: execution.attemptSignal,
      graceMs: ports.limits.graceMs,
      log: (level, message, fields) =>
        context?.write(level, message, fields === null ? undefined : JSON.parse(fields), "millrace.run"),
      host: {
        api: ports.api,
        runtime: this.#engine,
        vault: () => ports.vault(),
        mask: (value) => ports.masker.add(value),
      },
    });
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
