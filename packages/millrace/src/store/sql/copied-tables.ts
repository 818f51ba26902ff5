/** The tables of a ledger as they are copied into another one. */

/** What a row is recognised by. `id` is its own; null: it has none, and it counts as there when its owner was there before. */
interface CopiedTable {
  readonly name: string;
  /** What puts its rows into an order, and finds one again. */
  readonly order: readonly string[];
  readonly id: string | null;
  /** The table and the column of what must be there for a row to make sense. */
  readonly of?: { readonly table: string; readonly by: string };
  /** It belongs to a run. */
  readonly isOfRun?: true;
  /** The column with its time, by which it is left out of a copy of what is newer. */
  readonly time?: string;
}

const bySeq = { order: ["seq"], id: "id" } as const;

/** What a row refers to comes before it. What is a run's own comes before the run, so that a run that is there is whole. */
export const copiedTables: readonly CopiedTable[] = [
  { name: "flow", ...bySeq },
  { name: "work_pool", ...bySeq },
  { name: "work_queue", ...bySeq, of: { table: "work_pool", by: "work_pool_id" } },
  { name: "worker", ...bySeq, of: { table: "work_pool", by: "work_pool_id" } },
  { name: "block_type", ...bySeq },
  { name: "block_schema", ...bySeq, of: { table: "block_type", by: "block_type_id" } },
  { name: "block_document", ...bySeq, of: { table: "block_type", by: "block_type_id" } },
  { name: "variable", ...bySeq },
  { name: "secret", order: ["name"], id: "name" },
  { name: "concurrency_limit", ...bySeq },
  { name: "deployment", ...bySeq },
  { name: "deployment_version", ...bySeq, of: { table: "deployment", by: "deployment_id" } },
  { name: "schedule", ...bySeq, of: { table: "deployment", by: "deployment_id" } },
  { name: "automation", ...bySeq },
  { name: "automation_firing", ...bySeq, of: { table: "automation", by: "automation_id" } },
  { name: "saved_search", ...bySeq },
  { name: "webhook", ...bySeq },
  { name: "configuration", ...bySeq },
  { name: "account", ...bySeq },
  { name: "audit_entry", order: ["seq"], id: null, time: "at" },
  { name: "executor_process", order: ["id"], id: "id" },
  { name: "slot", order: ["limit_name", "holder"], id: null },
  { name: "slot_lease", ...bySeq },
  { name: "event", order: ["seq"], id: null, isOfRun: true, time: "at" },
  { name: "log", order: ["seq"], id: null, isOfRun: true, time: "at" },
  { name: "artifact", ...bySeq, isOfRun: true, time: "created_at" },
  { name: "run_input", order: ["seq"], id: null, isOfRun: true, time: "created_at" },
  { name: "task_run", ...bySeq, isOfRun: true, time: "created_at" },
  { name: "cache_entry", order: ["key"], id: "key", time: "created_at" },
  { name: "flow_run", ...bySeq },
];

/** Rows without an id whose number tells whether they were there before an import. */
export const numberedTables = ["event", "log", "audit_entry"] as const;

/** Names of configurations that hold only for the ledger they are in: numbers of its events, and imports into it. */
export const ownConfigurations = ["automations-cursor", "automation-state ", "ledger-import "] as const;

export function copiedTable(name: string): CopiedTable | undefined {
  return copiedTables.find((table) => table.name === name);
}
