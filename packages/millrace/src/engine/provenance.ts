/**
 * Which calls of a run made which values. An input that is such a value counts by the call that made it, and not by its
 * content; so it must be the same whether the value is the one in memory or was read from the record. In memory one object
 * may be given by several calls: a task hands its input on, or puts it into what it returns. The first counts, and a result
 * that holds values of earlier calls is recorded with where they are, so that its delivery restores whose they are.
 */

import type { HandedOn, ResultRef } from "../contract/results.ts";
import { idOf } from "./identity.ts";

export interface Maker {
  readonly path: string;
  readonly taskRunId: string;
}

const nothing: readonly HandedOn[] = [];

export class Provenance {
  readonly #runId: string;
  readonly #makers = new WeakMap<object, Maker>();
  #isEmpty = true;

  constructor(runId: string) {
    this.#runId = runId;
  }

  makerOf(value: object): Maker | undefined {
    return this.#makers.get(value);
  }

  /** A call has given this value. Primitives count by content, whoever gave them. */
  remember(value: unknown, maker: Maker): void {
    if (typeof value !== "object" || value === null || this.#makers.has(value)) return;
    this.#isEmpty = false;
    this.#makers.set(value, maker);
  }

  /** The values in a result that other calls have made. */
  handedOnIn(value: unknown): readonly HandedOn[] {
    if (this.#isEmpty || typeof value !== "object" || value === null) return nothing;
    const found: HandedOn[] = [];
    this.#collect(value, [], found, new Set());
    return found;
  }

  #collect(value: object, at: readonly (string | number)[], found: HandedOn[], seen: Set<object>): void {
    const maker = this.#makers.get(value);
    if (maker !== undefined) {
      found.push({ at, by: maker.path });
      return;
    }
    const parts = partsOf(value);
    if (parts === null || seen.has(value)) return;
    seen.add(value);
    for (const [name, part] of parts) {
      if (typeof part === "object" && part !== null) this.#collect(part, [...at, name], found, seen);
    }
  }

  /** A result has been read from the record: what other calls had made in it counts as theirs again. */
  restore(ref: ResultRef, value: unknown): void {
    if (ref.storage === "none") return;
    for (const { at, by } of ref.handedOn ?? nothing) {
      this.remember(partAt(value, at), { path: by, taskRunId: idOf(this.#runId, by) });
    }
  }
}

/** The reference with the values that were handed on; those of another run, or of a cache, do not count. */
export function withHandedOn(ref: ResultRef, handedOn: readonly HandedOn[]): ResultRef {
  if (ref.storage === "none" || (ref.handedOn ?? nothing).length + handedOn.length === 0) return ref;
  const { handedOn: _, ...own } = ref;
  return handedOn.length === 0 ? own : { ...own, handedOn };
}

/** The parts of a structure by property or place; null for what is none. */
function partsOf(value: object): Iterable<readonly [string | number, unknown]> | null {
  if (Array.isArray(value) || value instanceof Set) return [...value].entries();
  if (value instanceof Map) return [...value.values()].entries();
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : null;
}

function partAt(value: unknown, at: readonly (string | number)[]): unknown {
  let part = value;
  for (const name of at) {
    if (typeof part !== "object" || part === null) return undefined;
    part = [...(partsOf(part) ?? [])].find(([found]) => found === name)?.[1];
  }
  return part;
}
