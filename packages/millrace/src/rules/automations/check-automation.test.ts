import { describe, expect, test } from "vitest";
import type { Action, MetricTrigger, Trigger } from "../../contract/automations.ts";
import { automationOf, eventTrigger } from "./automations.testsuite.ts";
import { checkAutomation } from "./check-automation.ts";

const issuesOf = (trigger: Trigger, actions: readonly Action[] = []): readonly string[] =>
  checkAutomation(automationOf(trigger, actions)).map(({ path, text }) => `${path} ${text}`);

const metric: MetricTrigger = {
  kind: "metric",
  match: {},
  matchRelated: [],
  query: "lateness",
  operator: ">",
  threshold: 1,
  rangeMs: 300_000,
  firingForMs: 300_000,
};

/** So many sequences in each other. */
function nested(depth: number): Trigger {
  return depth === 0 ? eventTrigger() : { kind: "sequence", triggers: [nested(depth - 1)], withinMs: null };
}

describe("triggers", () => {
  const one = eventTrigger();
  test.each<[string, Trigger, readonly string[]]>([
    ["a Reactive one without a window", one, []],
    ["a Proactive one of 10 s", eventTrigger({ posture: "Proactive", withinMs: 10_000 }), []],
    [
      "a shorter Proactive one",
      eventTrigger({ posture: "Proactive", withinMs: 9999 }),
      ["trigger.withinMs must be at least 10 s"],
    ],
    ["a window that is no number", eventTrigger({ withinMs: Number.NaN }), ["trigger.withinMs must be at least 0 s"]],
    ["half an event", eventTrigger({ threshold: 0.5 }), ["trigger.threshold must be a whole number, and not below 0"]],
    ["a compound that requires all it has", { kind: "compound", triggers: [one, one], require: 2, withinMs: null }, []],
    [
      "a compound that requires more",
      { kind: "compound", triggers: [one, one], require: 3, withinMs: null },
      ["trigger.require must be between 1 and the number of triggers, which is 2"],
    ],
    [
      "a compound that requires none",
      { kind: "compound", triggers: [one], require: 0, withinMs: null },
      ["trigger.require must be between 1 and the number of triggers, which is 1"],
    ],
    [
      "a sequence of nothing",
      { kind: "sequence", triggers: [], withinMs: null },
      ["trigger.triggers must hold a trigger"],
    ],
    [
      "one in another",
      { kind: "sequence", triggers: [one, eventTrigger({ posture: "Proactive", withinMs: 1 })], withinMs: -1 },
      ["trigger.withinMs must be at least 0 s", "trigger.1.withinMs must be at least 10 s"],
    ],
    ["as deep as they may be", nested(8), []],
    ["deeper", nested(9), [`trigger${".0".repeat(8)} triggers stand at most 8 deep in each other`]],
    [
      "too many",
      { kind: "compound", require: "any", withinMs: null, triggers: Array.from({ length: 100 }, () => one) },
      ["trigger has 101 triggers; 100 are allowed"],
    ],
    ["a metric", metric, []],
    [
      "a metric of too short a time",
      { ...metric, rangeMs: 1000, firingForMs: 1000, threshold: Number.POSITIVE_INFINITY },
      [
        "trigger.rangeMs must be at least 300 s",
        "trigger.firingForMs must be at least 300 s",
        "trigger.threshold must be a number",
      ],
    ],
  ])("%s", (_, trigger, issues) => {
    expect(issuesOf(trigger)).toEqual(issues);
  });
});

describe("actions", () => {
  const run: Action = {
    kind: "run-deployment",
    target: { source: "inferred" },
    parameters: null,
    jobVariables: null,
    delayMs: 0,
  };
  test.each<[string, Action, readonly string[]]>([
    ["doing nothing", { kind: "do-nothing" }, []],
    ["a run without parameters", run, []],
    ["a run of templates", { ...run, parameters: { a: "{{ event.id }}", b: "plain {" } }, []],
    [
      "a run in the past, of a template that is none",
      { ...run, delayMs: -1, parameters: { a: ["{{ event."] } },
      ["actions.0.delayMs must be at least 0 s", "actions.0.parameters is not a template: line 1: the tag has no }}"],
    ],
    [
      "a notification",
      { kind: "send-notification", blockDocumentId: "b", subject: "{% if %}", body: "{% include 'x' %}" },
      [
        "actions.0.subject is not a template: line 1: expected a value, found the end of the tag",
        "actions.0.body is not a template: line 1: {% include %} is not offered; there are if, for, set and raw",
      ],
    ],
    [
      "a webhook",
      { kind: "call-webhook", blockDocumentId: "b", payload: "{{" },
      ["actions.0.payload is not a template: line 1: the tag has no }}"],
    ],
    [
      "an incident",
      { kind: "declare-incident", severity: "major", title: "{{ a | upper }}", description: "{{ | }}" },
      ['actions.0.description is not a template: line 1: expected a value, found "|"'],
    ],
  ])("%s", (_, action, issues) => {
    expect(issuesOf(eventTrigger(), [action])).toEqual(issues);
  });

  test("too many", () => {
    const actions = Array.from({ length: 101 }, (): Action => ({ kind: "do-nothing" }));
    expect(issuesOf(eventTrigger(), actions)).toEqual(["actions are 101; 100 are allowed"]);
  });

  test("those for a change of state are looked at too", () => {
    const bad: Action = { kind: "call-webhook", blockDocumentId: "b", payload: "{{" };
    const issues = checkAutomation({
      ...automationOf(eventTrigger()),
      actionsOnTrigger: [bad],
      actionsOnResolve: [bad],
    });
    expect(issues.map(({ path }) => path)).toEqual(["actionsOnTrigger.0.payload", "actionsOnResolve.0.payload"]);
  });
});

describe("runs without end", () => {
  const inferred: Action = {
    kind: "run-deployment",
    target: { source: "inferred" },
    parameters: null,
    jobVariables: null,
    delayMs: 0,
  };
  const selected: Action = { ...inferred, target: { source: "selected", id: "d" } };
  const running = eventTrigger({ expect: ["millrace.flow-run.Running"] });
  test.each<[string, Trigger, Action, boolean]>([
    ["each run that begins runs its deployment", running, inferred, true],
    ["each event of a run does", eventTrigger({ expect: ["millrace.flow-run.*"], match: { a: "b" } }), inferred, true],
    ["each run that begins runs one deployment", running, selected, true],
    ["each run, named as such, does", { ...running, match: { id: "millrace.flow-run.*" } }, selected, true],
    ["runs of one flow do", { ...running, matchRelated: [{ id: "millrace.flow.1" }] }, selected, false],
    ["runs of one name do", { ...running, match: { name: "a" } }, selected, false],
    ["runs that fail do", eventTrigger({ expect: ["millrace.flow-run.Failed"] }), inferred, false],
    ["runs that do not begin do", { ...running, posture: "Proactive", withinMs: 60_000 }, inferred, false],
    ["each run that begins does something else", running, { kind: "do-nothing" }, false],
  ])("%s", (_, trigger, action, isRefused) => {
    expect(issuesOf(trigger, [action]).some((issue) => issue.startsWith("actions.0.target"))).toBe(isRefused);
  });

  test("are no concern of an automation that is switched off", () => {
    expect(checkAutomation({ ...automationOf(running, [inferred]), enabled: false })).toEqual([]);
  });
});
