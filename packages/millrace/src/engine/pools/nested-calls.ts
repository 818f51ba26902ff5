/**
 * What the body of a worker calls: tasks and steps. The flow's process records them as it does all others, and asks back here
 * for what their functions do: bodies run beside the caller's, on the caller's own values, and give theirs to it as they are.
 */

import type { TaskDefinition } from "../../contract/definitions.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { Runtime, StepSpec, TaskFuture } from "../../contract/runtime.ts";
import { itemAt, toColumns } from "../map-columns.ts";
import { isReturnedState } from "../outcome.ts";
import { partAt } from "../provenance.ts";
import { packArgument, packGiven, type SentArgument, type ValuesOfCalls } from "./arguments.ts";
import { BodyFuture } from "./body-future.ts";
import type { FromWorker, InvokeMessage, MadeMessage, NestMessage, OwnValue, SettledMessage } from "./messages.ts";
import { callPart } from "./nested-parts.ts";
import { pack, type Parcel, type SentError, unpack, unpackError } from "./parcel.ts";
import { toSentTask } from "./sent-task.ts";
import { type Clone, findUnclonable, isClonable } from "./unclonable.ts";

type Body = (...args: readonly unknown[]) => unknown;
type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** One call, as long as it is under way. */
export interface Nest {
  readonly future: BodyFuture;
  readonly made:
    | { readonly definition: TaskDefinition; readonly args: readonly unknown[]; readonly body: Body | null }
    | StepSpec;
  /** What its functions have given, by the ids they were invoked with: the flow's process says which of it counts. */
  readonly kept: Map<number, Outcome>;
}

/** Who calls. */
export interface Caller {
  /** The id of its place. */
  readonly id: number;
  readonly tags: readonly string[];
}

export interface NestedCallsOptions {
  readonly runner: "thread" | "process";
  readonly clone: Clone;
  readonly clock: Runtime["clock"];
  /** Throws when the message cannot be cloned. */
  readonly post: (message: FromWorker) => void;
}

export class NestedCalls {
  readonly #options: NestedCallsOptions;
  readonly #nests = new Map<number, Nest>();
  /** The paths of the calls that have given, or thrown, what the body has. */
  #makers = new WeakMap<object, string>();
  readonly #values: ValuesOfCalls = {
    nestOf: (future: TaskFuture) => (future instanceof BodyFuture ? future.nest : undefined),
    makerOf: (value) => this.#makers.get(value),
  };
  #last = 0;
  /** Something was called since the body began. */
  #hasCalled = false;

  constructor(options: NestedCallsOptions) {
    this.#options = options;
  }

  /** What the body runs in. */
  get runner(): "thread" | "process" {
    return this.#options.runner;
  }

  get clock(): Runtime["clock"] {
    return this.#options.clock;
  }

  /** A call of another body begins: what the one before has left is nobody's. */
  reset(): void {
    if (!this.#hasCalled) return;
    this.#nests.clear();
    this.#makers = new WeakMap();
    this.#hasCalled = false;
  }

  /** @param body runs in place of the task's own */
  call(
    caller: Caller,
    {
      how,
      definition,
      args,
      body = null,
    }: {
      readonly how: "call" | "submit";
      readonly definition: TaskDefinition;
      readonly args: readonly unknown[];
      readonly body?: Body | null;
    },
  ): BodyFuture {
    const [future] = this.#nest(caller, { how, definition, args, items: [args], body });
    if (future === undefined) throw new Error("A call that is none");
    return future;
  }

  map(caller: Caller, definition: TaskDefinition, args: readonly unknown[]): readonly BodyFuture[] {
    const { columns, length } = toColumns(definition, args);
    const items = Array.from({ length }, (_, at) => itemAt(columns, at));
    // What was iterated over cannot be a second time.
    const given = args.map((arg, at) => (columns[at]?.kind === "mapped" ? columns[at].items : arg));
    return this.#nest(caller, { how: "map", definition, args: given, items, body: null });
  }

  async step({ id, tags }: Caller, spec: StepSpec): Promise<unknown> {
    const nest = ++this.#last;
    this.#hasCalled = true;
    const future = this.#createFuture(nest, spec.name);
    this.#nests.set(nest, { future, made: spec, kept: new Map() });
    const { kind, name, key, preview } = spec;
    const sent = { kind, name, ...(key === undefined ? {} : { key }), ...(preview === undefined ? {} : { preview }) };
    this.#options.post({ kind: "step", id, nest, spec: sent, tags });
    return future.result();
  }

  #nest(
    caller: Caller,
    call: Pick<NestMessage, "how"> & {
      readonly definition: TaskDefinition;
      readonly args: readonly unknown[];
      readonly items: readonly (readonly unknown[])[];
      readonly body: Body | null;
    },
  ): readonly BodyFuture[] {
    const { how, definition, args, items, body } = call;
    const { waitFor, key } = definition.options;
    const { runner } = this.#options;
    const first = this.#last + 1;
    const message: NestMessage = {
      kind: "nest",
      id: caller.id,
      first,
      how,
      task: toSentTask(definition, {
        runner,
        waitFor: waitFor === undefined ? undefined : packArgument(waitFor, this.#values),
      }),
      args: args.map((arg) => packArgument(arg, this.#values)),
      keys: items.map((item) =>
        typeof key === "function" ? (key as unknown as (...args: readonly unknown[]) => string)(...item) : key,
      ),
      tags: caller.tags,
    };
    this.#post(message, definition, args);
    this.#last += items.length;
    this.#hasCalled = true;
    return items.map((item, at) => {
      const nest = first + at;
      const future = this.#createFuture(nest, definition.name);
      this.#nests.set(nest, { future, made: { definition, args: item, body }, kept: new Map() });
      return future;
    });
  }

  #createFuture(nest: number, taskName: string): BodyFuture {
    const { clock, post } = this.#options;
    return new BodyFuture({ nest, taskName, clock, cancel: (reason) => post({ kind: "cancel", nest, reason }) });
  }

  #post(message: NestMessage, definition: TaskDefinition, args: readonly unknown[]): void {
    const { post, clone, runner } = this.#options;
    try {
      post(message);
    } catch (error) {
      const at = message.args.findIndex((sent) => !isClonable(sent, clone));
      const name = definition.parameterNames[at] ?? `argument ${at + 1}`;
      const { path, reason } = findUnclonable(valueOf(message.args[at]) ?? args[at], name, clone);
      const what = "An argument";
      throw new MillraceError(
        "BODY_VALUE_UNCLONABLE",
        { what, task: definition.name, runner, path, reason },
        { cause: error },
      );
    }
  }

  made({ first, taskRunIds }: MadeMessage): void {
    for (const [at, id] of taskRunIds.entries()) this.#nests.get(first + at)?.future.made(id);
  }

  /** Calls a function of what was called; the context around is that of the run which it is for. */
  async perform({ nest: number, part, args }: InvokeMessage, signal: AbortSignal): Promise<unknown> {
    const nest = this.#nests.get(number);
    if (nest === undefined) throw new MillraceError("RUN_ENDED", { api: part, reason: "" });
    if (part === "body") nest.future.began();
    return callPart(nest, { part, args: args.map((arg) => this.#open(arg, nest)), signal });
  }

  /** What a body has given, as it crosses. */
  packGiven(value: unknown): SentArgument {
    return this.#hasCalled ? packGiven(value, this.#values) : pack(value);
  }

  /** What a function has given or thrown, as it is told. */
  keep({ id, nest }: InvokeMessage, outcome: Outcome): void {
    this.#nests.get(nest)?.kept.set(id, outcome);
  }

  settled({ nest: number, outcome, made, state }: SettledMessage): void {
    const nest = this.#nests.get(number);
    if (nest === undefined) return;
    this.#nests.delete(number);
    const isError = "error" in outcome;
    const value = this.#open(isError ? outcome.error : outcome.value, nest);
    for (const { at, by } of made) {
      const part = partAt(value, at);
      if (typeof part !== "object" || part === null) continue;
      // A value counts by the first call that has given it, an error by the last that has thrown it.
      if (isError || !this.#makers.has(part)) this.#makers.set(part, by);
    }
    nest.future.settle(isError ? { error: value } : { value }, state);
  }

  #open(sent: Parcel | SentError | OwnValue, nest: Nest): unknown {
    if (!("is" in sent)) return unpackError(sent);
    if (sent.is !== "own") return unpack(sent);
    const kept = nest.kept.get(sent.id);
    if (kept === undefined) throw new Error("What a function has given is not there any more");
    const value = "value" in kept ? kept.value : kept.error;
    return isReturnedState(value) ? value.value : value;
  }
}

function valueOf(sent: SentArgument | undefined): unknown {
  const parcel = sent?.is === "marked" ? sent.parcel : sent;
  return parcel?.is === "value" ? parcel.value : undefined;
}
