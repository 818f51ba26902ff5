import fc from "fast-check";
import { expect, test } from "vitest";
import { brands } from "../contract/runtime.ts";
import { defaultStateNames, stateTypes } from "../contract/states.ts";
import { finalStateOf } from "./final-state.ts";

const states = fc.array(fc.constantFrom(...stateTypes), { minLength: 1 });

test("data completes a flow, and so does nothing", () => {
  expect(finalStateOf({ state: null, states: null })).toEqual({ type: "COMPLETED", name: "Completed" });
  expect(finalStateOf({ state: null, states: [] })).toEqual({ type: "COMPLETED", name: "Completed" });
});

test.each(stateTypes)("a returned state %s is taken as it is", (type) => {
  const returned = { [brands.state]: true, type, name: "Skipped", value: 1 } as const;
  expect(finalStateOf({ state: returned, states: null })).toEqual({ type, name: "Skipped" });
  expect(finalStateOf({ state: { ...returned, message: "why" }, states: null })).toEqual({
    type,
    name: "Skipped",
    message: "why",
  });
});

test("futures complete a flow if and only if all of them completed", () => {
  fc.assert(
    fc.property(states, (types) => {
      const others = types.filter((type) => type !== "COMPLETED").length;
      const found = finalStateOf({
        state: null,
        states: types.map((type) => ({ type, name: defaultStateNames[type] })),
      });
      expect(found).toEqual(
        others === 0
          ? { type: "COMPLETED", name: "Completed", message: `All ${types.length} returned task runs completed` }
          : {
              type: "FAILED",
              name: "Failed",
              message: `${others} of ${types.length} returned task runs did not complete`,
            },
      );
    }),
  );
});

test("what counts is the type, whatever the name", () => {
  expect(finalStateOf({ state: null, states: [{ type: "COMPLETED", name: "Cached" }] })).toMatchObject({
    type: "COMPLETED",
  });
  expect(finalStateOf({ state: null, states: [{ type: "FAILED", name: "TimedOut" }] })).toMatchObject({
    type: "FAILED",
  });
});
