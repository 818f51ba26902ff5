/**
 * The identity of calls: what makes a call of this run the same call after a resume. Fixed synchronously when the call
 * is made: (run, scope, task name, key given or digest of the inputs, occurrence). See docs/decisions/0001.
 */

import { MillraceError } from "../contract/errors.ts";
import { brands, type TaskFuture } from "../contract/runtime.ts";
import type { TaskInput } from "../contract/task-run.ts";
import { createDigest, DigestError } from "../kit/digest.ts";
import { uuidFromHash } from "../kit/ids.ts";
import { Semaphore } from "../kit/semaphore.ts";
import type { Provenance } from "./provenance.ts";

/** What a body has opened, and what has to end with it: a transaction. */
export interface Opened {
  /** The body has ended; `reason` is why, when it was given up. */
  close(reason: unknown): void;
  /** Never rejects. */
  readonly ended: Promise<void>;
}

/** The body that makes calls: a flow's own, or a task's. Counts equal calls, so that a loop of them matches in order. */
export class Scope {
  /** The path of the enclosing calls, the same in every run of the same code. */
  readonly path: string;
  readonly parentId: string | null;
  readonly #outer: Scope | null;
  // Most bodies call nothing.
  #occurrences: Map<string, number> | null = null;
  #submitted: Semaphore | null = null;
  #called: Semaphore | null = null;
  #isClosed = false;
  #opened: Set<Opened> | null = null;
  /** Calls that have not ended. */
  #underWay = 0;
  /** Told to each call beyond the limit: there may be millions. */
  #exceeded: MillraceError | null = null;

  constructor(path: string, parentId: string | null, outer: Scope | null = null) {
    this.path = path;
    this.parentId = parentId;
    this.#outer = outer;
  }

  /** The scope of the body of a call that was made in this one. */
  enter(path: string, id: string): Scope {
    return new Scope(path, id, this);
  }

  /** The body has ended or its attempt was given up: calls from it are refused. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  open(opened: Opened): void {
    this.#opened ??= new Set();
    this.#opened.add(opened);
    void opened.ended.then(() => this.#opened?.delete(opened));
  }

  /** Ends the body, or gives its attempt up for a reason. Null when nothing of it is open, else resolves when nothing is. */
  close(reason?: unknown): Promise<unknown> | null {
    this.#isClosed = true;
    if (this.#opened === null || this.#opened.size === 0) return null;
    const opened = [...this.#opened];
    for (const each of opened) each.close(reason);
    return Promise.all(opened.map(({ ended }) => ended));
  }

  /** The ids of the calls around, from the inside out. */
  get lineage(): readonly string[] {
    const outer = this.#outer?.lineage ?? [];
    return this.parentId === null ? outer : [this.parentId, ...outer];
  }

  /** The key of the next call of this kind: `base~0`, `base~1` … */
  next(base: string): string {
    this.#occurrences ??= new Map();
    const occurrence = this.#occurrences.get(base) ?? 0;
    this.#occurrences.set(base, occurrence + 1);
    return `${base}~${occurrence}`;
  }

  /** How many calls more may be under way. */
  roomFor(maxUnderWay: number): number {
    return Math.max(0, maxUnderWay - this.#underWay);
  }

  /** CALLS_EXCEEDED where there is no room. */
  callBegins(name: string, maxUnderWay: number): void {
    if (this.#underWay >= maxUnderWay) {
      this.#exceeded ??= new MillraceError("CALLS_EXCEEDED", { max: maxUnderWay.toLocaleString("en"), name });
      throw this.#exceeded;
    }
    this.#underWay++;
  }

  callEnds(): void {
    this.#underWay--;
  }

  /** Bounds what the body has submitted. One a body, so that a caller never waits for a turn that it holds itself. */
  submitted(limit: number): Semaphore {
    this.#submitted ??= new Semaphore(limit);
    return this.#submitted;
  }

  /** Bounds what the body has called and waits for. */
  called(limit: number): Semaphore {
    this.#called ??= new Semaphore(limit);
    return this.#called;
  }
}

/** The path of a call, the same in every run of the same code. */
export function pathOf(scope: Scope, key: string): string {
  return `${scope.path}/${key}`;
}

/** The id of the task run at this path of a run. */
export function idOf(runId: string, path: string): string {
  return uuidFromHash(runId + path);
}

/** A future as the engine knows it. */
export interface InternalFuture extends TaskFuture {
  readonly [brands.future]: true;
  readonly path: string;
}

export function isFuture(value: unknown): value is InternalFuture {
  return typeof value === "object" && value !== null && brands.future in value;
}

/** Lets an end be known when what was open has ended; at once, when nothing was. */
export function settleAfter(opened: Promise<unknown> | null, settle: () => void): void {
  if (opened === null) settle();
  else void opened.then(settle);
}

/** What one call's inputs are made of. */
export interface InputDigest {
  readonly digest: string;
  readonly inputs: readonly TaskInput[];
  readonly hasFutures: boolean;
}

interface Collector {
  readonly made: Provenance | null;
  parameter: string;
  readonly inputs: Map<string, TaskInput>;
  hasFutures: boolean;
}

let collecting: Collector | null = null;

function take(taskRunId: string | null): void {
  if (collecting === null || taskRunId === null) return;
  const { parameter, inputs } = collecting;
  if (!inputs.has(taskRunId)) inputs.set(taskRunId, { parameter, taskRunId });
}

const digestInputs = createDigest({
  reference(object) {
    if (brands.future in object || brands.allowFailure in object || brands.opaque in object) return markOf(object);
    const maker = collecting?.made?.makerOf(object);
    if (maker === undefined) return undefined;
    take(maker.taskRunId);
    return `task:${maker.path}`;
  },
});

function markOf(object: object): string {
  if (collecting !== null) collecting.hasFutures = true;
  if (brands.opaque in object) return "opaque";
  const future = (brands.allowFailure in object ? wrappedIn(object) : object) as InternalFuture;
  take(future.taskRunId);
  return `task:${future.path}`;
}

/** The value of `allowFailure()`. */
function wrappedIn(annotation: object): unknown {
  return (annotation as { readonly value: unknown }).value;
}

const noInputs: readonly TaskInput[] = [];

/**
 * Digests a call's arguments and finds the futures among them, and the values that calls of the run have made. What cannot be
 * digested counts by its place.
 */
export function digestCall(
  made: Provenance | null,
  args: readonly unknown[],
  parameterNames: readonly string[],
): InputDigest {
  if (args.every(isPrimitive)) return { digest: digestInputs(args), inputs: noInputs, hasFutures: false };
  const outer = collecting;
  const collector: Collector = { made, parameter: "", inputs: new Map(), hasFutures: false };
  collecting = collector;
  try {
    const parts = args.map((arg, index) => {
      collector.parameter = parameterNames[index] ?? `arg${index}`;
      return digestOne(arg);
    });
    return { digest: digestInputs(parts), inputs: [...collector.inputs.values()], hasFutures: collector.hasFutures };
  } finally {
    collecting = outer;
  }
}

function digestOne(arg: unknown): unknown {
  if (isPrimitive(arg)) return arg;
  try {
    return digestInputs([arg]);
  } catch {
    return `undigestible:${Object.prototype.toString.call(arg)}`;
  }
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function");
}

const digestContent = createDigest({ functions: "refused" });

/**
 * Digests values by content alone, for cache keys that hold across runs. A function has no content here: another one of the
 * same text may give another result.
 *
 * @param tell called with the place and the reason when they have no content to compare, and null is given
 */
export function digestByContent(values: readonly unknown[], tell: (refusal: DigestError) => void): string | null {
  try {
    return digestContent(values);
  } catch (error) {
    if (!(error instanceof DigestError)) throw error;
    tell(error);
    return null;
  }
}
