/**
 * Arguments of the calls that a body makes, and what these give, as they cross to the flow's process. They are only looked at
 * there, to tell calls apart, to show and to record them: the bodies have each other's own. Structured clone loses what futures
 * and annotations are, and which calls have made a value, so that goes beside the value, with the places in it.
 */

import { brands, type TaskFuture } from "../../contract/runtime.ts";
import { isPlainObject } from "../../kit/kinds.ts";
import { eachPart, partAt } from "../provenance.ts";
import { type Parcel, pack, unpack } from "./parcel.ts";

export type SentArgument = Parcel | { readonly is: "marked"; readonly parcel: Parcel; readonly marks: readonly Mark[] };

/** What is at a place of the value; those further in come first. */
export type Mark = { readonly at: Place } & (
  | { readonly is: "future" | "allow-failure"; readonly nest: number }
  /** By the call at this path of the run. */
  | { readonly is: "made"; readonly by: string }
  /** What is opaque is looked at by nobody, and stays where it is. */
  | { readonly is: "unmapped" | "opaque" }
);

type Place = readonly (string | number)[];

/** What a body's values are to the calls that it has made. */
export interface ValuesOfCalls {
  /** The number of its call; undefined for what is no future of this body. */
  nestOf(future: TaskFuture): number | undefined;
  /** The path of the call that has given this value. */
  makerOf(value: object): string | undefined;
}

export function packArgument(argument: unknown, values: ValuesOfCalls): SentArgument {
  return packBy("argument", argument, values);
}

/** What a body has given. Annotations mean nothing in it. */
export function packGiven(given: unknown, values: ValuesOfCalls): SentArgument {
  return packBy("given", given, values);
}

function packBy(of: "argument" | "given", value: unknown, values: ValuesOfCalls): SentArgument {
  if (typeof value !== "object" || value === null) return pack(value);
  const walk = new Walk(of, values);
  walk.visit(value, []);
  const { marks } = walk;
  return marks.length === 0 ? pack(value) : { is: "marked", parcel: pack(walk.cut(value)), marks };
}

/** Goes to each object once: where one stands in several places, so does its copy, in the clone as well. */
class Walk {
  readonly marks: Mark[] = [];
  readonly #of: "argument" | "given";
  readonly #values: ValuesOfCalls;
  readonly #seen = new Set<object>();
  /** What structured clone would lose, with what crosses in its place. */
  readonly #cuts = new Map<object, unknown>();
  readonly #copies = new Map<object, unknown>();

  constructor(of: "argument" | "given", values: ValuesOfCalls) {
    this.#of = of;
    this.#values = values;
  }

  visit(value: unknown, at: Place): void {
    if (typeof value !== "object" || value === null) return;
    if (brands.future in value) return this.#cut(value, { at, is: "future", nest: nestOf(value, this.#values) });
    if (brands.allowFailure in value) {
      const nest = nestOf(valueIn(value), this.#values);
      return this.#cut(value, { at, is: "allow-failure", nest });
    }
    if (this.#of === "argument" && brands.opaque in value) return this.#cut(value, { at, is: "opaque" });
    if (this.#of === "argument" && brands.unmapped in value) {
      this.visit(valueIn(value), at);
      this.marks.push({ at, is: "unmapped" });
      this.#cuts.set(value, valueIn(value));
      return;
    }
    const by = this.#values.makerOf(value);
    if (by !== undefined) this.marks.push({ at, is: "made", by });
    if (this.#seen.has(value)) return;
    this.#seen.add(value);
    const isOpen = isContainer(value);
    eachPart(value, (part, name) => {
      if (typeof part !== "object" || part === null) return;
      // What is in a map, a set or an error is no input that is waited for: there it stays as it is.
      if (isOpen || !isAnnotated(part)) this.visit(part, [...at, name]);
    });
  }

  #cut(value: object, mark: Mark): void {
    this.marks.push(mark);
    this.#cuts.set(value, null);
  }

  /** The value without what was cut; a copy where there is any such. */
  cut(value: unknown): unknown {
    if (this.#cuts.size === 0 || typeof value !== "object" || value === null) return value;
    if (this.#cuts.has(value)) return this.cut(this.#cuts.get(value));
    if (!isContainer(value)) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    const copy: object = Array.isArray(value) ? [...(value as unknown[])] : { ...value };
    this.#copies.set(value, copy);
    for (const [name, item] of Object.entries(value)) define(copy, name, this.cut(item));
    return copy;
  }
}

function isAnnotated(value: object): boolean {
  return [brands.future, brands.allowFailure, brands.opaque, brands.unmapped].some((brand) => brand in value);
}

function isContainer(value: object): boolean {
  return Array.isArray(value) || isPlainObject(value);
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
  madeBy(value: object, path: string): void;
}

export function unpackArgument(sent: SentArgument, calls: CallsOfValues): unknown {
  if (sent.is !== "marked") return unpack(sent);
  let value = unpack(sent.parcel);
  for (const mark of sent.marks) {
    if (mark.is === "made") tellMaker(partAt(value, mark.at), mark.by, calls);
    else value = replaceAt(value, mark.at, (found) => markedAs(mark, found, calls));
  }
  return value;
}

function tellMaker(found: unknown, by: string, calls: CallsOfValues): void {
  if (typeof found === "object" && found !== null) calls.madeBy(found, by);
}

function markedAs(mark: Exclude<Mark, { is: "made" }>, found: unknown, calls: CallsOfValues): unknown {
  switch (mark.is) {
    case "future":
      return calls.futureOf(mark.nest);
    case "allow-failure":
      return { [brands.allowFailure]: true, value: calls.futureOf(mark.nest) };
    case "unmapped":
      return { [brands.unmapped]: true, value: found };
    case "opaque":
      return { [brands.opaque]: true, value: undefined };
  }
}

/** In place: the value has just been unpacked, and is nobody else's. */
function replaceAt(value: unknown, at: Place, replace: (found: unknown) => unknown): unknown {
  const last = at.at(-1);
  if (last === undefined) return replace(value);
  const holder = partAt(value, at.slice(0, -1)) as Readonly<Record<string | number, unknown>>;
  define(holder, last, replace(holder[last]));
  return value;
}

/** Also where it is named as a setter of all objects is. */
function define(holder: object, name: string | number, value: unknown): void {
  Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
}
