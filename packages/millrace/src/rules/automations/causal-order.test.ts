import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventFacts } from "../../contract/automations.ts";
import { eventAt } from "./automations.testsuite.ts";
import { createCausalOrder } from "./causal-order.ts";

const one = eventAt(1, "one", { id: "1" });
const two = eventAt(2, "two", { id: "2", follows: "1" });
const three = eventAt(3, "three", { id: "3", follows: "2" });
const ids = (events: readonly EventFacts[]): readonly string[] => events.map(({ id }) => id);

describe("an event", () => {
  test("that follows nothing, or itself, goes through at once", () => {
    const order = createCausalOrder();
    expect(ids(order.admit(one, 0))).toEqual(["1"]);
    expect(ids(order.admit({ ...one, id: "7", follows: "7" }, 0))).toEqual(["7"]);
  });

  test("goes through once", () => {
    const order = createCausalOrder();
    expect(ids([...order.admit(one, 0), ...order.admit(one, 0)])).toEqual(["1"]);
    order.admit({ ...two, follows: "lost" }, 0);
    expect(order.admit({ ...two, follows: "lost" }, 0)).toEqual([]);
    expect(ids(order.overdue(30_000))).toEqual(["2"]);
    expect(order.overdue(60_000)).toEqual([]);
  });

  test("waits for the one it follows, and brings along those that wait for it", () => {
    const order = createCausalOrder();
    expect(order.admit(three, 0)).toEqual([]);
    expect(order.admit(two, 0)).toEqual([]);
    expect(ids(order.admit(one, 0))).toEqual(["1", "2", "3"]);
    expect(order.nextOverdueAt()).toBeNull();
  });

  test("goes through at once behind the one it follows", () => {
    const order = createCausalOrder();
    order.admit(one, 0);
    expect(ids(order.admit(two, 0))).toEqual(["2"]);
  });

  test("waits for so long only", () => {
    const order = createCausalOrder({ holdForMs: 5000 });
    order.admit(two, 1000);
    order.admit(three, 2000);
    expect(order.nextOverdueAt()).toBe(6000);
    expect(order.overdue(5999)).toEqual([]);
    expect(ids(order.overdue(6000))).toEqual(["2", "3"]);
    expect(ids(order.admit(one, 7000))).toEqual(["1"]);
  });

  test("in a circle of events waits for so long only, too", () => {
    const order = createCausalOrder({ holdForMs: 5000 });
    expect(order.admit({ ...one, follows: "2" }, 0)).toEqual([]);
    expect(order.admit(two, 0)).toEqual([]);
    expect(ids(order.overdue(5000))).toEqual(["1", "2"]);
  });
});

test("several that wait for the same one go through in the order in which they happened", () => {
  const order = createCausalOrder();
  for (const at of [9, 5, 7]) order.admit(eventAt(at, "x", { id: `x${at}`, follows: "1" }), 0);
  expect(ids(order.admit(one, 0))).toEqual(["1", "x5", "x7", "x9"]);
});

test("when too many wait, the one that has waited longest goes through", () => {
  const order = createCausalOrder({ maxHeld: 2 });
  const waiting = [1, 2, 3].map((at) => eventAt(at, "x", { id: `x${at}`, follows: `lost${at}` }));
  expect(waiting.map((event) => ids(order.admit(event, 0)))).toEqual([[], [], ["x1"]]);
});

test("only so many ids are remembered", () => {
  const order = createCausalOrder({ maxSeen: 2 });
  for (const at of [1, 2, 3]) order.admit(eventAt(at, "x", { id: `x${at}` }), 0);
  expect(order.admit(eventAt(3, "x", { id: "x3" }), 0)).toEqual([]);
  expect(ids(order.admit(eventAt(1, "x", { id: "x1" }), 0))).toEqual(["x1"]);
});

test("whatever the order in which they come, all go through once, and none before the one it follows", () => {
  const family = fc
    .array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 20 })
    .map((leaders) =>
      leaders.map((leader, index) =>
        eventAt(index, "x", { id: `x${index}`, ...(leader < index ? { follows: `x${leader}` } : {}) }),
      ),
    )
    .chain((events) => fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }));
  fc.assert(
    fc.property(family, (events) => {
      const order = createCausalOrder();
      const released = events.flatMap((event) => order.admit(event, 0));
      expect(ids(released).toSorted()).toEqual(ids(events).toSorted());
      const place = new Map(released.map(({ id }, index) => [id, index]));
      expect(
        released.every(({ follows }, index) => follows === undefined || (place.get(follows) ?? index) < index),
      ).toBe(true);
    }),
  );
});
