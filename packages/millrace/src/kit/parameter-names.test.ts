import { expect, test } from "vitest";
import { parameterNames } from "./parameter-names.ts";

/* oxlint-disable no-eval */

const bare = (...parameters: string[]): string[] => parameters;

class Model {
  train(rows: unknown, { depth }: { depth: number }) {
    return [rows, depth];
  }
  static async load(path: string) {
    return path;
  }
  constructor(a: number) {
    void a;
  }
}

/** Sources as users may write them; run as they are, so that no tool changes them. */
const sources: readonly (readonly [string, readonly string[]])[] = [
  ["() => 1", []],
  ["x => x", bare("x")],
  ["async x => x", bare("x")],
  ["async => async", bare("async")],
  ["async (a, b) => a", bare("a", "b")],
  ["(a, b,) => a", bare("a", "b")],
  ["function (a, b) {}", bare("a", "b")],
  ["async function* named(a) { yield a }", bare("a")],
  ["(a = 1, ...rest) => a", bare("a", "rest")],
  ["({ a, b: [c] }, [d] = [1, 2], e) => a", bare("arg0", "arg1", "e")],
  ["(a = ', )', b = \"(\", c = `${'}'}, )`, d) => a", bare("a", "b", "c", "d")],
  ["(a = /[/)],/, b = 4 / 2, c = 1 / 3) => a", bare("a", "b", "c")],
  [String.raw`(a = /\/[,)]\]/, b) => a`, bare("a", "b")],
  ["(a = (x, y) => [x, y], b = { c: [1, 2] }) => a", bare("a", "b")],
  ["(a /* , no */, // nor ) this\n b) => a", bare("a", "b")],
  ["(a = 'http://x', b) => a", bare("a", "b")],
  ["($ünicode, _x1) => 1", bare("$ünicode", "_x1")],
  ["({ method(a, b) {} }).method", bare("a", "b")],
  ["({ async *method(a) {} }).method", bare("a")],
  ["({ ['comp(uted)'](a, b) {} })['comp(uted)']", bare("a", "b")],
  ["({ get(a) {} }).get", bare("a")],
  ["(a         , b           = 2) => a", bare("a", "b")],
];

test.each(sources)("%s", (source, names) => {
  expect(parameterNames(eval(`(${source})`) as () => unknown)).toEqual(names);
});

test("methods", () => {
  // oxlint-disable-next-line typescript/unbound-method
  expect(parameterNames(Model.prototype.train)).toEqual(["rows", "arg1"]);
  // oxlint-disable-next-line typescript/unbound-method
  expect(parameterNames(Model.load)).toEqual(["path"]);
});

test("what has no readable source is named by its places", () => {
  const fn = (a: number, b: number): number => a + b;
  expect(parameterNames(fn.bind(null))).toEqual(["arg0", "arg1"]);
  expect(parameterNames(Math.max)).toEqual(["arg0", "arg1"]);
  expect(parameterNames(Model as unknown as () => unknown)).toEqual(["arg0"]);
  expect(parameterNames(new Proxy(fn, {}))).toEqual(["arg0", "arg1"]);
  const hostile = new Proxy(fn, {
    get() {
      throw new Error("no");
    },
  });
  expect(parameterNames(hostile)).toEqual([]);
});

test("the names of one function are read once", () => {
  const fn = (a: number): number => a;
  expect(parameterNames(fn)).toBe(parameterNames(fn));
});
