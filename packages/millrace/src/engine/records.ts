/**
 * What an earlier execution of the run left: a call whose identity is recorded takes its result from here. A call that
 * matches nothing while records of the same task in the same scope lie unclaimed waits until the run is quiet; if they
 * still lie there then, the code has drifted from the record. It never guesses.
 */

import { isTerminal } from "../contract/states.ts";
import type { TaskRun } from "../contract/task-run.ts";
import { uuidFromHash } from "../kit/ids.ts";

interface Waiter {
  readonly group: string;
  resolve(outcome: "claimed" | "unclaimed"): void;
}

export function groupOf(parentId: string | null, taskName: string): string {
  return `${parentId ?? ""}/${taskName}`;
}

export class Records {
  readonly #byId = new Map<string, TaskRun>();
  readonly #unclaimed = new Map<string, Set<string>>();
  #waiters: Waiter[] = [];

  /** Adds records that may be claimed; those of `dropped` are not taken, but their rows are continued. */
  add(records: readonly TaskRun[], dropped: ReadonlySet<string>): void {
    for (const record of records) {
      const kept = !dropped.has(record.id) && isTerminal(record.state.type);
      this.#byId.set(record.id, kept ? record : asUnfinished(record));
      const group = groupOf(record.parentId, record.taskName);
      if (kept) this.#group(group).add(record.id);
      else this.#unclaimed.get(group)?.delete(record.id);
    }
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Claims the record of a call: terminal ones are delivered, others continue their row. Synchronous, as the call is. */
  claim(id: string): TaskRun | undefined {
    const record = this.#byId.get(id);
    if (record === undefined) return undefined;
    this.#byId.delete(id);
    const group = groupOf(record.parentId, record.taskName);
    const unclaimed = this.#unclaimed.get(group);
    if (unclaimed?.delete(id) === true && unclaimed.size === 0) {
      this.#unclaimed.delete(group);
      this.#settle(group, "claimed");
    }
    return record;
  }

  /** Rows that a dead process left unfinished, and that no call has gone on with. */
  abandoned(): readonly TaskRun[] {
    return [...this.#byId.values()].filter(({ history }) => !isTerminal(history.at(-1)?.type ?? "CANCELLED"));
  }

  hasUnclaimed(group: string): boolean {
    return (this.#unclaimed.get(group)?.size ?? 0) > 0;
  }

  /** The records of a group that no call has claimed. */
  unclaimed(group: string): readonly TaskRun[] {
    return [...(this.#unclaimed.get(group) ?? [])].flatMap((id) => this.#byId.get(id) ?? []);
  }

  /** Resolves when the group has been claimed whole, or `giveUp` was called because nothing moves any more. */
  waitFor(group: string): Promise<"claimed" | "unclaimed"> {
    return new Promise((resolve) => {
      this.#waiters.push({ group, resolve });
    });
  }

  get isWaitedFor(): boolean {
    return this.#waiters.length > 0;
  }

  giveUp(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.resolve("unclaimed");
  }

  #settle(group: string, outcome: "claimed"): void {
    const ready = this.#waiters.filter((waiter) => waiter.group === group);
    this.#waiters = this.#waiters.filter((waiter) => waiter.group !== group);
    for (const waiter of ready) waiter.resolve(outcome);
  }

  #group(name: string): Set<string> {
    const known = this.#unclaimed.get(name);
    if (known !== undefined) return known;
    const made = new Set<string>();
    this.#unclaimed.set(name, made);
    return made;
  }
}

/** A row that is continued: its history stays, its end does not count. */
function asUnfinished(record: TaskRun): TaskRun {
  return isTerminal(record.state.type) ? { ...record, state: { ...record.state, type: "PENDING" } } : record;
}

/** The records of another run as if this run had made them: ids follow from the run and the path of the call. */
export function adoptRecords(records: readonly TaskRun[], runId: string): readonly TaskRun[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  const pathOf = (record: TaskRun): string => {
    const parent = record.parentId === null ? undefined : byId.get(record.parentId);
    return `${parent === undefined ? "" : pathOf(parent)}/${record.key}`;
  };
  const ids = new Map(records.map((record) => [record.id, uuidFromHash(runId + pathOf(record))]));
  return records.map((record) => ({
    ...record,
    id: ids.get(record.id) ?? record.id,
    flowRunId: runId,
    parentId: record.parentId === null ? null : (ids.get(record.parentId) ?? null),
    inputs: record.inputs.map((input) => ({ ...input, taskRunId: ids.get(input.taskRunId) ?? input.taskRunId })),
  }));
}
