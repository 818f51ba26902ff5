import { describe, expect, test } from "vitest";
import type { CompoundTrigger, Trigger } from "../../contract/automations.ts";
import { eventAt, eventTrigger, firedAt, runSteps, type Step } from "./automations.testsuite.ts";

const on = (name: string): Trigger => eventTrigger({ expect: [name] });
const [a, b, c] = ["a", "b", "c"].map((name) => (seconds: number) => eventAt(seconds, name)) as [
  (seconds: number) => Step,
  (seconds: number) => Step,
  (seconds: number) => Step,
];
const abc = [on("a"), on("b"), on("c")];

const compound = (require: CompoundTrigger["require"], withinMs: number | null = null, triggers = abc): Trigger => ({
  kind: "compound",
  triggers,
  require,
  withinMs,
});
const sequence = (withinMs: number | null = null, triggers = abc): Trigger => ({
  kind: "sequence",
  triggers,
  withinMs,
});

type Case = [what: string, trigger: Trigger, steps: readonly Step[], firedAt: readonly number[]];

describe("a compound fires", () => {
  test.each<Case>([
    ["at each of any", compound("any"), [a(0), b(1), a(2)], [0, 1, 2]],
    ["when all have fired, in any order", compound("all"), [c(0), a(1), b(2)], [2]],
    ["not for the same one several times", compound("all"), [a(0), a(1), a(2)], []],
    ["again only when all have fired again", compound("all"), [a(0), b(1), c(2), a(3), b(4), c(5)], [2, 5]],
    ["when as many as required have", compound(2), [a(0), a(1), c(2), b(3)], [2]],
    ["when all have within the time", compound("all", 10_000), [a(0), b(5), c(10)], [10]],
    ["not when the first is too long ago", compound("all", 10_000), [a(0), b(5), c(10.5)], []],
    ["when the first has fired again since", compound("all", 10_000), [a(0), b(5), a(6), c(12)], [12]],
    ["however long it takes, without a time", compound("all"), [a(0), b(100_000), c(200_000)], [200_000]],
    ["on one event that several are about", compound("all", null, [on("a"), on("*")]), [a(0)], [0]],
    ["at once when one of one is required", compound("all", 10_000, [on("a")]), [a(0), a(1)], [0, 1]],
  ])("%s", (_, trigger, steps, seconds) => {
    expect(firedAt(trigger, steps)).toEqual(seconds);
  });
});

describe("a sequence fires", () => {
  test.each<Case>([
    ["when all have fired in order", sequence(), [a(0), b(1), c(2)], [2]],
    ["not in another order", sequence(), [a(0), c(1), b(2)], []],
    ["once the order has come right", sequence(), [a(0), c(1), b(2), c(3)], [3]],
    ["not when the first comes again in between", sequence(), [a(0), b(1), a(2), c(3)], []],
    ["in order from the last firing of each", sequence(), [b(0), a(1), b(2), c(3)], [3]],
    ["within the time", sequence(10_000), [a(0), b(5), c(10)], [10]],
    ["not when the first is too long ago", sequence(10_000), [a(0), b(5), c(11)], []],
    ["by the time of the events, when they come out of order", sequence(), [b(1), a(0), c(2)], [2]],
    ["on one event that all its steps are about", sequence(null, [on("a"), on("*")]), [a(0)], [0]],
    ["not for an order of coming that is not that of the events", sequence(null, [on("a"), on("b")]), [a(5), b(4)], []],
  ])("%s", (_, trigger, steps, seconds) => {
    expect(firedAt(trigger, steps)).toEqual(seconds);
  });
});

describe("one in another", () => {
  test("any of two sequences", () => {
    const trigger = compound("any", null, [sequence(null, [on("a"), on("b")]), sequence(null, [on("b"), on("c")])]);
    expect(firedAt(trigger, [a(0), b(1), c(2)])).toEqual([1, 2]);
  });

  test("a sequence that begins with either of two", () => {
    const trigger = sequence(10_000, [compound("any", null, [on("a"), on("b")]), on("c")]);
    expect(firedAt(trigger, [b(0), c(5), c(6), a(20), c(31), a(40), c(50)])).toEqual([5, 50]);
  });

  test("a silence after an event", () => {
    const silence = eventTrigger({ posture: "Proactive", after: ["a"], expect: ["b"], withinMs: 10_000 });
    const trigger = compound("all", 60_000, [on("c"), silence]);
    expect(firedAt(trigger, [a(0), c(1), 10])).toEqual([10]);
    expect(firedAt(trigger, [a(0), c(1), b(5), 10])).toEqual([]);
  });

  test("the firing holds those that it used, with all their events", () => {
    const trigger = compound("all", null, [eventTrigger({ expect: ["a"], threshold: 2, withinMs: 60_000 }), on("b")]);
    const { firings } = runSteps(trigger, [a(0), a(1), b(2)]);
    expect(firings).toMatchObject([
      {
        path: "trigger",
        at: 2000,
        eventId: "b@2/r.1",
        eventIds: ["a@0/r.1", "a@1/r.1", "b@2/r.1"],
        reason: "2 of 2 triggers",
        firings: [
          { path: "trigger.0", reason: "2 of 2 events within 1m 00s" },
          { path: "trigger.1", eventId: "b@2/r.1" },
        ],
      },
    ]);
  });
});

test("what is told of a compound and of a sequence", () => {
  const tellsOf = (trigger: Trigger, steps: readonly Step[]): readonly string[] =>
    runSteps(trigger, steps)
      .reasons.filter(({ path }) => path === "trigger")
      .map(({ outcome, text }) => `${outcome}: ${text}`);
  expect(tellsOf(compound(2, 60_000), [a(0), c(2)])).toEqual([
    "waiting: 1 of 2 triggers within 1m 00s",
    "fired: 2 of 2 triggers within 1m 00s",
  ]);
  expect(tellsOf(sequence(), [c(0), a(1), a(0.5)])).toEqual([
    "waiting: 1 of 3 steps, in the order 3",
    "waiting: 2 of 3 steps, in the order 3, 1",
    "late: trigger 1 has fired again since",
  ]);
});
