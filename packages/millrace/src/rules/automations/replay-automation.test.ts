import { expect, test } from "vitest";
import type { MetricTrigger } from "../../contract/automations.ts";
import { automationOf, eventAt, eventTrigger } from "./automations.testsuite.ts";
import { replayAutomation } from "./replay-automation.ts";

const silence = eventTrigger({ posture: "Proactive", expect: ["beat"], withinMs: 60_000 });

test("events are taken by their time, and the silences between them are seen", () => {
  const events = [eventAt(200, "beat"), eventAt(0, "beat"), eventAt(30, "beat")];
  const { firings, isCut } = replayAutomation(automationOf(silence), events, { until: 330_000 });
  // Windows of the first events end at 60; those of silence at 120 and 180; that of the last event at 240.
  expect(firings.map(({ at }) => at / 1000)).toEqual([120, 180, 300]);
  expect(isCut).toBe(false);
});

test("the watch begins where it is said", () => {
  const { firings } = replayAutomation(automationOf(silence), [], { since: 1_000_000, until: 1_130_000 });
  expect(firings.map(({ at }) => at / 1000)).toEqual([1060, 1120]);
});

test("nothing is taken from after the end", () => {
  const automation = automationOf(eventTrigger());
  expect(replayAutomation(automation, [eventAt(1, "a"), eventAt(11, "a")], { until: 10_000 }).firings).toHaveLength(1);
});

test("an automation that is switched off is replayed all the same", () => {
  const automation = { ...automationOf(eventTrigger()), enabled: false };
  expect(replayAutomation(automation, [eventAt(1, "a")], { until: 10_000 }).firings).toHaveLength(1);
});

test("an event comes behind the one that it follows, whatever its time", () => {
  const trigger = eventTrigger({ after: ["a"], expect: ["b"], withinMs: 60_000 });
  const events = [eventAt(5, "b", { id: "b", follows: "a" }), eventAt(5, "a", { id: "a" })];
  expect(replayAutomation(automationOf(trigger), events, { until: 10_000 }).firings).toHaveLength(1);
  const lost = [eventAt(5, "b", { id: "b", follows: "lost" })];
  expect(replayAutomation(automationOf(eventTrigger()), lost, { until: 10_000 }).firings).toHaveLength(1);
});

test("there is an end to firings and reasons, which is told", () => {
  const events = Array.from({ length: 50 }, (_, index) => eventAt(index, "a"));
  const replay = replayAutomation(automationOf(eventTrigger()), events, {
    until: 100_000,
    maxFirings: 10,
    maxReasons: 5,
  });
  expect(replay.firings).toHaveLength(10);
  expect(replay.reasons).toHaveLength(5);
  expect(replay.isCut).toBe(true);
});

test("measurements are taken in their turn", () => {
  const metric: MetricTrigger = {
    kind: "metric",
    match: {},
    matchRelated: [],
    query: "success-rate",
    operator: "<",
    threshold: 0.9,
    rangeMs: 300_000,
    firingForMs: 300_000,
  };
  const trigger = { kind: "sequence", withinMs: null, triggers: [eventTrigger({ expect: ["a"] }), metric] } as const;
  const measurements = [600, 300].map((seconds) => ({
    kind: "measurement" as const,
    path: "trigger.1",
    value: 0.5,
    at: seconds * 1000,
  }));
  const replay = replayAutomation(automationOf(trigger), [eventAt(400, "a")], { until: 1_000_000, measurements });
  expect(replay.firings).toMatchObject([{ at: 600_000, value: 0.5 }]);
});
