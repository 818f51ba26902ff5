import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventFacts, EventTrigger, Trigger } from "../../contract/automations.ts";
import type { AutomationState } from "./automation-state.ts";
import { automationOf, eventAt, eventTrigger, runSteps, type Step, toInput } from "./automations.testsuite.ts";
import { evaluate, nextEvaluationAt } from "./evaluate.ts";
import { prepareAutomation } from "./prepare-automation.ts";
import { replayAutomation } from "./replay-automation.ts";

const forEach = ["id"];

/** Events of three names and two resources, each with an id of its own. */
const events = fc
  .array(
    fc.record({
      seconds: fc.integer({ min: 0, max: 300 }),
      name: fc.constantFrom("start", "beat", "end"),
      of: fc.constantFrom("r.1", "r.2"),
    }),
    { maxLength: 30 },
  )
  .map((list) => list.map(({ seconds, name, of }, index) => eventAt(seconds, name, { of, id: `e${index}` })));

const inTime = (list: readonly EventFacts[]): readonly EventFacts[] =>
  list.toSorted((left, right) => left.at - right.at);

const anyEventTrigger: fc.Arbitrary<EventTrigger> = fc
  .record({
    posture: fc.constantFrom("Reactive" as const, "Proactive" as const),
    after: fc.constantFrom<readonly string[]>([], ["start"], ["beat"]),
    expect: fc.constantFrom<readonly string[]>([], ["beat"], ["beat", "end"]),
    forEach: fc.constantFrom<readonly string[]>([], forEach),
    threshold: fc.integer({ min: 1, max: 3 }),
    withinMs: fc.constantFrom(10_000, 60_000),
  })
  .map(eventTrigger);

const anyTrigger: fc.Arbitrary<Trigger> = fc.oneof(
  anyEventTrigger,
  fc
    .record({
      triggers: fc.array(anyEventTrigger, { minLength: 1, maxLength: 3 }),
      withinMs: fc.constantFrom(null, 60_000),
      isSequence: fc.boolean(),
    })
    .map(
      ({ isSequence, ...rest }): Trigger =>
        isSequence ? { kind: "sequence", ...rest } : { kind: "compound", require: "all", ...rest },
    ),
);

describe("whatever the trigger and the events", () => {
  test("the state is JSON, and going on from the JSON is going on", () => {
    fc.assert(
      fc.property(anyTrigger, events, (trigger, list) => {
        const whole = runSteps(trigger, list);
        let state: AutomationState | null = null;
        const firings = list.flatMap((event) => {
          const run = runSteps(trigger, [event], state);
          state = JSON.parse(JSON.stringify(run.state)) as AutomationState;
          return run.firings;
        });
        expect(firings).toEqual(whole.firings);
        expect(state).toEqual(JSON.parse(JSON.stringify(whole.state)));
      }),
    );
  });

  test("the state that was given is left as it was", () => {
    fc.assert(
      fc.property(anyTrigger, events, (trigger, list) => {
        const { state } = runSteps(trigger, list.slice(0, 15));
        const before = JSON.stringify(state);
        runSteps(trigger, [...list.slice(15), 400], state);
        expect(JSON.stringify(state)).toBe(before);
      }),
    );
  });

  test("no firing comes twice", () => {
    fc.assert(
      fc.property(anyTrigger, events, (trigger, list) => {
        const { firings } = runSteps(trigger, [...inTime(list), 400, 500]);
        const ids = firings.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  test("a replay is what comes of taking one step after the other", () => {
    fc.assert(
      fc.property(
        anyTrigger,
        events,
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 5 }),
        (trigger, list, extra) => {
          const automation = automationOf(trigger);
          const prepared = prepareAutomation(automation);
          const ordered = list.toSorted((left, right) => left.at - right.at || (left.id < right.id ? -1 : 1));
          const until = 400_000;
          const since = ordered[0]?.at ?? until;
          let state: AutomationState | null = null;
          const stepped: string[] = [];
          const step = (input: Step): void => {
            const evaluation = evaluate(prepared, state, toInput(input));
            ({ state } = evaluation);
            stepped.push(...evaluation.firings.map(({ id }) => id));
          };
          // Ticks at other times than those at which one is due make no difference.
          const others = extra.map((seconds) => seconds * 1000).filter((at) => at >= since);
          const nextTick = (): number => Math.min(nextEvaluationAt(prepared, state) ?? Infinity, ...others);
          const passTime = (to: number): void => {
            for (let at = nextTick(); at <= to; at = nextTick()) {
              step(Math.max(at, since) / 1000);
              if (others.includes(at)) others.splice(others.indexOf(at), 1);
            }
          };
          for (const event of ordered) {
            passTime(event.at);
            step(event);
          }
          passTime(until);
          expect(replayAutomation(automation, list, { until }).firings.map(({ id }) => id)).toEqual(stepped);
        },
      ),
    );
  });
});

describe("what must not matter", () => {
  test("the order in which the events of different keys are interleaved", () => {
    fc.assert(
      fc.property(anyEventTrigger, events, (options, list) => {
        const trigger = { ...options, forEach };
        const ordered = inTime(list);
        const byKey = (of: string): readonly EventFacts[] => ordered.filter(({ resource }) => resource.id === of);
        const idsOf = (steps: readonly Step[]): readonly string[] =>
          runSteps(trigger, steps)
            .firings.map(({ id }) => id)
            .sort();
        expect(idsOf([...byKey("r.1"), ...byKey("r.2")])).toEqual(idsOf(ordered));
      }),
    );
  });

  test("events that are no concern of the trigger", () => {
    fc.assert(
      fc.property(anyTrigger, events, events, (trigger, list, others) => {
        const strange = others.map((event) => ({ ...event, id: `x${event.id}`, name: "strange" }));
        const closed: Trigger = JSON.parse(
          JSON.stringify(trigger, (key, value: unknown) =>
            key === "expect" && Array.isArray(value) && value.length === 0 ? ["start"] : value,
          ),
        ) as Trigger;
        const ids = (steps: readonly EventFacts[]): readonly string[] =>
          runSteps(closed, inTime(steps)).firings.map(({ id }) => id);
        expect(ids([...list, ...strange])).toEqual(ids(list));
      }),
    );
  });

  test("the order of the first events, for a threshold that all of them meet", () => {
    const within = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(within, (seconds) => {
        const trigger = eventTrigger({ threshold: 3, withinMs: 60_000 });
        const steps = seconds.map((at) => eventAt(at, "beat"));
        const ids = (list: readonly Step[]): readonly string[] => runSteps(trigger, list).firings.map(({ id }) => id);
        expect(ids(steps)).toHaveLength(1);
        expect(ids(steps)).toEqual(ids(steps.toReversed()));
      }),
    );
  });
});

describe("windows", () => {
  test("a Reactive trigger fires at most once a window", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), events, (threshold, list) => {
        const times = runSteps(eventTrigger({ threshold, withinMs: 60_000 }), inTime(list)).firings.map(({ at }) => at);
        // One may be at the end of its window and the next at the start of the one after, but a firing and the next but one
        // have a whole window between them.
        expect(times.every((at, index) => index < 2 || at - (times[index - 2] ?? 0) >= 60_000)).toBe(true);
      }),
    );
  });

  test("a Reactive firing has as many events as its threshold, none used before", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), events, (threshold, list) => {
        const { firings } = runSteps(eventTrigger({ threshold, withinMs: 60_000 }), inTime(list));
        const used = firings.flatMap(({ eventIds }) => eventIds);
        expect(firings.every(({ eventIds }) => eventIds.length === threshold)).toBe(true);
        expect(new Set(used).size).toBe(used.length);
      }),
    );
  });

  test("a Proactive trigger fires for a start exactly when no end follows in time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), (seconds) => {
        const trigger = eventTrigger({ posture: "Proactive", after: ["start"], expect: ["end"], withinMs: 60_000 });
        const { firings } = runSteps(trigger, [eventAt(0, "start"), eventAt(seconds, "end"), 500]);
        expect(firings).toHaveLength(seconds < 60 ? 0 : 1);
      }),
    );
  });
});

describe("evaluate", () => {
  test("forgets the state of another trigger", () => {
    const { state } = runSteps(eventTrigger({ threshold: 2, withinMs: 60_000 }), [eventAt(0, "a")]);
    expect(runSteps(eventTrigger({ threshold: 2, withinMs: 50_000 }), [eventAt(1, "a")], state).firings).toHaveLength(
      0,
    );
    expect(runSteps(eventTrigger({ threshold: 2, withinMs: 60_000 }), [eventAt(1, "a")], state).firings).toHaveLength(
      1,
    );
  });

  test("does nothing for an automation that is not enabled", () => {
    const prepared = prepareAutomation({ ...automationOf(eventTrigger()), enabled: false });
    expect(evaluate(prepared, null, toInput(eventAt(0, "a")))).toMatchObject({ firings: [], reasons: [] });
    expect(prepared.concerns(eventAt(0, "a"))).toBe(false);
    expect(nextEvaluationAt(prepared, null)).toBeNull();
  });

  test("gives back the same state when nothing has changed", () => {
    const trigger = eventTrigger({ expect: ["a"], threshold: 2, withinMs: 60_000 });
    const { state } = runSteps(trigger, [eventAt(0, "a")]);
    expect(runSteps(trigger, [eventAt(1, "b"), 2], state).state).toBe(state);
  });

  test("leaves nothing behind when all is over", () => {
    const trigger = eventTrigger({ posture: "Proactive", after: ["a"], expect: ["b"], withinMs: 60_000, forEach });
    expect(runSteps(trigger, [eventAt(0, "a"), eventAt(1, "b"), eventAt(2, "a"), 100, 10_000]).state).toMatchObject({
      buckets: {},
      held: {},
    });
    expect(runSteps(eventTrigger({ threshold: 2, withinMs: 10_000 }), [eventAt(0, "a"), 71]).state).toMatchObject({
      buckets: {},
    });
  });

  test.each<[string, Partial<EventTrigger>, readonly Step[], number | null]>([
    ["a Reactive trigger", { withinMs: 60_000 }, [eventAt(0, "a")], null],
    ["a silence that is to be watched for from now on", { posture: "Proactive", withinMs: 60_000 }, [], 0],
    ["a silence that is watched for", { posture: "Proactive", withinMs: 60_000 }, [5], 65],
    ["a silence after an event", { posture: "Proactive", after: ["a"], expect: ["b"], withinMs: 60_000 }, [], null],
    [
      "the first of several silences",
      { posture: "Proactive", after: ["a"], expect: ["b"], withinMs: 60_000, forEach },
      [eventAt(9, "a", { of: "x" }), eventAt(7, "a", { of: "y" })],
      67,
    ],
  ])("says when it wants to be asked again: %s", (_, options, steps, seconds) => {
    const trigger = eventTrigger(options);
    const { state } = runSteps(trigger, steps);
    expect(nextEvaluationAt(prepareAutomation(automationOf(trigger)), state)).toBe(
      seconds === null ? null : seconds * 1000,
    );
  });
});
