/**
 * Arguments of the calls that a body makes, as they cross to the flow's process. They are only looked at there, to tell calls
 * apart and to show them: the body that is called has the caller's own. Structured clone loses what futures and annotations
 * are, so they go beside the value, with their places in it.
 */

import { brands, type TaskFuture } from "../../contract/runtime.ts";
import { isPlainObject } from "../../kit/kinds.ts";
import { type Parcel, pack, unpack } from "./parcel.ts";

export type SentArgument = Parcel | { readonly is: "marked"; readonly value: unknown; readonly marks: readonly Mark[] };

/** What is at a place of the value; those further in come first. */
export type Mark = { readonly at: Place } & (
  | { readonly is: "future" | "allow-failure" | "made"; readonly nest: number }
  /** What is opaque is looked at by nobody, and stays where it is. */
  | { readonly is: "unmapped" | "opaque" }
);

type Place = readonly (string | number)[];

/** What a body's values are to the calls that it has made, by their numbers. */
export interface ValuesOfCalls {
  /** Undefined for what is no future of this body. */
  nestOf(future: TaskFuture): number | undefined;
  /** The call that has given this value. */
  makerOf(value: object): number | undefined;
}

export function packArgument(argument: unknown, values: ValuesOfCalls): SentArgument {
  const marks: Mark[] = [];
  const value = strip(argument, { at: [], marks, values, seen: new Set() });
  return marks.length === 0 ? pack(argument) : { is: "marked", value, marks };
}

interface Walk {
  readonly at: Place;
  readonly marks: Mark[];
  readonly values: ValuesOfCalls;
  readonly seen: Set<object>;
}

/** The value without what structured clone would lose. Copies only what holds something of the kind. */
function strip(value: unknown, walk: Walk): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { at, marks, values, seen } = walk;
  if (brands.future in value) {
    marks.push({ at, is: "future", nest: nestOf(value, values) });
    return null;
  }
  if (brands.allowFailure in value) {
    marks.push({ at, is: "allow-failure", nest: nestOf(valueIn(value), values) });
    return null;
  }
  if (brands.opaque in value) {
    marks.push({ at, is: "opaque" });
    return null;
  }
  if (brands.unmapped in value) {
    const inner = strip(valueIn(value), walk);
    marks.push({ at, is: "unmapped" });
    return inner;
  }
  const maker = values.makerOf(value);
  if (maker !== undefined) {
    marks.push({ at, is: "made", nest: maker });
    return value;
  }
  if (seen.has(value) || !(Array.isArray(value) || isPlainObject(value))) return value;
  seen.add(value);
  const entries = Object.entries(value).map(([name, item]) => {
    const place = Array.isArray(value) ? Number(name) : name;
    return [name, item, strip(item, { ...walk, at: [...at, place] })] as const;
  });
  if (entries.every(([, item, stripped]) => item === stripped)) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  for (const [name, , stripped] of entries) define(copy, name, stripped);
  return copy;
}

function valueIn(annotation: object): object {
  return (annotation as { readonly value: object }).value;
}

function nestOf(future: object, values: ValuesOfCalls): number {
  const nest = values.nestOf(future as TaskFuture);
  if (nest === undefined) throw new TypeError("A future of another body cannot be an input here; pass its value");
  return nest;
}

/** The flow's side: what the numbers stand for. */
export interface CallsOfValues {
  futureOf(nest: number): TaskFuture;
  madeBy(value: object, nest: number): void;
}

export function unpackArgument(sent: SentArgument, calls: CallsOfValues): unknown {
  if (sent.is !== "marked") return unpack(sent);
  let { value } = sent;
  for (const mark of sent.marks) value = replaceAt(value, mark.at, (found) => markedAs(mark, found, calls));
  return value;
}

function markedAs(mark: Mark, found: unknown, calls: CallsOfValues): unknown {
  switch (mark.is) {
    case "future":
      return calls.futureOf(mark.nest);
    case "allow-failure":
      return { [brands.allowFailure]: true, value: calls.futureOf(mark.nest) };
    case "unmapped":
      return { [brands.unmapped]: true, value: found };
    case "opaque":
      return { [brands.opaque]: true, value: undefined };
    case "made":
      if (typeof found === "object" && found !== null) calls.madeBy(found, mark.nest);
      return found;
  }
}

/** In place: the value has just been unpacked, and is nobody else's. */
function replaceAt(value: unknown, at: Place, replace: (found: unknown) => unknown): unknown {
  const last = at.at(-1);
  if (last === undefined) return replace(value);
  let holder = value as Readonly<Record<string | number, unknown>>;
  for (const name of at.slice(0, -1)) holder = holder[name] as typeof holder;
  define(holder, last, replace(holder[last]));
  return value;
}

/** Also where it is named as a setter of all objects is. */
function define(holder: object, name: string | number, value: unknown): void {
  Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
}
