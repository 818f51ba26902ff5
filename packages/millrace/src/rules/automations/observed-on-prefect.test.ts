/**
 * Outcomes that were recorded from Prefect 3.9's own server: triggers, the events and periodic evaluations it was given (in
 * seconds), and where it fired, on which event, with which labels. The inputs are random, two of each kind of trigger.
 */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Trigger } from "../../contract/automations.ts";
import type { AutomationState } from "./automation-state.ts";
import { eventAt, runSteps, type Step } from "./automations.testsuite.ts";

type ObservedStep =
  | { readonly tick: number }
  | { readonly at: number; readonly name: string; readonly resource: string };

interface Observed {
  readonly trigger: Trigger;
  readonly steps: readonly ObservedStep[];
  readonly firings: readonly {
    readonly step: number;
    readonly event: number | null;
    /** null where its firings carry none and ours do. */
    readonly labels: Readonly<Record<string, string>> | null;
  }[];
}

const observed = readFileSync(new URL("fixtures/observed-on-prefect.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  // The label that names a resource is called `id` here.
  .map((line) => JSON.parse(line.replaceAll("prefect.resource.id", "id")) as Observed);

function toStep(step: ObservedStep, index: number): Step {
  return "tick" in step ? step.tick : eventAt(step.at, step.name, { id: String(index), of: step.resource });
}

/** Which firings there were after each step. */
function firingsByStep(trigger: Trigger, steps: readonly Step[]): Observed["firings"] {
  let state: AutomationState | null = null;
  return steps.flatMap((step, index) => {
    const run = runSteps(trigger, [step], state);
    ({ state } = run);
    return run.firings.map(({ eventId, labels }) => ({
      step: index,
      event: eventId === null ? null : Number(eventId),
      labels: trigger.kind === "event" ? labels : null,
    }));
  });
}

const inOrder = (firings: Observed["firings"]): readonly string[] =>
  firings.map((firing) => JSON.stringify(firing)).sort();

test.each(observed.map((scenario, index) => ({ ...scenario, name: `${index}: ${scenario.trigger.kind}` })))(
  "$name",
  ({ trigger, steps, firings }) => {
    expect(inOrder(firingsByStep(trigger, steps.map(toStep)))).toEqual(inOrder(firings));
  },
);
