/** What must hold between the records of a ledger, looked at part by part: others go on meanwhile. */

import type { SqlDatabase } from "./database.ts";
import { eventKind } from "./event-row.ts";
import { columns, type Fragment, raw, sql, table } from "./fragment.ts";

/** What belongs to something, which must be there. */
const owned = [
  { of: "task_run", by: "flow_run_id", owner: "flow_run" },
  { of: "log", by: "flow_run_id", owner: "flow_run" },
  { of: "artifact", by: "flow_run_id", owner: "flow_run" },
  { of: "run_input", by: "flow_run_id", owner: "flow_run" },
  { of: "schedule", by: "deployment_id", owner: "deployment" },
  { of: "work_queue", by: "work_pool_id", owner: "work_pool" },
  { of: "worker", by: "work_pool_id", owner: "work_pool" },
  { of: "block_document", by: "block_type_id", owner: "block_type" },
  { of: "api_key", by: "account_id", owner: "account" },
  { of: "workspace_member", by: "account_id", owner: "account" },
  { of: "workspace_member", by: "workspace_id", owner: "workspace" },
] as const;

/** Columns whose texts are JSON, and are read as such. */
const jsonColumns = {
  flow_run: ["history", "parameters", "tags", "environment", "adopts", "result", "error", "extra"],
  task_run: ["history", "inputs", "tags", "result", "error", "extra"],
  event: ["resource", "payload", "related"],
} as const;

/** Examples of what is wrong in the same way. */
const maxExamples = 3;

/** What is wrong, in words; nothing where the records agree. */
export async function findContradictions(db: SqlDatabase): Promise<readonly string[]> {
  const findings: string[] = [];
  for (const each of owned) findings.push(...(await findOrphans(db, each)));
  for (const name of ["flow_run", "task_run", "event"] as const) findings.push(...(await findUnreadable(db, name)));
  return findings;
}

async function findOrphans(db: SqlDatabase, { of, by, owner }: (typeof owned)[number]): Promise<readonly string[]> {
  const orphans = new Examples();
  const isLost = sql`${raw(by)} is not null and not exists (
    select 1 from ${table(owner)} owner where owner.id = part.${raw(by)})`;
  for await (const rows of walk(db, {
    of,
    what: columns(of, [by]),
    also: sql`case when ${isLost} then 1 else 0 end as lost`,
  })) {
    for (const row of rows) if (row.lost === 1) orphans.add(String(row[by]));
  }
  const noun = owner.replaceAll("_", " ");
  return orphans.tell((many, ids) => `${many} of ${of} belong to a ${noun} that is not there: ${ids}`);
}

async function findUnreadable(db: SqlDatabase, of: keyof typeof jsonColumns): Promise<readonly string[]> {
  const unreadable = new Examples();
  const odd = new Examples();
  const untold = new Examples();
  const texts = jsonColumns[of];
  const states = of === "flow_run" || of === "task_run" ? ["state_type", "state_name", "state_at"] : [];
  const also = of === "flow_run" ? lastEvent() : undefined;
  for await (const rows of walk(db, { of, what: columns(of, ["id", ...states, ...texts]), ...(also && { also }) })) {
    for (const row of rows) {
      const name = String(row.id ?? row.seq);
      if (texts.some((column) => !isJson(row[column]))) unreadable.add(name);
      else if (states.length > 0 && !isLastOfHistory(row)) odd.add(name);
      if (row.told_name != null && (row.told_name !== row.state_name || row.told_at !== row.state_at)) untold.add(name);
    }
  }
  return [
    ...unreadable.tell((many, ids) => `${many} of ${of} hold a text that is no JSON: ${ids}`),
    ...odd.tell((many, ids) => `${many} of ${of} are in another state than the last of their history: ${ids}`),
    ...untold.tell((many, ids) => `${many} of ${of} are in another state than their last event tells of: ${ids}`),
  ];
}

/** None where the events were deleted by their age. */
function lastEvent(): Fragment {
  const last = (column: "name" | "at"): Fragment => sql`(
    select e.${raw(column)} from ${table("event")} e where e.flow_run_id = part.id and e.kind = ${raw(String(eventKind.flowRun))}
    order by e.seq desc limit 1) as told_${raw(column)}`;
  return sql`${last("name")}, ${last("at")}`;
}

async function* walk(
  db: SqlDatabase,
  { of, what, also }: { readonly of: string; readonly what: Fragment; readonly also?: Fragment },
): AsyncGenerator<readonly Readonly<Record<string, unknown>>[], void, undefined> {
  const pace = db.startPace();
  const more = also === undefined ? raw("") : sql`, ${also}`;
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = await db.all(sql`
      select seq, ${what}${more} from ${table(of)} part where seq > ${after} order by seq limit ${pace.rows}`);
    yield rows;
    if (rows.length < pace.rows) return;
    after = rows.at(-1)?.seq as number;
    await pace.rest();
  }
}

function isJson(text: unknown): boolean {
  if (typeof text !== "string") return text === null;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isLastOfHistory(row: Readonly<Record<string, unknown>>): boolean {
  const history = JSON.parse(row.history as string) as readonly Readonly<Record<string, unknown>>[];
  const last = history.at(-1);
  return last !== undefined && last.type === row.state_type && last.at === row.state_at;
}

class Examples {
  #count = 0;
  readonly #first: string[] = [];

  add(name: string): void {
    this.#count++;
    if (this.#first.length < maxExamples) this.#first.push(name);
  }

  tell(toText: (many: string, ids: string) => string): readonly string[] {
    if (this.#count === 0) return [];
    const ids = this.#first.join(", ");
    return [toText(this.#count === 1 ? "one" : String(this.#count), this.#count > maxExamples ? `${ids}, …` : ids)];
  }
}
