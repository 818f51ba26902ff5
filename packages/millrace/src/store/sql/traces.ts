/** Reading what runs leave behind: logs, artifacts, events. All in the order first seen. */

import {
  type Artifact,
  type ArtifactFilter,
  type Event,
  type EventFilter,
  type LogFilter,
  logSeverity,
  maxEventBeginnings,
  type Page,
  type PageRequest,
  type StoredEvent,
  type StoredLogLine,
} from "../../contract/records.ts";
import type { ArtifactRow } from "../../contract/artifact-row.ts";
import { MillraceError } from "../../contract/errors.ts";
import { artifactColumns, toArtifact } from "./artifact-row.ts";
import { artifactSummary, toArtifactRow } from "./artifact-summary.ts";
import { isOneOfIds, isOneOfTexts, startsWith, startsWithText } from "./conditions.ts";
import { toCondition, toOrder } from "./condition.ts";
import type { Row, SqlDatabase } from "./database.ts";
import {
  eventColumns,
  eventKind,
  resourcePrefixes,
  type ResourceOfEvent,
  toEvent,
  toKindsAndNames,
  toNamePrefixes,
  toResource,
} from "./event-row.ts";
import { columns, contains, type Fragment, join, raw, sql, table, uuid, where } from "./fragment.ts";
import { logColumns, toLogLine } from "./log-row.ts";
import { type Order, toKeyset } from "./page.ts";
import { changeTold } from "./tell.ts";
import { cleanText } from "./text.ts";
import { isUuid } from "./uuid.ts";
import { type RowsPart, walkRows } from "./walk-rows.ts";

const firstSeen = (of: string): Order => ({ of, direction: "asc" });
const ofLog = columns("log", ["seq", ...logColumns]);
const ofArtifact = columns("artifact", ["seq", ...artifactColumns]);
const ofEvent = columns("event", ["seq", ...eventColumns]);

/** @param horizon rows from this number on are left out: older ones may still appear */
export async function findLogs(
  db: SqlDatabase,
  filter: LogFilter,
  page: PageRequest,
  horizon?: number,
): Promise<Page<StoredLogLine>> {
  const { flowRunIds, taskRunIds, minLevel, contains: text, afterSeq, sort } = filter;
  const order = sort === undefined ? firstSeen("log") : toOrder(sort, "log");
  const keyset = toKeyset(order, page);
  const listed = [
    flowRunIds && isOneOfIds("flow_run_id", flowRunIds),
    taskRunIds && isOneOfIds("task_run_id", taskRunIds),
    minLevel === undefined ? undefined : sql`severity >= ${logSeverity[minLevel]}`,
    afterSeq === undefined ? undefined : sql`seq > ${afterSeq}`,
    filter.where === undefined ? undefined : toCondition(filter.where, "log"),
    horizon === undefined ? undefined : sql`seq < ${horizon}`,
    keyset.after,
  ];
  const read = (conditions: readonly (Fragment | undefined)[], tail: Fragment): Promise<readonly Row[]> =>
    db.all(
      sql`select ${raw(order.column ?? "seq")} as sort_value, ${ofLog} from ${table("log")} log ${where(conditions)} ${tail}`,
    );
  const isText = text === undefined || text === "" ? undefined : contains("message", cleanText(text));
  if (isText === undefined || order.column !== undefined) {
    return keyset.toPage(await read([...listed, isText], keyset.tail), toLogLine);
  }
  // No index finds a text.
  const { direction } = order;
  const offset = page.offset ?? 0;
  const found: Row[] = [];
  for await (const { isWithin } of walkRows(db, "log", { listed, direction })) {
    const missing = offset + keyset.limit + 1 - found.length;
    const tail = sql`order by seq ${raw(direction)} limit ${missing}`;
    found.push(...(await read([...listed, isWithin, isText], tail)));
    if (found.length > offset + keyset.limit) break;
  }
  return keyset.toPage(found.slice(offset), toLogLine);
}

/** With `latestOnly` the newest of each key in the whole ledger, where the rest of the filter takes it; without a key each. */
export function findArtifacts(db: SqlDatabase, filter: ArtifactFilter, page: PageRequest): Promise<Page<Artifact>> {
  return findArtifactPage(db, { filter, page }, { selected: ofArtifact, toItem: toArtifact });
}

export function findArtifactRows(
  db: SqlDatabase,
  filter: ArtifactFilter,
  page: PageRequest,
): Promise<Page<ArtifactRow>> {
  return findArtifactPage(db, { filter, page }, { selected: artifactSummary, toItem: toArtifactRow });
}

async function findArtifactPage<T>(
  db: SqlDatabase,
  { filter, page }: { readonly filter: ArtifactFilter; readonly page: PageRequest },
  { selected, toItem }: { readonly selected: Fragment; readonly toItem: (row: Row) => T },
): Promise<Page<T>> {
  const { ids, idPrefix, keys, kinds, flowRunIds, taskRunIds, latestOnly, sort } = filter;
  const order = sort === undefined ? firstSeen("artifact") : toOrder(sort, "artifact");
  const keyset = toKeyset(order, page);
  const conditions = [
    ids && isOneOfIds("id", ids),
    idPrefix === undefined ? undefined : startsWith("id", idPrefix),
    keys && isOneOfTexts("key", keys),
    kinds && isOneOfTexts("kind", kinds),
    flowRunIds && isOneOfIds("flow_run_id", flowRunIds),
    taskRunIds && isOneOfIds("task_run_id", taskRunIds),
    latestOnly === true ? isLatest : undefined,
    filter.where === undefined ? undefined : toCondition(filter.where, "artifact"),
    keyset.after,
  ];
  const sortValue = raw(order.column ?? "seq");
  return keyset.toPage(
    await db.all(
      sql`select ${sortValue} as sort_value, ${selected} from ${table("artifact")} artifact ${where(conditions)} ${keyset.tail}`,
    ),
    toItem,
  );
}

const isLatest = sql`not exists (select 1 from ${table("artifact")} newer where newer.key = artifact.key and newer.seq > artifact.seq)`;

/** @param endOfKey told if no other version of its key is left */
export async function deleteArtifact(db: SqlDatabase, id: string, endOfKey: Event | null): Promise<boolean> {
  if (!isUuid(id)) return false;
  const artifacts = table("artifact");
  const row = sql`${artifacts} artifact where artifact.id = ${uuid(id)}`;
  const and = sql`and not exists (
    select 1 from ${artifacts} other where other.key = artifact.key and other.id <> artifact.id)`;
  return changeTold(db, sql`delete from ${artifacts} where id = ${uuid(id)}`, { event: endOfKey, row, and });
}

/** @throws USAGE for a filter with too many beginnings of names or resources */
export function toEventConditions(filter: EventFilter): readonly (Fragment | undefined)[] {
  const { ids, afterSeq, beforeSeq, flowRunIds, taskRunIds, names, namePrefixes, since, until } = filter;
  const { exceptNames, exceptNamePrefixes, resourceIdPrefixes } = filter;
  for (const beginnings of [namePrefixes, exceptNamePrefixes, resourceIdPrefixes])
    if ((beginnings?.length ?? 0) > maxEventBeginnings) throw tooManyBeginnings();
  return [
    ids && isOneOfIds("id", ids),
    afterSeq === undefined ? undefined : sql`seq > ${afterSeq}`,
    beforeSeq === undefined ? undefined : sql`seq < ${beforeSeq}`,
    flowRunIds && isOneOfIds("flow_run_id", flowRunIds),
    taskRunIds && isOneOfIds("task_run_id", taskRunIds),
    names && isNamed(names),
    namePrefixes && isNamedLike(namePrefixes),
    exceptNames && sql`not ${isNamed(exceptNames)}`,
    exceptNamePrefixes && sql`not ${isNamedLike(exceptNamePrefixes)}`,
    toResources(filter),
    since === undefined ? undefined : sql`at >= ${since}`,
    until === undefined ? undefined : sql`at <= ${until}`,
  ];
}

/**
 * Goes through the events that a filter may mean: those that an index finds, where one does, and else all. Each part has to be asked for
 * the rest of the filter.
 */
export function walkEvents(db: SqlDatabase, filter: EventFilter): AsyncGenerator<RowsPart, void, undefined> {
  const { ids, flowRunIds, resourceIds, resourceIdPrefixes } = filter;
  const isOfFound = (id: string): boolean => toResource(id).of !== "task-run";
  const isIndexed =
    ids !== undefined ||
    flowRunIds !== undefined ||
    (resourceIds !== undefined && resourceIdPrefixes === undefined && resourceIds.every(isOfFound));
  return walkRows(db, "event", isIndexed ? { listed: toEventConditions(filter) } : {});
}

/** @param horizon as for logs */
export async function findEvents(
  db: SqlDatabase,
  filter: EventFilter,
  page: PageRequest,
  horizon?: number,
): Promise<Page<StoredEvent>> {
  const isNewestFirst = filter.order === "newest-first";
  const keyset = toKeyset({ of: "event", direction: isNewestFirst ? "desc" : "asc" }, page);
  const conditions = [
    ...toEventConditions(filter),
    horizon === undefined ? undefined : sql`seq < ${horizon}`,
    keyset.after,
  ];
  // The page is cut before the names are looked up for it.
  const direction = raw(isNewestFirst ? "desc" : "asc");
  const rows = await db.all(sql`${withNames(sql`${where(conditions)} ${keyset.tail}`)} order by seq ${direction}`);
  return keyset.toPage(rows, toEvent);
}

/** Those of these numbers, in no order. */
export async function readEvents(db: SqlDatabase, seqs: readonly number[]): Promise<readonly StoredEvent[]> {
  if (seqs.length === 0) return [];
  const listed = join(
    seqs.map((seq) => sql`${seq}`),
    ", ",
  );
  return (await db.all(withNames(sql`where seq in (${listed})`))).map(toEvent);
}

/** @param which of the events */
function withNames(which: Fragment): Fragment {
  return sql`
    select ${ofEvent}, ${ofRun("flow_run", "flow_name")} as flow_name, ${ofRun("flow_run", "name")} as flow_run_name,
      ${ofRun("task_run", "task_name")} as task_name, ${ofRun("task_run", "name")} as task_run_name
    from (select * from ${table("event")} ${which}) e`;
}

function ofRun(name: "flow_run" | "task_run", column: string): Fragment {
  return sql`(select r.${raw(column)} from ${table(name)} r where r.id = e.${raw(name)}_id)`;
}

function isNamed(names: readonly string[]): Fragment {
  const byKind = Map.groupBy(names.flatMap(toKindsAndNames), ({ kind }) => kind);
  const conditions = [...byKind].map(
    ([kind, named]) =>
      sql`(kind = ${kind} and ${isOneOfTexts(
        "name",
        named.map(({ name }) => name),
      )})`,
  );
  return conditions.length === 0 ? raw("1 = 0") : sql`(${join(conditions, " or ")})`;
}

function isNamedLike(prefixes: readonly string[]): Fragment {
  return any(
    prefixes.flatMap(toNamePrefixes).map(({ kind, name }) => sql`(kind = ${kind} and ${startsWithText("name", name)})`),
  );
}

function toResources({ resourceIds, resourceIdPrefixes }: EventFilter): Fragment | undefined {
  if (resourceIds === undefined && resourceIdPrefixes === undefined) return undefined;
  const whole = resourceIds === undefined ? [] : [isOneOfTexts("resource_id", resourceIds), ...areRuns(resourceIds)];
  const begun = (resourceIdPrefixes ?? []).flatMap((prefix) => [
    startsWithText("resource_id", cleanText(prefix)),
    ...runPrefixes(prefix),
  ]);
  return any([...whole, ...begun]);
}

/** The events of the states of those that are runs. */
function areRuns(resourceIds: readonly string[]): readonly Fragment[] {
  const { "flow-run": flowRuns = [], "task-run": taskRuns = [] } = Object.groupBy(
    resourceIds.map(toResource),
    ({ of }) => of,
  );
  const idsOf = (resources: readonly ResourceOfEvent[]): readonly string[] => resources.map(({ id }) => id);
  return [
    flowRuns.length > 0 && sql`(kind = ${eventKind.flowRun} and ${isOneOfIds("flow_run_id", idsOf(flowRuns))})`,
    taskRuns.length > 0 && sql`(kind = ${eventKind.taskRun} and ${isOneOfIds("task_run_id", idsOf(taskRuns))})`,
  ].filter((each) => each !== false);
}

function tooManyBeginnings(): MillraceError {
  return new MillraceError("USAGE", {
    reason: `A filter of events has more than ${maxEventBeginnings} beginnings of names or resources`,
    advice: "Ask several times, or for names and resources as a whole.",
  });
}

/** The events of runs' states have no text of their resource: the start of it says the kind. */
function runPrefixes(prefix: string): readonly Fragment[] {
  return [...resourcePrefixes].flatMap(([kind, whole]) => {
    if (whole.startsWith(prefix)) return sql`kind = ${kind}`;
    if (!prefix.startsWith(whole)) return [];
    const column = kind === eventKind.flowRun ? "flow_run_id" : "task_run_id";
    return sql`(kind = ${kind} and ${startsWith(column, prefix.slice(whole.length))})`;
  });
}

function any(conditions: readonly Fragment[]): Fragment {
  return conditions.length === 0 ? raw("1 = 0") : sql`(${join(conditions, " or ")})`;
}
