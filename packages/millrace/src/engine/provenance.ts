/**
 * Which calls of a run made which values. An input that is such a value counts by the call that made it, and not by its
 * content; so it must be the same whether the value is the one in memory or was read from the record. In memory one object
 * may be given by several calls: a task hands its input on, or puts it into what it returns. The first counts, and a result
 * that holds values of earlier calls is recorded with where they are, so that its delivery restores whose they are.
 */

import type { HandedOn, ResultRef } from "../contract/results.ts";
import { isPlainObject } from "../kit/kinds.ts";
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

  /** A call has thrown this error. It goes up through calls, and counts as thrown by the one that its catcher has called. */
  rememberThrown(error: unknown, maker: Maker): void {
    if (typeof error !== "object" || error === null) return;
    this.#isEmpty = false;
    this.#makers.set(error, maker);
  }

  /** The values in a result that other calls have made. */
  handedOnIn(value: unknown): readonly HandedOn[] {
    if (this.#isEmpty || typeof value !== "object" || value === null) return nothing;
    const found: HandedOn[] = [];
    this.#collect(value, { at: [], found, seen: new Set() });
    return found;
  }

  /** Looks at each object of the result once, so it allocates nothing but where it finds something. */
  #collect(value: object, walk: { at: (string | number)[]; found: HandedOn[]; seen: Set<object> }): void {
    const { at, found, seen } = walk;
    const maker = this.#makers.get(value);
    // What it holds may be of others again.
    if (maker !== undefined) found.push({ at: [...at], by: maker.path });
    if (seen.has(value)) return;
    seen.add(value);
    eachPart(value, (part, name) => {
      if (typeof part !== "object" || part === null) return;
      at.push(name);
      this.#collect(part, walk);
      at.pop();
    });
  }

  /** A result has been read from the record: what other calls had made in it counts as theirs again. */
  restore(ref: ResultRef, value: unknown): void {
    if (ref.storage === "none") return;
    for (const { at, by } of ref.handedOn ?? nothing) this.rememberPath(partAt(value, at), by);
  }

  /** The call at this path has given this value. */
  rememberPath(value: unknown, path: string): void {
    this.remember(value, { path, taskRunId: idOf(this.#runId, path) });
  }
}

/** The reference with the values that were handed on; those of another run, or of a cache, do not count. */
export function withHandedOn(ref: ResultRef, handedOn: readonly HandedOn[]): ResultRef {
  if (ref.storage === "none" || (ref.handedOn ?? nothing).length + handedOn.length === 0) return ref;
  const { handedOn: _, ...own } = ref;
  return handedOn.length === 0 ? own : { ...own, handedOn };
}

/** The parts of a structure with their property or place; nothing of what is no structure. */
export function eachPart(value: object, visit: (part: unknown, name: string | number) => void): void {
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) visit(value[at], at);
  } else if (value instanceof Map || value instanceof Set) {
    let at = 0;
    for (const part of value.values()) visit(part, at++);
  } else {
    if (value instanceof Error) visit(value.cause, "cause");
    else if (!isPlainObject(value)) return;
    const record = value as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(record)) visit(record[name], name);
  }
}

/** Undefined where there is none. */
export function partAt(value: unknown, at: readonly (string | number)[]): unknown {
  let part = value;
  for (const wanted of at) {
    if (typeof part !== "object" || part === null) return undefined;
    part = partNamed(part, wanted);
  }
  return part;
}

function partNamed(value: object, wanted: string | number): unknown {
  if (value instanceof Map || value instanceof Set) return [...value.values()][wanted as number];
  return Object.hasOwn(value, wanted) ? (value as Readonly<Record<string | number, unknown>>)[wanted] : undefined;
}
