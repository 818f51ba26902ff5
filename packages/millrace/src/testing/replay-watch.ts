/** What a replay does, call by call: what it takes from the record, and where it leaves it. */

import type { RunObserver, TaskRunSighting } from "../contract/observer.ts";
import type { TaskRun } from "../contract/task-run.ts";

/** One call that the code makes now and the record has not, or that is recorded and not made. */
export interface Drift {
  /** The call as the code makes it now; null where it makes none. */
  readonly called: string | null;
  /** The call as it is recorded; null where there is none. */
  readonly recorded: string | null;
}

export class ReplayWatch {
  /** Calls that the record does not have. */
  readonly unrecorded: Drift[] = [];
  /** The call at which the record ends; null where it was not come to. */
  unfinishedAt: string | null = null;
  readonly #records: ReadonlyMap<string, TaskRun>;
  readonly #delivered = new Set<string>();
  /** Recorded calls that were made, though their bodies had to run again: tasks around others. */
  readonly #entered = new Set<string>();
  /** The flow runs whose functions were called. */
  readonly #enteredRuns = new Set<string>();
  readonly #isCutOff: boolean;
  readonly #onLeft: () => void;

  constructor(options: {
    readonly records: readonly TaskRun[];
    /** The run's process died, or still runs: what it began last may be missing in the record. */
    readonly isCutOff: boolean;
    /** Told, before the body runs, of a call that cannot be answered from the record. */
    readonly onLeft: () => void;
  }) {
    this.#records = new Map(options.records.map((record) => [record.id, record]));
    this.#isCutOff = options.isCutOff;
    this.#onLeft = options.onLeft;
  }

  readonly observer: RunObserver = {
    flowRun: ({ id }) => void this.#enteredRuns.add(id),
    taskRun: (sighting) => this.#see(sighting),
    log: () => undefined,
    artifact: () => undefined,
  };

  get delivered(): number {
    return this.#delivered.size;
  }

  #see({ id, fromRecord, state, kind, name, taskName }: TaskRunSighting): void {
    if (fromRecord) this.#delivered.add(id);
    if (fromRecord || state.type !== "RUNNING" || this.#entered.has(id)) return;
    this.#entered.add(id);
    const isKnown = this.#records.has(id) || this.#isCutOff;
    // A subflow goes on in its own record, whose calls come here too.
    if (isKnown && kind === "flow") return;
    if (isKnown) this.unfinishedAt ??= describe(name, taskName);
    else this.unrecorded.push({ called: describe(name, taskName), recorded: null });
    this.#onLeft();
  }

  /** What is recorded and was not called, of the bodies that ran. */
  notCalled(): readonly Drift[] {
    return [...this.#records.values()]
      .filter((record) => !this.#seen(record.id) && this.#ran(record))
      .map(({ name, taskName }) => ({ called: null, recorded: describe(name, taskName) }));
  }

  /** The body that made the call ran again. */
  #ran({ flowRunId, parentId }: TaskRun): boolean {
    return parentId === null ? this.#enteredRuns.has(flowRunId ?? "") : this.#entered.has(parentId);
  }

  #seen(id: string): boolean {
    return this.#delivered.has(id) || this.#entered.has(id);
  }
}

function describe(name: string, taskName: string): string {
  return name === taskName ? name : `${name} (${taskName})`;
}
