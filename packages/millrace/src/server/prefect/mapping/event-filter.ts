/**
 * Prefect's filter of events: what the ledger is asked for, and which of its answers are meant. The ledger knows names,
 * resources and times; labels, related resources and words are looked at here.
 */

import { MillraceError } from "../../../contract/errors.ts";
import { type EventFilter as LedgerFilter, maxEventBeginnings } from "../../../contract/records.ts";
import { createGlob } from "../../../kit/glob.ts";
import { createCountedMatch, type StepCount } from "../../../kit/step-count.ts";
import type { EventFilter, ReceivedEvent } from "../schemas/events.ts";
import { fromPrefectName } from "./names.ts";
import { createTextSearch } from "./search-text.ts";

type Labels = Readonly<Record<string, string>>;
type LabelPatterns = Readonly<Record<string, string | readonly string[]>>;

const idLabel = "prefect.resource.id";
const roleLabel = "prefect.resource.role";

/** Steps in which an event meets the patterns of a filter, or does not. */
const maxSteps = 100_000;

/** Texts in the lists of a filter, all of which an event may be compared with. */
const maxListed = 1000;
/** Of one kind: within the ledger one may be three. */
const maxPrefixes = Math.floor(maxEventBeginnings / 3);

/** What the ledger finds is all that is meant, and perhaps more. @throws USAGE for a filter with too much in its lists */
export function toLedgerFilter(filter: EventFilter): LedgerFilter {
  const { event, resource, id } = filter;
  if (countListed(filter) > maxListed) throw tooMuchListed(maxListed, "names, resources and labels");
  for (const beginnings of [event?.prefix, event?.exclude_prefix, resource?.id_prefix])
    if ((beginnings?.length ?? 0) > maxPrefixes) throw tooMuchListed(maxPrefixes, "beginnings of names or resources");
  const { since, until } = filter.occurred;
  return {
    order: filter.order === "ASC" ? "oldest-first" : "newest-first",
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(isGiven(event?.name) ? { names: event.name.map(fromPrefectName) } : {}),
    ...(isGiven(event?.prefix) ? { namePrefixes: event.prefix.flatMap(toPrefixes) } : {}),
    ...(isGiven(event?.exclude_name) ? { exceptNames: event.exclude_name.map(fromPrefectName) } : {}),
    ...(isGiven(event?.exclude_prefix)
      ? { exceptNamePrefixes: event.exclude_prefix.filter((each) => !isPartial(each)).map(fromPrefectName) }
      : {}),
    ...(isGiven(resource?.id) ? { resourceIds: resource.id.map(fromPrefectName) } : {}),
    ...(isGiven(resource?.id_prefix) ? { resourceIdPrefixes: resource.id_prefix.flatMap(toPrefixes) } : {}),
    ...(isGiven(id.id) ? { ids: id.id } : {}),
  };
}

/** In its lists, and those within them. */
function countListed(part: unknown): number {
  if (typeof part !== "object" || part === null) return 0;
  const own = Array.isArray(part) ? part.length : 0;
  return Object.values(part).reduce<number>((sum, each) => sum + countListed(each), own);
}

function tooMuchListed(max: number, what: string): MillraceError {
  return new MillraceError("USAGE", {
    reason: `A filter of events lists more than ${max} ${what}`,
    advice: "Ask several times.",
  });
}

/** Whether the ledger finds nothing that is not meant. */
export function isExactInLedger(filter: EventFilter): boolean {
  const { event, resource, related, any_resource: anyResource, text } = filter;
  return (
    ![event?.prefix, event?.exclude_prefix, resource?.id_prefix].some((list) => (list ?? []).some(isPartial)) &&
    (resource?.labels ?? null) === null &&
    resource?.distinct !== true &&
    related === null &&
    anyResource === null &&
    text === null
  );
}

/** Whether an event is meant. Times are not looked at. */
export function createEventMatch(filter: EventFilter): (event: ReceivedEvent) => boolean {
  const { event: name, resource, related, any_resource: anyResource, id, text } = filter;
  const isFound = text === null ? () => true : createTextSearch(text.query);
  const isOfResources = createCountedMatch(maxSteps, (steps) => {
    const isResource = createResourceMatch(resource ?? {}, steps);
    const isRelated = listOf(related).map((each) => createRelatedMatch(each, steps));
    const isAnyResource = listOf(anyResource).map((each) => createResourceMatch(each, steps));
    return (event: ReceivedEvent) =>
      isResource(event.resource) &&
      isRelated.every((isMatch) => event.related.some(isMatch)) &&
      isAnyResource.every((isMatch) => [event.resource, ...event.related].some(isMatch));
  });
  return (event) =>
    (!isGiven(id.id) || id.id.includes(event.id)) &&
    (!isGiven(name?.name) || name.name.includes(event.event)) &&
    (!isGiven(name?.prefix) || startsWithOneOf(event.event, name.prefix)) &&
    !(isGiven(name?.exclude_name) && name.exclude_name.includes(event.event)) &&
    !(isGiven(name?.exclude_prefix) && startsWithOneOf(event.event, name.exclude_prefix)) &&
    isOfResources(event) &&
    (text === null || isFound(searchedText(event)));
}

/** What words are searched in. */
function searchedText({ event, resource, related, payload }: ReceivedEvent): string {
  return `${event} ${JSON.stringify(resource)} ${JSON.stringify(related)} ${JSON.stringify(payload)}`;
}

interface ResourceFilter {
  readonly id?: readonly string[] | null;
  readonly id_prefix?: readonly string[] | null;
  readonly labels?: LabelPatterns | null;
}

function createResourceMatch(filter: ResourceFilter, steps: StepCount): (resource: Labels) => boolean {
  const { id, id_prefix: idPrefixes, labels } = filter;
  const hasLabels = createLabelMatch(labels ?? {}, steps);
  return (resource) => {
    const found = resource[idLabel] ?? "";
    return (
      (!isGiven(id) || id.includes(found)) &&
      (!isGiven(idPrefixes) || startsWithOneOf(found, idPrefixes)) &&
      hasLabels(resource)
    );
  };
}

interface RelatedFilter extends ResourceFilter {
  readonly role?: readonly string[] | null;
  readonly resources_in_roles?: readonly (readonly [id: string, role: string])[] | null;
}

function createRelatedMatch(filter: RelatedFilter, steps: StepCount): (resource: Labels) => boolean {
  const { role: roles, resources_in_roles: inRoles } = filter;
  const isResource = createResourceMatch(filter, steps);
  return (resource) => {
    const role = resource[roleLabel] ?? "";
    return (
      (!isGiven(roles) || roles.includes(role)) &&
      (!isGiven(inRoles) || inRoles.some(([id, wanted]) => resource[idLabel] === id && role === wanted)) &&
      isResource(resource)
    );
  };
}

/** Each label is there, and is as one of its patterns. */
function createLabelMatch(labels: LabelPatterns, steps: StepCount): (resource: Labels) => boolean {
  const wanted = Object.entries(labels).map(([label, patterns]) => ({
    label,
    isMatch: [patterns].flat().map((pattern) => createPattern(pattern, steps)),
  }));
  return (resource) =>
    wanted.every(({ label, isMatch }) => {
      const value = Object.hasOwn(resource, label) ? resource[label] : undefined;
      return value !== undefined && isMatch.some((matches) => matches(value));
    });
}

function createPattern(pattern: string, steps: StepCount): (value: string) => boolean {
  if (!pattern.startsWith("!")) return createGlob(pattern, steps);
  const isMatch = createGlob(pattern.slice(1), steps);
  return (value) => !isMatch(value);
}

/** Whether a prefix ends within what is mapped: what it begins is called otherwise inside. */
function isPartial(prefix: string): boolean {
  return prefixes.some((each) => each.startsWith(prefix) && each !== prefix);
}

const prefixes = ["prefect.", "millrace."];

function toPrefixes(prefix: string): readonly string[] {
  return isPartial(prefix) ? [...prefixes, prefix] : [fromPrefectName(prefix)];
}

/** An empty list restricts nothing. */
function isGiven<Value>(list: readonly Value[] | null | undefined): list is readonly Value[] {
  return list !== null && list !== undefined && list.length > 0;
}

function listOf<Value>(value: Value | readonly Value[] | null): readonly Value[] {
  if (value === null) return [];
  return Array.isArray(value) ? value : [value as Value];
}

function startsWithOneOf(text: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => text.startsWith(prefix));
}
