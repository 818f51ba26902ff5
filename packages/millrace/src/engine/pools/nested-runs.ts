/**
 * What one body of a worker has called, on the side of the flow's process: makes the calls in its name, asks the worker for what
 * their functions do, and tells it what became of them.
 */

import { MillraceError } from "../../contract/errors.ts";
import type { BodyPlace, NestedRun, PoolCall } from "../../contract/pools.ts";
import type { HandedOn } from "../../contract/results.ts";
import { isReturnedState } from "../outcome.ts";
import { type CallsOfValues, type SentArgument, unpackArgument } from "./arguments.ts";
import { toPlainTaskRun } from "./body-call.ts";
import type {
  CancelMessage,
  FailureMessage,
  InvokeMessage,
  NestMessage,
  OwnValue,
  Part,
  SettledMessage,
  StepMessage,
  ToWorker,
  ValueMessage,
} from "./messages.ts";
import { toNestedDefinition } from "./nested-definition.ts";
import { NestedWork } from "./nested-work.ts";
import { pack, packError, unpackError } from "./parcel.ts";

/** A function that runs in the worker now. */
interface Invocation {
  readonly nest: number;
  readonly part: Part;
  readonly place: BodyPlace;
  readonly answer: PromiseWithResolvers<unknown>;
  readonly onAbort: () => void;
}

/** What the last function of a call has given or thrown: when that is what became of the call, the worker has it. */
interface LastSaid {
  readonly id: number;
  readonly value: unknown;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

export interface NestedRunsOptions {
  /** The call of the body, and its id. */
  readonly call: PoolCall;
  readonly id: number;
  readonly runner: "thread" | "process";
  readonly nextId: () => number;
  /** Throws when the message cannot be cloned. */
  readonly post: (message: ToWorker) => void;
  /** Nothing that it has called is under way any more, and nothing of it runs. */
  onIdle(): void;
  /** Something that it has called was told to stop, and runs yet. */
  onGivenUp(reason: unknown): void;
  /** All that was told to stop has ended. */
  onObeyed(): void;
}

export class NestedRuns {
  readonly #options: NestedRunsOptions;
  /** In whose name the worker's messages speak. */
  readonly #places = new Map<number, BodyPlace>();
  readonly #invocations = new Map<number, Invocation>();
  /** By the numbers of their calls. What was submitted is kept for later calls, whose input it may be. */
  readonly #runs = new Map<number, NestedRun>();
  readonly #work: NestedWork;
  readonly #said = new Map<number, LastSaid>();
  #gone: { readonly reason: unknown } | null = null;
  readonly #values: CallsOfValues = {
    futureOf: (nest) => this.#runOf(nest).future,
    madeBy: (value, path) => this.#options.call.calls?.madeBy(value, path),
  };

  constructor(options: NestedRunsOptions) {
    this.#options = options;
    this.#places.set(options.id, options.call);
    this.#work = new NestedWork(options.id, (change) => options.call.host?.working(change));
  }

  /** Nothing that the body has called is under way, and nothing of it runs. */
  get isIdle(): boolean {
    return this.#work.isIdle && !this.#work.hasGivenUp;
  }

  /** Nothing but what was told to stop runs. */
  get isGivenUp(): boolean {
    return this.#work.isIdle && this.#work.hasGivenUp;
  }

  /** How many calls it keeps, under way or not. */
  get size(): number {
    return this.#runs.size;
  }

  /** In whose name the worker speaks by this id; none when that has ended. */
  placeOf(id: number): BodyPlace | undefined {
    return this.#places.get(id);
  }

  nest(message: NestMessage): void {
    const { first, how, keys, tags, task } = message;
    try {
      const calls = this.#callsOf(message);
      const { runner } = this.#options;
      const definitionAt = (at: number): ReturnType<typeof toNestedDefinition> =>
        toNestedDefinition({
          task,
          key: keys[at],
          runner,
          calls,
          waitFor: task.waitFor === undefined ? undefined : unpackArgument(task.waitFor, this.#values),
          invoke: (part, args) => this.#invoke(first + at, part, args),
          isGone: () => this.#gone !== null,
        });
      const args = message.args.map((arg) => unpackArgument(arg, this.#values));
      const runs = calls.begin({ how, definitionAt, args, tags });
      for (const [at, run] of runs.entries()) this.#began(message, first + at, run);
      this.#options.post({ kind: "made", first, taskRunIds: runs.map(({ taskRunId }) => taskRunId) });
    } catch (error) {
      for (const at of keys.keys()) this.#refuse(first + at, error);
    }
  }

  step(message: StepMessage): void {
    const { id, nest, spec, tags } = message;
    this.#work.call(id, nest);
    const run = ({ startedAt, taskRunId }: { readonly startedAt: number; readonly taskRunId: string }) =>
      this.#invoke(nest, "body", [startedAt, taskRunId]);
    void (async () => this.#callsOf(message).step({ ...spec, run }, tags))().then(
      (value) => this.#settleWith(nest, { value }, null),
      (error: unknown) => this.#settleWith(nest, { error }, null),
    );
  }

  cancel({ nest, reason }: CancelMessage): void {
    this.#runs.get(nest)?.future.cancel(reason);
  }

  #callsOf({ id }: NestMessage | StepMessage): NonNullable<BodyPlace["calls"]> {
    const place = this.#places.get(id);
    if (place === undefined) throw new MillraceError("RUN_ENDED", { api: "A task", reason: "" });
    if (place.calls !== undefined) return place.calls;
    const needed = "flow or task that runs in the flow's own process";
    throw new MillraceError("CONTEXT_MISSING", { api: "A task", needed });
  }

  #runOf(nest: number): NestedRun {
    const run = this.#runs.get(nest);
    if (run === undefined) throw new MillraceError("RUN_ENDED", { api: "A future", reason: "" });
    return run;
  }

  /** The body has ended, and counts no more. */
  bodyEnded(): void {
    this.#work.bodyEnded();
  }

  #began({ id: caller, how }: NestMessage, nest: number, run: NestedRun): void {
    this.#runs.set(nest, run);
    this.#work.call(caller, nest);
    const settle = (outcome: Outcome): void => {
      // Nobody has its future, and it may hold much.
      if (how === "call") this.#runs.delete(nest);
      this.#settleWith(nest, outcome, run);
    };
    run.done.then(
      (value) => settle({ value }),
      (error: unknown) => settle({ error }),
    );
  }

  /** A reference to what the worker has, if that is it. */
  #toOwn(nest: number, value: unknown): OwnValue | null {
    const said = this.#said.get(nest);
    if (said === undefined) return null;
    const given = isReturnedState(said.value) ? said.value.value : said.value;
    return Object.is(given, value) ? { is: "own", id: said.id } : null;
  }

  #settleWith(nest: number, outcome: Outcome, run: NestedRun | null): void {
    const isError = "error" in outcome;
    const given = isError ? outcome.error : outcome.value;
    const own = this.#toOwn(nest, given);
    const state = run?.future.state ?? null;
    // Whose the parts of it are the worker knows of what it has itself, and of an error nobody does.
    const made = own !== null || isError ? this.#makerOf(given) : (this.#options.call.calls?.madeIn(given) ?? []);
    const sent = isError ? { error: own ?? packError(given) } : { value: own ?? pack(given) };
    this.#settle({ kind: "settled", nest, outcome: sent, made, state });
  }

  #makerOf(value: unknown): readonly HandedOn[] {
    if (typeof value !== "object" || value === null) return [];
    const by = this.#options.call.calls?.makerOf(value);
    return by === undefined ? [] : [{ at: [], by }];
  }

  #refuse(nest: number, error: unknown): void {
    this.#settle({ kind: "settled", nest, outcome: { error: packError(error) }, made: [], state: null });
  }

  #settle(message: SettledMessage): void {
    const { nest } = message;
    this.#said.delete(nest);
    if (this.#gone === null) {
      try {
        this.#options.post(message);
      } catch (error) {
        this.#options.post({ ...message, outcome: { error: packError(error) }, made: [] });
      }
    }
    this.#work.settle(nest);
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#gone === null && this.isIdle) this.#options.onIdle();
  }

  /** Has the worker call a function of one of the calls, in the name of the code that asks for it here. */
  async #invoke(nest: number, part: Part, args: readonly unknown[]): Promise<unknown> {
    if (this.#gone !== null) throw this.#gone.reason;
    const { call, nextId, post } = this.#options;
    const place = call.host?.place() ?? call;
    if (part === "body") place.signal.throwIfAborted();
    const id = nextId();
    const { taskRun, tags, captureConsole, trace } = place;
    const message: InvokeMessage = {
      kind: "invoke",
      id,
      nest,
      part,
      args: args.map((arg) => this.#toOwn(nest, arg) ?? pack(arg)),
      taskRun: toPlainTaskRun(taskRun),
      tags: [...tags],
      captureConsole,
      trace,
    };
    post(message);
    const onAbort = (): void => this.#abort(id, place.signal.reason);
    const answer = Promise.withResolvers<unknown>();
    this.#places.set(id, place);
    this.#invocations.set(id, { nest, part, place, answer, onAbort });
    this.#work.begin(id, part === "body");
    place.signal.addEventListener("abort", onAbort, { once: true });
    return answer.promise;
  }

  #abort(id: number, reason: unknown): void {
    if (this.#gone !== null) return;
    this.#work.giveUp(id);
    this.#options.post({ kind: "abort", id, reason: packError(reason) });
    if (this.#work.hasGivenUp) this.#options.onGivenUp(reason);
  }

  /** What a function has given or thrown. False when that is of none which was invoked here. */
  answer(message: ValueMessage | FailureMessage): boolean {
    const invocation = this.#invocations.get(message.id);
    if (invocation === undefined) return false;
    this.#end(message.id, invocation);
    if (message.kind === "value") {
      try {
        const value = this.unpack(message.value);
        this.#say(invocation, message.id, value);
        invocation.answer.resolve(value);
      } catch (error) {
        invocation.answer.reject(error);
      }
    } else {
      const { signal } = invocation.place;
      const error: unknown = message.error === "abort-reason" ? signal.reason : unpackError(message.error);
      this.#say(invocation, message.id, error);
      invocation.answer.reject(error);
    }
    this.#tellIdle();
    return true;
  }

  /**
   * What a body has given.
   *
   * @throws RUN_ENDED for a future in it of what was refused
   */
  unpack(value: SentArgument): unknown {
    return unpackArgument(value, this.#values);
  }

  #say({ nest, part }: Invocation, id: number, value: unknown): void {
    if (this.#work.isUnderWay(nest) && (part === "body" || part === "fallback")) this.#said.set(nest, { id, value });
  }

  #end(id: number, { place, onAbort }: Invocation): void {
    this.#invocations.delete(id);
    this.#places.delete(id);
    const hadGivenUp = this.#work.hasGivenUp;
    this.#work.end(id);
    if (hadGivenUp && !this.#work.hasGivenUp) this.#options.onObeyed();
    place.signal.removeEventListener("abort", onAbort);
  }

  /** The worker is no more: what it ran fails with that, and what it would have run is stopped. */
  abandon(reason: unknown): void {
    if (this.#gone !== null) return;
    this.#gone = { reason };
    const running = new Set([...this.#invocations.values()].map(({ nest }) => nest));
    for (const [id, invocation] of this.#invocations) {
      this.#end(id, invocation);
      invocation.answer.reject(reason);
    }
    this.#work.close();
    for (const nest of this.#work.underWay) if (!running.has(nest)) this.#runs.get(nest)?.stop(reason);
  }

  /** The body's worker runs another: nothing is asked of it any more in the name of this one. */
  close(): void {
    this.abandon(new MillraceError("RUN_ENDED", { api: "A function of a task", reason: "" }));
  }
}
