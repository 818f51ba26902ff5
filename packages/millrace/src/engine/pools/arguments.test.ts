import { expect, test } from "vitest";
import { brands, type TaskFuture } from "../../contract/runtime.ts";
import { allowFailure, opaque, unmapped } from "../../sdk/annotations.ts";
import { completed } from "../../sdk/returned-states.ts";
import { type CallsOfValues, packArgument, packGiven, unpackArgument, type ValuesOfCalls } from "./arguments.ts";

/** No clone takes it. */
const aFuture = (taskName: string): TaskFuture =>
  ({ [brands.future]: true, taskName, cancel: () => undefined }) as unknown as TaskFuture;
const [one, two] = [aFuture("one"), aFuture("two")];
const given = { rows: [1, 2] };

const values: ValuesOfCalls = {
  nestOf: (future) => [one, two].indexOf(future) + 1 || undefined,
  makerOf: (value) => (value === given ? "/given~0" : undefined),
};

/** As the other side has it, and which of it counts as made by which call. */
function cross(
  argument: unknown,
  packed = packArgument,
): { readonly value: unknown; readonly made: readonly (readonly [unknown, string])[] } {
  const made: (readonly [unknown, string])[] = [];
  const calls: CallsOfValues = {
    futureOf: (nest) => (nest === 1 ? one : two),
    madeBy: (value, path) => void made.push([value, path]),
  };
  const value = unpackArgument(structuredClone(packed(argument, values)), calls);
  return { value, made };
}

test("futures cross where they are, however deep, and what the caller has stays as it is", () => {
  const argument = { list: [one, { inner: two }], plain: new Map([[1, new Set(["a"])]]) };
  expect(cross(argument).value).toEqual({ list: [one, { inner: two }], plain: argument.plain });
  expect((cross(argument).value as typeof argument).list[0]).toBe(one);
  expect(argument.list).toEqual([one, { inner: two }]);
});

test("annotations cross, and nothing of what is opaque", () => {
  expect(cross([allowFailure(two), unmapped([1, one]), opaque(() => 1)]).value).toEqual([
    allowFailure(two),
    unmapped([1, one]),
    opaque(undefined),
  ]);
  expect(cross(unmapped({ a: [one] })).value).toEqual(unmapped({ a: [one] }));
});

test("what a call has given counts as made by it", () => {
  const { value, made } = cross([{ given }, 4]);
  expect(value).toEqual([{ given }, 4]);
  expect(made).toEqual([[given, "/given~0"]]);
});

test("what calls have given is known in maps, sets, errors and states, and in what a call has given", () => {
  const failure = Object.assign(new RangeError("far", { cause: [given] }), { code: "E_FAR" });
  const held = { map: new Map([["a", given]]), set: new Set([1, [given]]) };
  expect(cross(held).made).toEqual([
    [given, "/given~0"],
    [given, "/given~0"],
  ]);
  const thrown = cross(failure);
  expect(thrown.value).toMatchObject({ name: "RangeError", code: "E_FAR", cause: [given] });
  expect(thrown.made).toEqual([[given, "/given~0"]]);
  const state = cross(completed({ value: { given, future: one }, message: "done" }), packGiven);
  expect(state.value).toEqual(completed({ value: { given, future: one }, message: "done" }));
  expect(state.made).toEqual([[given, "/given~0"]]);
});

test("errors, states and names that mean something to JavaScript cross as they are", () => {
  expect(cross(new RangeError("far")).value).toMatchObject({ name: "RangeError", message: "far" });
  const odd = JSON.parse('{ "__proto__": [0], "constructor": 1 }') as Record<string, unknown[]>;
  Object.defineProperty(odd, "__proto__", { value: [one], enumerable: true, writable: true, configurable: true });
  const crossed = cross(odd).value as object;
  expect(Object.getOwnPropertyDescriptor(crossed, "__proto__")?.value).toEqual([one]);
  expect(Object.keys(crossed)).toEqual(["__proto__", "constructor"]);
});

test("what leads back to itself ends", () => {
  const circle: Record<string, unknown> = { future: one };
  circle.self = circle;
  const crossed = cross(circle).value as typeof circle;
  expect(crossed.future).toBe(one);
  expect(crossed.self).toBe(crossed);
});

test("what stands in several places does so on the other side, without what no clone has", () => {
  const shared = { future: one, fixed: opaque({ read: () => 1 }), made: given };
  const { value, made } = cross([shared, shared, { again: shared }]);
  const [first, second, third] = value as readonly [typeof shared, typeof shared, { readonly again: typeof shared }];
  expect(first).toEqual({ future: one, fixed: opaque(undefined), made: given });
  expect([second, third.again]).toEqual([first, first]);
  expect(second).toBe(first);
  expect(made).toEqual([[given, "/given~0"]]);
  const twice = unmapped([one]);
  expect(cross([twice, twice]).value).toEqual([twice, twice]);
});

test("a future of another body is refused", () => {
  expect(() => packArgument([aFuture("other")], values)).toThrow("A future of another body");
});
