/**
 * The flow runs that a metric trigger may be about, as a condition over the ledger's fields: what its match says exactly, or by how it
 * begins. It holds for each run that is meant, and for some that are not: what it cannot say is looked at afterwards. Without it
 * the runs of a rare deployment would be lost among those of all others.
 */

import type { MetricTrigger, ResourceSpec } from "../../contract/automations.ts";
import type { Condition } from "../../contract/query.ts";
import { resourceIdLabel, resourceRoleLabel } from "./match-event.ts";

/** Null for what says nothing that a field could be asked for. */
type Narrowing = Condition | null;

/** @param from when the runs have ended, in ms since the epoch; `to` is now where it is not said */
export function toMetricCondition(
  { match, matchRelated }: Pick<MetricTrigger, "match" | "matchRelated">,
  { from, to }: { readonly from: number; readonly to?: number },
): Condition {
  const narrowings = [...ofRun(match), ...matchRelated.map(ofRelated)];
  const ended: Condition = { field: "endedAt", atLeast: from, ...(to === undefined ? {} : { atMost: to }) };
  return { all: [ended, ...narrowings.filter((each) => each !== null)] };
}

function ofRun(spec: ResourceSpec): readonly Narrowing[] {
  return [
    byId("id", idsOf("flow-run", spec)),
    byText("name", spec.name),
    byText("stateType", spec["millrace.state-type"]),
    byText("stateName", spec["millrace.state-name"]),
  ];
}

/** What has to do with a run in a role; see event-facts.ts. */
function ofRelated(spec: ResourceSpec): Narrowing {
  const { name } = spec;
  switch (roleOf(spec)) {
    case "flow": {
      const byName = byText("flowName", name);
      return both(byName, within("flow", byId("id", idsOf("flow", spec))));
    }
    case "deployment":
      return both(byId("deploymentId", idsOf("deployment", spec)), within("deployment", byText("name", name)));
    case "work-queue":
      return both(byId("workQueueId", idsOf("work-queue", spec)), within("work-queue", byText("name", name)));
    case "work-pool": {
      const pool = both(byId("id", idsOf("work-pool", spec)), byText("name", name));
      // A run has its pool by itself, or by its queue.
      const ofPool = within("work-pool", pool);
      return ofPool === null ? null : { any: [ofPool, { related: "work-queue", where: ofPool }] };
    }
    case "tag": {
      const tags = exactOf(textsOf("tag", spec));
      if (tags === null) return null;
      // Tags are those of the run, of its deployment and flow, and of the task that called it.
      const hasTag: Condition = { field: "tags", hasAny: tags };
      const isCalled: Condition = { field: "parentTaskRunId", isNull: false };
      return {
        any: [hasTag, within("deployment", hasTag), within("flow", hasTag), isCalled].filter((each) => each !== null),
      };
    }
    default:
      return null;
  }
}

/** By the role itself, or by what the id says; null where neither does for sure. */
function roleOf(spec: ResourceSpec): string | null {
  const roles = exactOf(patternsOf(spec[resourceRoleLabel]));
  if (roles !== null) return roles.length === 1 ? (roles[0] ?? null) : null;
  if (spec[resourceRoleLabel] !== undefined) return null;
  const kinds = (exactOf(patternsOf(spec[resourceIdLabel])) ?? []).map(
    (id) => /^millrace\.(flow|deployment|work-queue|work-pool|tag)\./.exec(id)?.[1] ?? null,
  );
  return new Set(kinds).size === 1 ? (kinds[0] ?? null) : null;
}

function within(related: "flow" | "deployment" | "work-queue" | "work-pool", where: Narrowing): Narrowing {
  return where === null ? null : { related, where };
}

function both(one: Narrowing, other: Narrowing): Narrowing {
  if (one === null || other === null) return one ?? other;
  return { all: [one, other] };
}

/** The patterns of ids without what says of which kind they are; null where one is of another kind, or may be of any. */
function textsOf(kind: string, spec: ResourceSpec): readonly string[] | null {
  const prefix = `millrace.${kind}.`;
  const patterns = patternsOf(spec[resourceIdLabel]);
  if (patterns === null || patterns.some((pattern) => !pattern.startsWith(prefix))) return null;
  return patterns.map((pattern) => pattern.slice(prefix.length));
}

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function idsOf(kind: string, spec: ResourceSpec): readonly string[] | null {
  const ids = exactOf(textsOf(kind, spec));
  return ids !== null && ids.every((id) => uuidForm.test(id)) ? ids : null;
}

function byId(field: string, ids: readonly string[] | null): Narrowing {
  return ids === null ? null : { field, in: ids };
}

/** One of the patterns is enough, so that one of which nothing can be said leaves nothing to say. */
function byText(field: string, spec: ResourceSpec[string] | undefined): Narrowing {
  const patterns = patternsOf(spec);
  if (patterns === null) return null;
  const exact = exactOf(patterns);
  if (exact !== null) return { field, in: exact };
  const any = patterns.map((pattern): Narrowing => {
    if (!isSpecial(pattern)) return { field, in: [pattern] };
    const start = pattern.slice(0, -1);
    return pattern.endsWith("*") && start !== "" && !isSpecial(start) ? { field, startsWith: start } : null;
  });
  const told = any.filter((each) => each !== null);
  return told.length === any.length ? { any: told } : null;
}

/** Null for none. */
function patternsOf(spec: ResourceSpec[string] | undefined): readonly string[] | null {
  if (spec === undefined) return null;
  return typeof spec === "string" ? [spec] : spec;
}

/** Null where one of them is no text as it is. */
function exactOf(patterns: readonly string[] | null): readonly string[] | null {
  return patterns === null || patterns.some(isSpecial) ? null : patterns;
}

function isSpecial(pattern: string): boolean {
  return pattern.startsWith("!") || /[*?[]/.test(pattern);
}
