import { expect, test } from "vitest";
import { takeTurn } from "./signal-turns.ts";

test("waits of a name take the values in turn, each name and each body for itself", () => {
  const body = new AbortController().signal;
  expect([takeTurn(body, "approve").place, takeTurn(body, "approve").place]).toEqual([0, 1]);
  expect(takeTurn(body, "stop").place).toBe(0);
  expect(takeTurn(new AbortController().signal, "approve").place).toBe(0);
});

test("a turn that is given back is taken by the next wait", () => {
  const body = new AbortController().signal;
  const [first, second] = [takeTurn(body, "approve"), takeTurn(body, "approve")];
  first.giveBack();
  expect(takeTurn(body, "approve").place).toBe(0);
  second.giveBack();
  expect([takeTurn(body, "approve").place, takeTurn(body, "approve").place]).toEqual([1, 2]);
});
