/** What the ledger finds by a filter, as a question to a single event. */

import type { EventFilter, StoredEvent } from "../../contract/records.ts";

type Match = (event: StoredEvent) => boolean;

/** Order and numbers are not looked at: they say where a list begins. */
export function matchEvents(filter: EventFilter): Match {
  const { flowRunIds, taskRunIds, names, namePrefixes, since, until, ids } = filter;
  const { exceptNames = [], exceptNamePrefixes = [] } = filter;
  const isOfFlowRun = toMember(flowRunIds);
  const isOfTaskRun = toMember(taskRunIds);
  const isNamed = toMember(names);
  const isOne = toMember(ids);
  const excepted = new Set(exceptNames);
  const isOfResource = matchResource(filter);
  return (event) =>
    isOfFlowRun(event.flowRunId) &&
    isOfTaskRun(event.taskRunId) &&
    isNamed(event.name) &&
    isOne(event.id) &&
    (namePrefixes === undefined || startsWithOneOf(event.name, namePrefixes)) &&
    !excepted.has(event.name) &&
    !startsWithOneOf(event.name, exceptNamePrefixes) &&
    isOfResource(event) &&
    (since === undefined || event.at >= since) &&
    (until === undefined || event.at <= until);
}

function toMember(wanted: readonly string[] | undefined): (value: string | null) => boolean {
  if (wanted === undefined) return () => true;
  const all = new Set(wanted);
  return (value) => value !== null && all.has(value);
}

/** Either of them, where both are given. */
function matchResource({ resourceIds, resourceIdPrefixes }: EventFilter): Match {
  if (resourceIds === undefined && resourceIdPrefixes === undefined) return () => true;
  const whole = new Set(resourceIds);
  const prefixes = resourceIdPrefixes ?? [];
  return ({ resource: { id = "" } }) => whole.has(id) || startsWithOneOf(id, prefixes);
}

function startsWithOneOf(text: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => text.startsWith(prefix));
}
