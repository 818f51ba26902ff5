/** Events by what they have in common: they are gone through part by part. */

import {
  type EventGroup,
  type EventGroupsRequest,
  maxEventGroups,
  maxToldEventGroups,
} from "../../contract/aggregates.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { eventKind, resourcePrefixes } from "./event-row.ts";
import { columns, type Fragment, raw, sql, table, where } from "./fragment.ts";
import { readEvents, toEventConditions, walkEvents } from "./traces.ts";

interface Counted {
  readonly value: string;
  count: number;
  firstAt: number;
  lastAt: number;
  newestSeq: number;
}

/** How the events of a part are divided, and what their group is called. */
interface Division {
  readonly selected: Fragment;
  readonly by: Fragment;
  toValue(row: Row): string;
}

/** Events of runs' states have their kind and the state for a name, and their run for a resource; see event-row.ts. */
const divisions: Readonly<Record<EventGroupsRequest["by"], Division>> = {
  name: {
    selected: raw("kind, name"),
    by: raw("kind, name"),
    toValue: (row) => prefixOf(row) + String(row.name),
  },
  resource: {
    selected: sql`kind, resource_id, ${columns("part", ["flow_run_id", "task_run_id"])}`,
    by: raw("kind, resource_id, flow_run_id, task_run_id"),
    toValue: (row) =>
      row.kind === eventKind.custom
        ? ((row.resource_id as string | null) ?? "")
        : prefixOf(row) + String(row.kind === eventKind.flowRun ? row.flow_run_id : row.task_run_id),
  },
};

function prefixOf(row: Row): string {
  return resourcePrefixes.get(row.kind as number) ?? "";
}

/** Only what a resource is told by is left of an event's ids, so that one resource is one group of a part. */
const divided = raw(`kind, name, at, seq, resource_id,
  case when kind = ${eventKind.flowRun} then flow_run_id end as flow_run_id,
  case when kind = ${eventKind.taskRun} then task_run_id end as task_run_id`);

export async function groupEvents(db: SqlDatabase, { filter, by }: EventGroupsRequest): Promise<readonly EventGroup[]> {
  const division = divisions[by];
  const conditions = toEventConditions(filter);
  const groups = new Map<string, Counted>();
  for await (const { isWithin } of walkEvents(db, filter)) {
    const rows = await db.all(sql`
      select ${division.selected}, count(*) as found, min(at) as first_at, max(at) as last_at, max(seq) as newest
      from (select ${divided} from ${table("event")} ${where([isWithin, ...conditions])}) part
      group by ${division.by}`);
    for (const row of rows) add(groups, division.toValue(row), row);
    if (groups.size > maxEventGroups) throw tooMany(by);
  }
  const biggest = [...groups.values()]
    .toSorted((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1))
    .slice(0, maxToldEventGroups);
  const events = await readEvents(
    db,
    biggest.map(({ newestSeq }) => newestSeq),
  );
  const newest = new Map(events.map((event) => [event.seq, event]));
  // One that was deleted in between is told of no more.
  return biggest.flatMap(({ newestSeq, ...group }) => {
    const event = newest.get(newestSeq);
    return event === undefined ? [] : [{ ...group, newest: event }];
  });
}

/** Parts come in the order of their numbers. */
function add(groups: Map<string, Counted>, value: string, row: Row): void {
  const count = Number(row.found);
  const [firstAt, lastAt, newestSeq] = [Number(row.first_at), Number(row.last_at), Number(row.newest)];
  const group = groups.get(value);
  if (group === undefined) {
    groups.set(value, { value, count, firstAt, lastAt, newestSeq });
    return;
  }
  group.count += count;
  group.firstAt = Math.min(group.firstAt, firstAt);
  group.lastAt = Math.max(group.lastAt, lastAt);
  group.newestSeq = Math.max(group.newestSeq, newestSeq);
}

function tooMany(by: EventGroupsRequest["by"]): MillraceError {
  return new MillraceError("USAGE", {
    reason: `The events have more than ${maxEventGroups} ${by === "name" ? "names" : "resources"}`,
    advice: "Ask for a shorter time, or for events of fewer names.",
  });
}
