import { describe, expect, test } from "vitest";
import type { Action, ActionTarget, EventFacts, Firing } from "../../contract/automations.ts";
import { automationOf, eventAt, eventTrigger, runSteps } from "./automations.testsuite.ts";
import { inferTarget, type TargetKind, targetKindOf } from "./infer-target.ts";
import { triggeredActions } from "./triggered-actions.ts";

const [firing] = runSteps(eventTrigger(), [eventAt(0, "a")]).firings as [Firing];
const automation = {
  ...automationOf(eventTrigger(), [{ kind: "do-nothing" }, { kind: "cancel-flow-run" }]),
  actionsOnTrigger: [{ kind: "suspend-flow-run" }],
  actionsOnResolve: [{ kind: "resume-flow-run" }],
} as const;

describe("the actions of a firing", () => {
  test.each<[Firing["state"], readonly string[]]>([
    ["Triggered", ["0 cause do-nothing", "1 cause cancel-flow-run", "2 change suspend-flow-run"]],
    ["Resolved", ["0 cause do-nothing", "1 cause cancel-flow-run", "2 change resume-flow-run"]],
  ])("%s", (state, expected) => {
    const actions = triggeredActions(automation, { ...firing, state });
    expect(actions.map(({ index, about, action }) => `${index} ${about} ${action.kind}`)).toEqual(expected);
  });

  test("have ids of their own, the same each time", () => {
    const ids = triggeredActions(automation, firing).map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(triggeredActions(automation, { ...firing }).map(({ id }) => id)).toEqual(ids);
    expect(triggeredActions(automation, { ...firing, id: "another" }).map(({ id }) => id)).not.toEqual(ids);
  });
});

const run1 = "11111111-1111-4111-8111-111111111111";
const run2 = "22222222-2222-4222-8222-222222222222";
const inferred: ActionTarget = { source: "inferred" };

function aboutRun(id: string, ...related: readonly string[]): EventFacts {
  return eventAt(0, "a", {
    of: `millrace.flow-run.${id}`,
    related: related.map((resource) => ({ labels: { id: resource } })),
  });
}

describe("what an action is done to", () => {
  const cases: readonly [
    string,
    TargetKind,
    ActionTarget,
    Readonly<Record<string, string>>,
    EventFacts | null,
    string | null,
  ][] = [
    ["what is selected", "deployment", { source: "selected", id: "d" }, {}, aboutRun(run1), "d"],
    ["the event's own resource", "flow-run", inferred, {}, aboutRun(run1, `millrace.flow-run.${run2}`), run1],
    [
      "a related one",
      "deployment",
      inferred,
      {},
      aboutRun(run1, `millrace.flow.${run2}`, `millrace.deployment.${run2}`),
      run2,
    ],
    ["nothing, when none is of the kind", "work-pool", inferred, {}, aboutRun(run1), null],
    ["nothing, without an event", "deployment", inferred, {}, null, null],
    ["the run of the labels, without an event", "flow-run", inferred, { id: `millrace.flow-run.${run2}` }, null, run2],
    [
      "the run of the labels before that of the event",
      "flow-run",
      inferred,
      { id: `millrace.flow-run.${run2}` },
      aboutRun(run1),
      run2,
    ],
    [
      "not what the labels name of another kind",
      "flow-run",
      inferred,
      { id: `millrace.deployment.${run2}` },
      aboutRun(run1),
      run1,
    ],
    ["nothing, when it has no id", "work-queue", inferred, {}, aboutRun(run1, "millrace.work-queue.default"), null],
    [
      "not a kind that only begins alike",
      "flow-run",
      inferred,
      {},
      eventAt(0, "a", { of: `millrace.flow-run-input.${run1}` }),
      null,
    ],
  ];
  test.each(cases)("%s", (_, kind, target, labels, event, expected) => {
    expect(inferTarget({ kind, target, firing: { labels }, event })).toBe(expected);
  });

  test.each<[Action["kind"], TargetKind | null]>([
    ["run-deployment", "deployment"],
    ["change-flow-run-state", "flow-run"],
    ["pause-work-pool", "work-pool"],
    ["resume-work-queue", "work-queue"],
    ["pause-automation", "automation"],
    ["send-notification", null],
    ["pause-schedule", null],
  ])("%s is done to: %s", (kind, expected) => {
    expect(targetKindOf(kind)).toBe(expected);
  });
});
