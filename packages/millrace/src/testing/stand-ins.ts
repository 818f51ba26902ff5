/** Stand-ins: other functions that run in place of tasks' bodies, everywhere or in one asynchronous context. */

import { AsyncLocalStorage } from "node:async_hooks";
import type { TaskDefinition } from "../contract/definitions.ts";
import { brands, type RuntimeSlot, runtimeSlot } from "../contract/runtime.ts";
import type { TaskSubject } from "./subjects.ts";

/** A function of the task's arguments that gives what the task's body gives, at once or later. */
export type StandIn<Args extends readonly unknown[], Result> = (
  ...args: Args
) => Result extends AsyncGenerator<infer Item> | Generator<infer Item>
  ? AsyncIterable<Item> | Iterable<Item>
  : Awaited<Result> | Promise<Awaited<Result>>;

type Body = TaskDefinition["fn"];

/** By the bodies that are replaced: a copy of a task by `withOptions()` has the same body. */
type Replaced = ReadonlyMap<Body, Body>;

/** Those of a test's own asynchronous context. Tests that run at the same time do not see each other's. */
const inContext = new AsyncLocalStorage<Replaced>();

class StandIns {
  readonly #outer: RuntimeSlot["standIns"];
  /** Newest last. */
  readonly #everywhere: (readonly [Body, Body])[] = [];

  constructor(outer: RuntimeSlot["standIns"]) {
    this.#outer = outer;
  }

  get size(): number {
    return (inContext.getStore()?.size ?? 0) + this.#everywhere.length + this.#outer.size;
  }

  get(definition: TaskDefinition): Body | undefined {
    const { fn } = definition;
    const found = inContext.getStore()?.get(fn) ?? this.#everywhere.findLast(([body]) => body === fn)?.[1];
    return found ?? this.#outer.get(definition);
  }

  add(body: Body, standIn: Body): Disposable {
    const entry = [body, standIn] as const;
    this.#everywhere.push(entry);
    return {
      [Symbol.dispose]: () => {
        const index = this.#everywhere.indexOf(entry);
        if (index !== -1) this.#everywhere.splice(index, 1);
      },
    };
  }
}

let installed: StandIns | null = null;

function install(): StandIns {
  if (installed === null) {
    const slot = runtimeSlot();
    installed = new StandIns(slot.standIns);
    slot.standIns = installed;
  }
  return installed;
}

/**
 * Runs `standIn` in place of a task's body: in the given body and all that it calls, or until it is disposed of. The calls are
 * recorded, retried, cached and timed as the task's are. Holds for copies by `withOptions()` too, and runs in this process
 * although the task has a `runner`. Of several for one task the newest counts.
 *
 * @example
 * await withTask(train, async (rows, seed) => ({ score: 1 }), async () => { await pipeline({ date }); });
 * using _ = withTask(train, async () => ({ score: 1 }));   // until the end of the block, in the whole process
 */
export function withTask<Args extends readonly unknown[], Result>(
  task: TaskSubject<Args, Result>,
  standIn: StandIn<Args, NoInfer<Result>>,
): Disposable;
export function withTask<Args extends readonly unknown[], Result, T>(
  task: TaskSubject<Args, Result>,
  standIn: StandIn<Args, NoInfer<Result>>,
  body: () => T,
): T;
export function withTask<Args extends readonly unknown[], Result, T>(
  task: TaskSubject<Args, Result>,
  standIn: StandIn<Args, NoInfer<Result>>,
  body?: () => T,
): T | Disposable {
  const { fn } = task[brands.definition];
  const standIns = install();
  if (body === undefined) return standIns.add(fn, standIn as unknown as Body);
  const replaced = new Map<Body, Body>(inContext.getStore());
  return inContext.run(replaced.set(fn, standIn as unknown as Body), body);
}
