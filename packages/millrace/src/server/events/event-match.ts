/** What the ledger finds by a filter, as a question to a single event. */

import type { EventFilter, StoredEvent } from "../../contract/records.ts";

type Match = (event: StoredEvent) => boolean;

/** Order and numbers are not looked at: they say where a list begins. */
export function matchEvents(filter: EventFilter): Match {
  const { flowRunIds, taskRunIds, names, namePrefixes, since, until, ids } = filter;
  const matches: Match[] = [];
  if (flowRunIds !== undefined) matches.push(isOneOf(flowRunIds, ({ flowRunId }) => flowRunId));
  if (taskRunIds !== undefined) matches.push(isOneOf(taskRunIds, ({ taskRunId }) => taskRunId));
  if (names !== undefined) matches.push(isOneOf(names, ({ name }) => name));
  if (ids !== undefined) matches.push(isOneOf(ids, ({ id }) => id));
  if (namePrefixes !== undefined) matches.push(({ name }) => startsWithOneOf(name, namePrefixes));
  const { exceptNames, exceptNamePrefixes } = filter;
  if (exceptNames !== undefined) matches.push(({ name }) => !exceptNames.includes(name));
  if (exceptNamePrefixes !== undefined) matches.push(({ name }) => !startsWithOneOf(name, exceptNamePrefixes));
  if (filter.resourceIds !== undefined || filter.resourceIdPrefixes !== undefined) matches.push(matchResource(filter));
  if (since !== undefined) matches.push(({ at }) => at >= since);
  if (until !== undefined) matches.push(({ at }) => at <= until);
  const [first, second] = matches;
  if (first === undefined) return matchAll;
  return second === undefined ? first : (event) => matches.every((match) => match(event));
}

const matchAll: Match = () => true;

function isOneOf(wanted: readonly string[], read: (event: StoredEvent) => string | null): Match {
  const [only] = wanted;
  if (wanted.length === 1) return (event) => read(event) === only;
  const all = new Set<string | null>(wanted);
  return (event) => all.has(read(event));
}

/** Either of them, where both are given. */
function matchResource({ resourceIds, resourceIdPrefixes }: EventFilter): Match {
  const whole = new Set(resourceIds);
  const prefixes = resourceIdPrefixes ?? [];
  return ({ resource: { id = "" } }) => whole.has(id) || startsWithOneOf(id, prefixes);
}

function startsWithOneOf(text: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => text.startsWith(prefix));
}
