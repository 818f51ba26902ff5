/**
 * Group commit. Whatever the process has to record goes through here; what comes together in one turn of the event loop
 * is written in one transaction.
 *
 *   idle ──begin/commit/log──▶ scheduled ──setImmediate──▶ writing ──▶ idle, or scheduled when more came meanwhile
 *
 * One batch is in flight at a time, so that the order of a run's records is the order of its calls. A start waits for
 * the next batch, at most `startDelayMs`; if the task ends before that, start and end are one write. Log lines wait as long
 * as they are told to, where each write is a request.
 */

import type { Api } from "../contract/api.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { FlowRun, NewFlowRun } from "../contract/flow-run.ts";
import type { FlowRunProposal, ProposalOutcome, RecordBatch, RecordOutcome } from "../contract/record.ts";
import type { Artifact, Event, LogLine } from "../contract/records.ts";
import type { TaskRunChange } from "../contract/task-run.ts";
import type { Clock } from "../kit/clock.ts";
import { askAgain } from "./ask-again.ts";
import { LogAllowance } from "./log-allowance.ts";
import { messageOf } from "./outcome.ts";

/** Something that has a row: it is asked for the row when the batch is made, so that several changes are one write. */
export interface JournalEntry {
  toChange(): TaskRunChange;
  /** Its last change may not have been written: the next one tells of its states too. */
  notWritten(): void;
  /** When its unrecorded start began; the journal's own mark. */
  pendingSince: number | null;
}

/** At most this many task runs in a transaction: bounds how long the event loop and other writers wait. */
const maxBatchEntries = 1000;
const maxBatchLogs = 5000;
/** At most this many runs that begin are recorded in one go. */
const maxBatchRuns = 100;
/** A start that has been waiting this long is recorded although nothing else is. */
const startDelayMs = 50;

class Batch {
  readonly entries: JournalEntry[] = [];
  readonly created: NewFlowRun[] = [];
  readonly proposals: FlowRunProposal[] = [];
  readonly logs: LogLine[] = [];
  readonly artifacts = new Map<string, Artifact>();
  readonly events: Event[] = [];
  readonly written: Promise<Written>;
  resolve: (written: Written) => void = () => undefined;
  reject: (error: unknown) => void = () => undefined;

  constructor() {
    this.written = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.written.catch(() => undefined);
  }
}

/** Who in this process has flow runs, and with which fencing token. */
export interface Owners {
  /** Undefined for a run that is not under way here. */
  epochOf(flowRunId: string): number | undefined;
  /** What was written of this run with this token was refused. */
  refused(flowRunId: string, epoch: number): void;
}

interface Created {
  readonly run: FlowRun;
  readonly isNew: boolean;
}

/** A run that begins, and who waits for it to be recorded. */
interface Beginning extends Pick<PromiseWithResolvers<Created>, "resolve" | "reject"> {
  readonly run: NewFlowRun;
}

interface Written {
  readonly created: readonly Created[];
  readonly proposals: readonly ProposalOutcome[];
}

export class Journal {
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #processId: string;
  readonly #owners: Owners;
  readonly #queue: Batch[] = [];
  #current = new Batch();
  /** The batch that is being written, and what is asked for it. */
  #inFlight: Batch | null = null;
  #asked: RecordBatch | null = null;
  readonly #starts = new Set<JournalEntry>();
  #startTimer: { cancel(): void } | null = null;
  readonly #logDelayMs: number;
  #logTimer: { cancel(): void } | null = null;
  #mode: "idle" | "scheduled" | "writing" = "idle";
  /** Runs that have begun, and of which nothing has been written since: the database may lose them. */
  readonly #unsure = new Map<string, NewFlowRun>();
  /** Runs of this turn of the event loop that begin. */
  readonly #beginning: Beginning[] = [];
  /** What is more than it is not queued. */
  readonly #allowance = new LogAllowance();

  constructor(options: {
    readonly api: Api;
    readonly clock: Clock;
    readonly processId: string;
    readonly owners: Owners;
    /** How long log lines wait for a batch to go with, in ms. Default 0. */
    readonly logDelayMs?: number;
  }) {
    this.#logDelayMs = options.logDelayMs ?? 0;
    this.#api = options.api;
    this.#clock = options.clock;
    this.#processId = options.processId;
    this.#owners = options.owners;
  }

  /** Records a start with the next batch. */
  begin(entry: JournalEntry): void {
    entry.pendingSince ??= this.#clock.monotonic();
    this.#starts.add(entry);
    this.#startTimer ??= this.#clock.setTimer(startDelayMs, () => this.#flushStarts(), { background: true });
  }

  /** Records the entry as it is now; resolves when it survives the death of this process. */
  commit(entry: JournalEntry): Promise<unknown> {
    if (entry.pendingSince !== null) {
      entry.pendingSince = null;
      this.#starts.delete(entry);
    }
    const batch = this.#open();
    batch.entries.push(entry);
    return batch.written;
  }

  async create(run: NewFlowRun): Promise<Created> {
    const batch = this.#open();
    const index = batch.created.push(run) - 1;
    const created = (await batch.written).created[index];
    if (created === undefined) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id: run.id });
    return created;
  }

  /**
   * Records a run that this process begins, beside what is being written. Where a commit waits for a disk this one does not:
   * what is next said of the run does, and creates it again if the database has lost it meanwhile.
   */
  begun(run: NewFlowRun): Promise<Created> {
    const { promise, resolve, reject } = Promise.withResolvers<Created>();
    this.#beginning.push({ run: { ...run, mayBeLost: true }, resolve, reject });
    if (this.#beginning.length === 1) setImmediate(() => this.#recordBegun());
    return promise;
  }

  /** Those of one turn of the event loop go together. */
  #recordBegun(): void {
    while (this.#beginning.length > 0) void this.#recordTogether(this.#beginning.splice(0, maxBatchRuns));
  }

  async #recordTogether(beginning: readonly Beginning[]): Promise<void> {
    const created = beginning.map(({ run }) => run);
    try {
      const outcome = await this.#record({ processId: this.#processId, created });
      for (const run of created) this.#unsure.set(run.id, run);
      for (const [index, { resolve }] of beginning.entries()) resolve(outcome.created[index] as Created);
    } catch (error) {
      // One run's fault is no other's; a database that does not answer is everybody's.
      const isShared = beginning.length === 1 || (isMillraceError(error) && error.retryable);
      for (const each of beginning) {
        if (isShared) each.reject(error);
        else void this.#recordTogether([each]);
      }
    }
  }

  async propose(proposal: FlowRunProposal): Promise<ProposalOutcome> {
    const batch = this.#open();
    const index = batch.proposals.push(proposal) - 1;
    const outcome = (await batch.written).proposals[index];
    if (outcome === undefined) throw new MillraceError("RUN_NOT_FOUND", { kind: "flow run", id: proposal.id });
    return outcome;
  }

  /** Records the line with the next batch. Dropped, and counted, when too much of its run waits already. */
  log(line: LogLine): void {
    if (!this.#allowance.admit(line)) return;
    const batch = this.#logDelayMs > 0 ? this.#gather() : this.#open();
    batch.logs.push(line);
  }

  async artifact(artifact: Artifact): Promise<void> {
    const batch = this.#open();
    batch.artifacts.set(artifact.id, artifact);
    await batch.written;
  }

  async event(event: Event): Promise<void> {
    const batch = this.#open();
    batch.events.push(event);
    await batch.written;
  }

  /** Resolves when everything said so far is written. */
  async flush(): Promise<void> {
    this.#flushStarts();
    this.#tellOfDropped();
    if (!isEmpty(this.#current)) this.#schedule();
    const unwritten = [...this.#queue, this.#current].filter((batch) => !isEmpty(batch));
    if (this.#inFlight !== null) unwritten.push(this.#inFlight);
    await Promise.all(unwritten.map((batch) => batch.written));
  }

  /** Starts that wait for a batch to go with: nothing writes them when the process has nothing else to do. */
  get hasStarts(): boolean {
    return this.#starts.size > 0;
  }

  /**
   * All that is not known to be written, for the last word of a process that ends now. Log lines that are being written are
   * left out: they would be there twice.
   */
  takeUnwritten(): readonly RecordBatch[] {
    this.#flushStarts();
    this.#tellOfDropped();
    const waiting = [...this.#queue, this.#current].filter((batch) => !isEmpty(batch));
    const asked = this.#asked === null ? [] : [{ ...this.#asked, logs: [] }];
    return [...asked, ...waiting.map((batch) => this.#toRequest(batch))];
  }

  /** The batch that takes new records, closed and queued when it is full. */
  #open(): Batch {
    if (this.#current.entries.length >= maxBatchEntries || this.#current.logs.length >= maxBatchLogs) {
      this.#queue.push(this.#current);
      this.#current = new Batch();
    }
    this.#schedule();
    return this.#current;
  }

  /** The batch that takes more lines, for a while without being scheduled; whatever else is recorded takes them along. */
  #gather(): Batch {
    if (this.#current.logs.length >= maxBatchLogs) return this.#open();
    if (this.#mode === "idle") this.#awaitLines();
    return this.#current;
  }

  #awaitLines(): void {
    this.#logTimer ??= this.#clock.setTimer(this.#logDelayMs, () => {
      this.#logTimer = null;
      if (!isEmpty(this.#current)) this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#mode !== "idle") return;
    this.#logTimer?.cancel();
    this.#logTimer = null;
    this.#mode = "scheduled";
    setImmediate(() => void this.#write());
  }

  #flushStarts(): void {
    this.#startTimer?.cancel();
    this.#startTimer = null;
    for (const entry of this.#starts) {
      entry.pendingSince = null;
      this.#open().entries.push(entry);
    }
    this.#starts.clear();
  }

  /** After all that was kept, and before what is logged next. */
  #tellOfDropped(): void {
    if (this.#allowance.hasUntold) for (const note of this.#allowance.takeNotes()) this.#open().logs.push(note);
  }

  async #write(): Promise<void> {
    this.#mode = "writing";
    this.#tellOfDropped();
    let batch = this.#queue.shift();
    if (batch === undefined) {
      batch = this.#current;
      this.#current = new Batch();
    }
    this.#inFlight = batch;
    try {
      batch.resolve(await this.#send(batch));
    } catch (error) {
      for (const entry of new Set(batch.entries)) entry.notWritten();
      batch.reject(error);
      tellOfLostLogs(batch, error);
    }
    this.#allowance.release(batch.logs);
    this.#inFlight = null;
    this.#asked = null;
    this.#mode = "idle";
    const isMoreThere = this.#queue.length > 0 || !isEmpty(this.#current) || this.#allowance.hasUntold;
    if (!isMoreThere) return;
    if (this.#logDelayMs > 0 && this.#queue.length === 0 && hasOnlyLogs(this.#current)) this.#awaitLines();
    else this.#schedule();
  }

  /** A body that was given up may go on, and write in the name of an owner that this process itself has followed since. */
  readonly #isOfOwner = ({ flowRunId, epoch }: { flowRunId: string | null; epoch?: number }): boolean =>
    flowRunId === null || epoch === undefined || epoch >= (this.#owners.epochOf(flowRunId) ?? epoch);

  #toRequest(batch: Batch) {
    return {
      processId: this.#processId,
      created: batch.created,
      proposals: batch.proposals,
      taskRuns: [...new Set(batch.entries)].map((entry) => entry.toChange()).filter(this.#isOfOwner),
      logs: batch.logs.filter(this.#isOfOwner),
      artifacts: [...batch.artifacts.values()].filter(this.#isOfOwner),
      events: batch.events,
    } satisfies RecordBatch;
  }

  async #send(batch: Batch): Promise<Written> {
    const request = this.#toRequest(batch);
    this.#asked = request;
    let outcome = await this.#record(request);
    const lost = this.#lostOf(request, outcome);
    if (lost.length > 0) outcome = await this.#recordLost(lost, { request, outcome });
    if (this.#unsure.size > 0) for (const id of runsIn(request)) this.#unsure.delete(id);
    for (const flowRunId of outcome.stale) this.#owners.refused(flowRunId, epochIn(request, flowRunId));
    return outcome;
  }

  #record(batch: RecordBatch): Promise<RecordOutcome> {
    return askAgain(() => this.#api.record(batch), { clock: this.#clock });
  }

  /** Runs that began here, and that the ledger does not know: its database may have died, and come back without them. */
  #lostOf({ proposals = [] }: RecordBatch, { stale, proposals: outcomes }: RecordOutcome): readonly NewFlowRun[] {
    if (this.#unsure.size === 0) return [];
    const unknown = proposals.flatMap(({ id }, index) => (outcomes[index]?.run === null ? [id] : []));
    return [...new Set([...stale, ...unknown])].flatMap((id) => this.#unsure.get(id) ?? []);
  }

  /** Creates them again, and says again what was said of them. */
  async #recordLost(
    lost: readonly NewFlowRun[],
    { request, outcome }: { readonly request: RecordBatch; readonly outcome: RecordOutcome },
  ): Promise<RecordOutcome> {
    const ids = new Set(lost.map(({ id }) => id));
    const isLost = ({ flowRunId }: { readonly flowRunId: string | null }): boolean => ids.has(flowRunId ?? "");
    const { processId, proposals = [], taskRuns = [], logs = [], artifacts = [] } = request;
    const again = proposals.filter(({ id }) => ids.has(id));
    // The end of a run is decided on what the ledger has: it is created before.
    await this.#record({ processId, created: lost });
    const rest = {
      processId,
      proposals: again,
      taskRuns: taskRuns.filter(isLost),
      logs: logs.filter(isLost),
      artifacts: artifacts.filter(isLost),
    };
    const repeated = await this.#record(rest);
    const answers = repeated.proposals[Symbol.iterator]();
    return {
      created: outcome.created,
      proposals: outcome.proposals.map((first, index) =>
        ids.has(proposals[index]?.id ?? "") ? (answers.next().value ?? first) : first,
      ),
      stale: [...outcome.stale.filter((id) => !ids.has(id)), ...repeated.stale],
    };
  }
}

/** Runs of which a request says something. */
function runsIn({ proposals = [], taskRuns = [], logs = [], artifacts = [] }: RecordBatch): Iterable<string> {
  const ids = new Set(proposals.map(({ id }) => id));
  for (const { flowRunId } of [...taskRuns, ...logs, ...artifacts]) if (flowRunId !== null) ids.add(flowRunId);
  return ids;
}

/** The token with which a request writes of a run. */
function epochIn({ taskRuns, logs, artifacts }: RecordBatch, flowRunId: string): number {
  const epochs = [taskRuns, logs, artifacts].flatMap((kind) =>
    (kind ?? []).flatMap((each) => (each.flowRunId === flowRunId ? (each.epoch ?? []) : [])),
  );
  return Math.max(...epochs);
}

/** Nobody waits for a log line, so nobody else hears that it was not recorded. */
function tellOfLostLogs({ logs }: Batch, error: unknown): void {
  if (logs.length === 0) return;
  const message = `${logs.length} log lines could not be recorded: ${messageOf(error)}`;
  process.emitWarning(message, { type: "MillraceWarning", code: "LOGS_LOST" });
}

function hasOnlyLogs(batch: Batch): boolean {
  return batch.logs.length > 0 && batch.logs.length < maxBatchLogs && hasNoRecords(batch);
}

function isEmpty(batch: Batch): boolean {
  return batch.logs.length === 0 && hasNoRecords(batch);
}

/** But log lines. */
function hasNoRecords(batch: Batch): boolean {
  return (
    batch.entries.length === 0 &&
    batch.created.length === 0 &&
    batch.proposals.length === 0 &&
    batch.artifacts.size === 0 &&
    batch.events.length === 0
  );
}
