import { brands, type TaskFuture } from "../contract/runtime.ts";

/** An argument of `.map()` that is passed whole to every item. */
export interface Unmapped<T> {
  readonly [brands.unmapped]: true;
  readonly value: T;
}

/** An upstream whose failure does not stop the task: its error is passed in place of its value. */
export interface AllowFailure<T> {
  readonly [brands.allowFailure]: true;
  readonly value: TaskFuture<T>;
}

/** An argument that is neither searched for futures nor part of the call's identity. */
export interface Opaque<T> {
  readonly [brands.opaque]: true;
  readonly value: T;
}

export function unmapped<T>(value: T): Unmapped<T> {
  return { [brands.unmapped]: true, value };
}

export function allowFailure<T>(value: TaskFuture<T>): AllowFailure<T> {
  return { [brands.allowFailure]: true, value };
}

export function opaque<T>(value: T): Opaque<T> {
  return { [brands.opaque]: true, value };
}

type Leaf =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | URL
  | Uint8Array
  | ((...args: never[]) => unknown);

/** A value, a future of it, or a structure that has futures in it. */
export type Input<T> =
  | T
  | TaskFuture<T>
  | AllowFailure<T>
  | Opaque<T>
  | (T extends Leaf
      ? never
      : T extends readonly (infer Item)[]
        ? readonly Input<Item>[]
        : T extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
          ? never
          : T extends object
            ? { readonly [Name in keyof T]: Input<T[Name]> }
            : never);

/** The arguments of a task call: each may be a future, or hold futures. */
export type Inputs<Args extends readonly unknown[]> = { [Index in keyof Args]: Input<Args[Index]> };

/** The arguments of `.map()`: arrays (or futures of arrays) are mapped over; `unmapped()` and other values are passed whole. */
export type MapInputs<Args extends readonly unknown[]> = {
  [Index in keyof Args]:
    | Iterable<Input<Args[Index]>>
    | TaskFuture<readonly Args[Index][]>
    | Unmapped<Input<Args[Index]>>
    | MapWhole<Args[Index]>;
};

/** Values that are no arrays need no `unmapped()`. */
type MapWhole<T> = T extends readonly unknown[] | string ? (T extends string ? T : never) : T;
