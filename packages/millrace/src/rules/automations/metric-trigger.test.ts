import { expect, test } from "vitest";
import type { Firing, MetricTrigger, Trigger } from "../../contract/automations.ts";
import { type AutomationState, createState } from "./automation-state.ts";
import { automationOf, eventAt, eventTrigger, toInput } from "./automations.testsuite.ts";
import { evaluate, type EvaluationInput } from "./evaluate.ts";
import { prepareAutomation } from "./prepare-automation.ts";

const slow: MetricTrigger = {
  kind: "metric",
  match: {},
  matchRelated: [],
  query: "duration",
  operator: ">",
  threshold: 60,
  rangeMs: 300_000,
  firingForMs: 300_000,
};

const measured = (seconds: number, value: number | null, path = "trigger"): EvaluationInput => ({
  kind: "measurement",
  path,
  value,
  at: seconds * 1000,
});

function fire(trigger: Trigger, inputs: readonly EvaluationInput[]): readonly Firing[] {
  const prepared = prepareAutomation(automationOf(trigger));
  let state: AutomationState = createState(prepared.definition);
  return inputs.flatMap((input) => {
    const evaluation = evaluate(prepared, state, input);
    ({ state } = evaluation);
    return evaluation.firings;
  });
}

const shown = (trigger: Trigger, inputs: readonly EvaluationInput[]): readonly string[] =>
  fire(trigger, inputs).map(({ state, at }) => `${state} at ${at / 1000}`);

test.each<[string, readonly EvaluationInput[], readonly string[]]>([
  ["beyond for long enough", [measured(0, 61), measured(150, 70), measured(300, 61)], ["Triggered at 300"]],
  ["beyond for a shorter time", [measured(0, 61), measured(299, 61)], []],
  ["beyond with an interruption", [measured(0, 61), measured(150, 60), measured(300, 61), measured(450, 61)], []],
  ["no runs in between", [measured(0, 61), measured(150, null), measured(300, 61)], []],
  ["at the threshold", [measured(0, 60), measured(300, 60)], []],
  [
    "once while it stays beyond",
    [measured(0, 61), measured(300, 61), measured(600, 61), measured(900, 61)],
    ["Triggered at 300"],
  ],
  [
    "back for long enough",
    [measured(0, 61), measured(300, 61), measured(400, 50), measured(699, null), measured(700, 50)],
    ["Triggered at 300", "Resolved at 700"],
  ],
  [
    "back for a shorter time",
    [measured(0, 61), measured(300, 61), measured(400, 50), measured(500, 61), measured(700, 50)],
    ["Triggered at 300"],
  ],
])("%s", (_, inputs, firings) => {
  expect(shown(slow, inputs)).toEqual(firings);
});

test.each<[MetricTrigger["operator"], number, boolean]>([
  ["<", 59, true],
  ["<", 60, false],
  ["<=", 60, true],
  [">", 60, false],
  [">=", 60, true],
  [">=", 59, false],
])("%s 60 of %d: %s", (operator, value, isBeyond) => {
  expect(fire({ ...slow, operator }, [measured(0, value), measured(300, value)])).toHaveLength(isBeyond ? 1 : 0);
});

test("a firing has the figure and its reason", () => {
  expect(fire(slow, [measured(0, 61), measured(300, 75)])).toMatchObject([
    { value: 75, reason: "duration 75, > 60 for 5m 00s of 5m 00s", eventId: null, path: "trigger" },
  ]);
});

test("in a compound it counts when it is triggered, not when it is resolved", () => {
  const trigger: Trigger = {
    kind: "compound",
    require: "all",
    withinMs: null,
    triggers: [slow, eventTrigger({ expect: ["a"] })],
  };
  const path = "trigger.0";
  const event = toInput(eventAt(1, "a"));
  const triggered = [measured(0, 61, path), measured(300, 61, path)];
  const resolved = [measured(400, 1, path), measured(700, 1, path)];
  expect(shown(trigger, [event, ...triggered])).toEqual(["Triggered at 300"]);
  expect(shown(trigger, [...triggered, event, event])).toEqual(["Triggered at 1"]);
  expect(shown(trigger, [event, ...triggered, event, ...resolved])).toEqual(["Triggered at 300"]);
});

test("a figure for a trigger that is not there changes nothing", () => {
  const prepared = prepareAutomation(automationOf(slow));
  const state = createState(prepared.definition);
  expect(evaluate(prepared, state, measured(0, 61, "trigger.7"))).toEqual({ state, firings: [], reasons: [] });
});
