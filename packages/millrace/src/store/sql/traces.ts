/** Reading what runs leave behind: logs, artifacts, events. All in the order first seen. */

import {
  type Artifact,
  type ArtifactFilter,
  type LogFilter,
  logSeverity,
  type Page,
  type PageRequest,
  type StoredEvent,
  type StoredLogLine,
} from "../../contract/records.ts";
import { artifactColumns, toArtifact } from "./artifact-row.ts";
import { isOneOfIds, isOneOfTexts, startsWith } from "./conditions.ts";
import type { SqlDatabase } from "./database.ts";
import { eventColumns, toEvent, toKindAndName } from "./event-row.ts";
import { columns, contains, type Fragment, join, raw, sql, table, uuid, where } from "./fragment.ts";
import { logColumns, toLogLine } from "./log-row.ts";
import { toKeyset } from "./page.ts";
import { cleanText } from "./text.ts";
import { isUuid } from "./uuid.ts";

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
  const { flowRunIds, taskRunIds, minLevel, contains: text, afterSeq } = filter;
  const keyset = toKeyset({ direction: "asc" }, page);
  const conditions = [
    flowRunIds && isOneOfIds("flow_run_id", flowRunIds),
    taskRunIds && isOneOfIds("task_run_id", taskRunIds),
    minLevel === undefined ? undefined : sql`severity >= ${logSeverity[minLevel]}`,
    text === undefined || text === "" ? undefined : contains("message", cleanText(text)),
    afterSeq === undefined ? undefined : sql`seq > ${afterSeq}`,
    horizon === undefined ? undefined : sql`seq < ${horizon}`,
    keyset.after,
  ];
  return keyset.toPage(
    await db.all(sql`select ${ofLog} from ${table("log")} ${where(conditions)} ${keyset.tail}`),
    toLogLine,
  );
}

/** With `latestOnly` the newest of each key in the whole ledger, where the rest of the filter takes it; without a key each. */
export async function findArtifacts(
  db: SqlDatabase,
  filter: ArtifactFilter,
  page: PageRequest,
): Promise<Page<Artifact>> {
  const { ids, idPrefix, keys, kinds, flowRunIds, taskRunIds, latestOnly } = filter;
  const keyset = toKeyset({ direction: "asc" }, page);
  const conditions = [
    ids && isOneOfIds("id", ids),
    idPrefix === undefined ? undefined : startsWith("id", idPrefix),
    keys && isOneOfTexts("key", keys),
    kinds && isOneOfTexts("kind", kinds),
    flowRunIds && isOneOfIds("flow_run_id", flowRunIds),
    taskRunIds && isOneOfIds("task_run_id", taskRunIds),
    latestOnly === true ? isLatest : undefined,
    keyset.after,
  ];
  return keyset.toPage(
    await db.all(sql`select ${ofArtifact} from ${table("artifact")} a ${where(conditions)} ${keyset.tail}`),
    toArtifact,
  );
}

const isLatest = sql`not exists (select 1 from ${table("artifact")} newer where newer.key = a.key and newer.seq > a.seq)`;

export async function deleteArtifact(db: SqlDatabase, id: string): Promise<boolean> {
  if (!isUuid(id)) return false;
  const [deleted] = await db.run(sql`delete from ${table("artifact")} where id = ${uuid(id)}`);
  return deleted === 1;
}

export interface EventFilter {
  readonly afterSeq?: number;
  readonly flowRunIds?: readonly string[];
  readonly names?: readonly string[];
}

/** @param horizon as for logs */
export async function findEvents(
  db: SqlDatabase,
  { afterSeq, flowRunIds, names }: EventFilter,
  page: PageRequest,
  horizon?: number,
): Promise<Page<StoredEvent>> {
  const keyset = toKeyset({ direction: "asc" }, page);
  const conditions = [
    afterSeq === undefined ? undefined : sql`seq > ${afterSeq}`,
    flowRunIds && isOneOfIds("flow_run_id", flowRunIds),
    names && isNamed(names),
    horizon === undefined ? undefined : sql`seq < ${horizon}`,
    keyset.after,
  ];
  // The page is cut before the names are looked up for it.
  const rows = await db.all(sql`
    select ${ofEvent}, ${ofRun("flow_run", "flow_name")} as flow_name, ${ofRun("flow_run", "name")} as flow_run_name,
      ${ofRun("task_run", "task_name")} as task_name, ${ofRun("task_run", "name")} as task_run_name
    from (select * from ${table("event")} ${where(conditions)} ${keyset.tail}) e order by seq`);
  return keyset.toPage(rows, toEvent);
}

function ofRun(name: "flow_run" | "task_run", column: string): Fragment {
  return sql`(select r.${raw(column)} from ${table(name)} r where r.id = e.${raw(name)}_id)`;
}

function isNamed(names: readonly string[]): Fragment {
  const byKind = Map.groupBy(names.map(toKindAndName), ({ kind }) => kind);
  const conditions = [...byKind].map(
    ([kind, named]) =>
      sql`(kind = ${kind} and ${isOneOfTexts(
        "name",
        named.map(({ name }) => name),
      )})`,
  );
  return conditions.length === 0 ? raw("1 = 0") : sql`(${join(conditions, " or ")})`;
}
