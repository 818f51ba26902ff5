/** Triggers at the border: durations are in s there, labels and names in Prefect's words. */

import type { ResourceMatch, ResourceSpec, Trigger } from "../../../contract/automations.ts";
import type { Trigger as PrefectTrigger, TriggerInput } from "../schemas/automation-triggers.ts";
import {
  fromPrefectLabelPath,
  fromPrefectName,
  fromPrefectSpec,
  toPrefectLabelPath,
  toPrefectName,
  toPrefectSpec,
} from "./names.ts";

type PrefectSpec = Record<string, string | string[]>;

const metricNames = { duration: "duration", lateness: "lateness", "success-rate": "successes" } as const;
const metricsByName = { duration: "duration", lateness: "lateness", successes: "success-rate" } as const;

export function fromPrefectTrigger(given: TriggerInput): Trigger {
  switch (given.type) {
    case "event":
      return {
        kind: "event",
        posture: given.posture,
        ...fromMatch(given),
        after: given.after.map(fromPrefectName),
        expect: given.expect.map(fromPrefectName),
        forEach: given.for_each.map(fromPrefectLabelPath),
        threshold: given.threshold,
        withinMs: given.within * 1000,
      };
    case "metric":
      return {
        kind: "metric",
        ...fromMatch(given),
        query: metricsByName[given.metric.name],
        operator: given.metric.operator,
        threshold: given.metric.threshold,
        rangeMs: given.metric.range * 1000,
        firingForMs: given.metric.firing_for * 1000,
      };
    case "compound":
      return {
        kind: "compound",
        triggers: given.triggers.map(fromPrefectTrigger),
        require: given.require,
        withinMs: toMs(given.within),
      };
    case "sequence":
      return { kind: "sequence", triggers: given.triggers.map(fromPrefectTrigger), withinMs: toMs(given.within) };
  }
}

/** @param idOf the id of the trigger at a place, such as "trigger.0.2" */
export function toPrefectTrigger(trigger: Trigger, idOf: (path: string) => string, path = "trigger"): PrefectTrigger {
  const id = idOf(path);
  switch (trigger.kind) {
    case "event":
      return {
        type: "event",
        id,
        ...toMatch(trigger),
        after: trigger.after.map(toPrefectName),
        expect: trigger.expect.map(toPrefectName),
        for_each: trigger.forEach.map(toPrefectLabelPath),
        posture: trigger.posture,
        threshold: trigger.threshold,
        within: trigger.withinMs / 1000,
      };
    case "metric":
      return {
        type: "metric",
        id,
        ...toMatch(trigger),
        posture: "Metric",
        metric: {
          name: metricNames[trigger.query],
          operator: trigger.operator,
          threshold: trigger.threshold,
          range: trigger.rangeMs / 1000,
          firing_for: trigger.firingForMs / 1000,
        },
      };
    case "compound":
    case "sequence": {
      const triggers = trigger.triggers.map((child, index) => toPrefectTrigger(child, idOf, `${path}.${index}`));
      const within = trigger.withinMs === null ? null : trigger.withinMs / 1000;
      if (trigger.kind === "sequence") return { type: "sequence", id, triggers, within };
      return { type: "compound", id, triggers, within, require: trigger.require };
    }
  }
}

interface PrefectMatch {
  readonly match: PrefectSpec;
  readonly match_related: PrefectSpec | PrefectSpec[];
}

function fromMatch({ match, match_related: related }: PrefectMatch): ResourceMatch {
  const isList = Array.isArray(related);
  const specs = (isList ? related : [related]).map(fromPrefectSpec);
  const matchRelated: readonly ResourceSpec[] = isList ? specs : specs.filter((spec) => Object.keys(spec).length > 0);
  const isShort = isList && specs.length < 2;
  return { match: fromPrefectSpec(match), matchRelated, ...(isShort ? { matchRelatedIsList: true } : {}) };
}

function toMatch({ match, matchRelated, matchRelatedIsList }: ResourceMatch): PrefectMatch {
  const specs = matchRelated.map(toPrefectSpec);
  const isList = matchRelatedIsList === true || specs.length > 1;
  return { match: toPrefectSpec(match), match_related: isList ? specs : (specs[0] ?? {}) };
}

function toMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}
