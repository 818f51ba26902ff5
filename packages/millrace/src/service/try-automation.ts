/** What an automation would have done with the events that are recorded. */

import type { Api } from "../contract/api.ts";
import type { Automation, EventFacts } from "../contract/automations.ts";
import { MillraceError } from "../contract/errors.ts";
import { createEventDescriber, type EventDescriber } from "../contract/event-facts.ts";
import type { JsonObject } from "../contract/objects.ts";
import type { AutomationTrial, TrialReport } from "../contract/trials.ts";
import type { Clock } from "../kit/clock.ts";
import { type PreparedAutomation, prepareAutomation } from "../rules/automations/prepare-automation.ts";
import { type Measurement, type Replay, replaySteps } from "../rules/automations/replay-automation.ts";
import { checkAutomationObject } from "./check-automation-object.ts";
import { measurePast } from "./past-measurements.ts";

export interface TrialOptions {
  readonly api: Pick<Api, "listEvents" | "listFlowRuns" | "listTaskRuns" | "listObjects" | "readObject">;
  readonly clock: Clock;
}

/** Events that one trial reads, those of them that a trigger can have to do with, and evaluations. */
const maxRead = 200_000;
const maxEvents = 5000;
const maxEvaluations = 20_000;
const maxReasons = 200;
const defaultMaxFirings = 100;
const pageSize = 1000;

/** @throws NOT_FOUND, OBJECT_INVALID for a trigger that cannot be evaluated, USAGE */
export async function tryAutomation({ api, clock }: TrialOptions, trial: AutomationTrial): Promise<TrialReport> {
  const { since, until, maxFirings = defaultMaxFirings } = trial;
  if (!(since <= until)) throw usage("the trial ends before it begins");
  const prepared = prepareAutomation(toAutomation(await readTrigger(api, trial), trial));
  const describer = createEventDescriber({ api, clock });
  const found = await findEvents({ api, describer }, prepared, { since, until });
  const end = found.isCut ? (found.events.at(-1)?.at ?? since) : until;
  const measurements: Measurement[] = [];
  for (const metric of prepared.metrics) {
    measurements.push(...(await measurePast({ api, describer }, metric, { since, until: end })));
  }
  const steps = replaySteps(prepared.automation, found.events, {
    since,
    until: end,
    measurements,
    maxFirings,
    maxReasons,
    maxEvaluations,
  });
  const replay = await takeSteps(steps);
  return { ...replay, eventCount: found.events.length, isCut: replay.isCut || found.isCut };
}

/** Lets others have their turn between two steps. */
async function takeSteps(steps: Generator<void, Replay, void>): Promise<Replay> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}

async function readTrigger(api: Pick<Api, "readObject">, { id, trigger }: AutomationTrial): Promise<JsonObject> {
  if ((id === undefined) === (trigger === undefined)) throw usage("a trial is of an automation's id or of a trigger");
  if (trigger !== undefined) return trigger;
  const kept = await api.readObject("automation", id ?? "");
  if (kept === null) {
    const advice = "Look at the list of those there are.";
    throw new MillraceError("NOT_FOUND", { kind: "automation", name: id, advice });
  }
  if (kept.trigger === undefined) throw usage(`the automation ${kept.name} has no trigger yet`);
  return kept.trigger;
}

/** As it is evaluated: nothing but its trigger counts. */
function toAutomation(trigger: JsonObject, trial: AutomationTrial): Automation {
  const { id = "", since, enabled = true, actions = [], actionsOnTrigger = [], actionsOnResolve = [] } = trial;
  const base = { id, revision: 1, createdAt: since, updatedAt: since };
  const parts = { trigger, actions, actionsOnTrigger, actionsOnResolve };
  checkAutomationObject({ ...base, name: "trial", enabled, tags: [], owner: null, ...parts });
  return {
    ...base,
    name: "trial",
    description: "",
    enabled: true,
    tags: [],
    trigger: trigger as unknown as Automation["trigger"],
    actions: [],
    actionsOnTrigger: [],
    actionsOnResolve: [],
    ownerResource: null,
  };
}

/** Those that concern a trigger. By their names first: to describe the others would cost more than to read them. */
async function findEvents(
  { api, describer }: { readonly api: Pick<Api, "listEvents">; readonly describer: EventDescriber },
  prepared: PreparedAutomation,
  { since, until }: { readonly since: number; readonly until: number },
): Promise<{ readonly events: readonly EventFacts[]; readonly isCut: boolean }> {
  const events: EventFacts[] = [];
  if (prepared.events.length === 0) return { events, isCut: false };
  let cursor: string | null = null;
  for (let read = 0; read < maxRead; read += pageSize) {
    const page: Awaited<ReturnType<Api["listEvents"]>> = await api.listEvents(
      { since, until },
      { limit: pageSize, cursor },
    );
    const named = page.items.filter(({ name }) =>
      prepared.events.some((trigger) => trigger.expects(name) || trigger.starts(name)),
    );
    events.push(...(await describer.describe(named)).filter((event) => prepared.concerns(event)));
    if (events.length > maxEvents) return { events: events.slice(0, maxEvents), isCut: true };
    cursor = page.next;
    if (cursor === null) return { events, isCut: false };
  }
  return { events, isCut: true };
}

function usage(reason: string): MillraceError {
  return new MillraceError("USAGE", { reason, advice: "Correct the trial." });
}
