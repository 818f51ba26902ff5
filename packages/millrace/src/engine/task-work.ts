/** What a call of a task does, from its definition: everything that does not depend on the call is made once a definition. */

import type { CachePolicy, ConcurrencyOption, TaskDefinition, TaskHook } from "../contract/definitions.ts";
import { brands, type RuntimeSlot } from "../contract/runtime.ts";
import { previewValue } from "../kit/preview.ts";
import { fillTemplate } from "../kit/template.ts";
import { lookUp } from "./caching.ts";
import type { Engine } from "./engine.ts";
import { resolveInputs } from "./inputs.ts";
import type { TaskExecution, Work, WorkHooks } from "./task-run.ts";

type Body = (...args: readonly unknown[]) => unknown;

/** The parts of a definition that its calls share. */
interface CompiledTask {
  readonly definition: TaskDefinition;
  readonly policy: CachePolicy | null;
  readonly hooks: WorkHooks | null;
  readonly concurrency: readonly ConcurrencyOption[];
  readonly tags: readonly string[];
}

const compiled = new WeakMap<TaskDefinition, CompiledTask>();

function compile(definition: TaskDefinition): CompiledTask {
  const known = compiled.get(definition);
  if (known !== undefined) return known;
  const { cache, concurrency, tags = [] } = definition.options;
  const made: CompiledTask = {
    definition,
    policy: cache === undefined ? null : typeof cache === "function" ? ownKey(cache) : cache,
    hooks: compileHooks(definition),
    concurrency: concurrency === undefined ? [] : ([concurrency].flat() as readonly ConcurrencyOption[]),
    tags,
  };
  compiled.set(definition, made);
  return made;
}

function ownKey(key: Extract<TaskDefinition["options"]["cache"], (...args: never[]) => unknown>): CachePolicy {
  return { parts: [{ kind: "function", key }], and: refuse, without: refuse };
}

function refuse(): never {
  throw new TypeError("A policy of one key function is not composed");
}

function compileHooks({ options }: TaskDefinition): WorkHooks | null {
  const { onRunning, onCompletion, onFailure, onCommit = null, onRollback = null } = options;
  const lists = [onRunning, onCompletion, onFailure].map((hook) => (hook === undefined ? [] : [hook].flat()));
  if (lists.every((list) => list.length === 0) && onCommit === null && onRollback === null) return null;
  const [running = [], completion = [], failure = []] = lists as readonly TaskHook[][];
  return {
    onRunning: running,
    onCompletion: completion,
    onFailure: failure,
    onCommit: onCommit as WorkHooks["onCommit"],
    onRollback: onRollback as WorkHooks["onRollback"],
  };
}

export interface TaskCall {
  readonly engine: Engine;
  readonly definition: TaskDefinition;
  readonly args: readonly unknown[];
  /** Futures are among the arguments, or `waitFor` may hold some. */
  readonly hasFutures: boolean;
  readonly callerTags: readonly string[];
  /** Runs in place of the body: a stand-in, or a stream's pump. */
  readonly body: Body | null;
  /** Where the body runs when the definition does not say. */
  readonly runner: TaskDefinition["options"]["runner"];
}

/** One call's work. */
export class TaskWork implements Work {
  readonly kind = "task";
  readonly childFlowRunId = null;
  readonly taskName: string;
  readonly codeHash: string;
  readonly retries: number;
  readonly timeoutMs: number | null;
  readonly tags: readonly string[];
  readonly hooks: WorkHooks | null;
  readonly options: Work["options"];
  readonly prepare: Work["prepare"];
  readonly lookUp: Work["lookUp"];
  readonly fallback: Work["fallback"];
  readonly #task: CompiledTask;
  readonly #call: TaskCall;
  #args: readonly unknown[];
  #preview: string | null = null;
  #runName: string | null = null;

  constructor(call: TaskCall) {
    const task = compile(call.definition);
    const { definition } = task;
    const { fallback, waitFor } = definition.options;
    this.#task = task;
    this.#call = call;
    this.#args = call.args;
    this.taskName = definition.name;
    this.codeHash = definition.codeHash;
    this.retries = definition.retries;
    this.timeoutMs = definition.timeoutMs;
    this.hooks = task.hooks;
    this.options = definition.options as Work["options"];
    this.tags = joinTags(call.callerTags, task.tags);
    this.prepare = call.hasFutures || waitFor !== undefined ? (execution) => this.#resolve(execution) : null;
    const { policy } = task;
    this.lookUp =
      policy === null ? null : (execution) => lookUp(call.engine, definition, policy, execution, this.#args);
    this.fallback = fallback === undefined ? null : (error) => this.#fallBack(fallback, error);
  }

  get runName(): string {
    this.#runName ??= this.#nameRun();
    return this.#runName;
  }

  get preview(): string | null {
    if (this.#call.args.length === 0) return null;
    this.#preview ??= this.#call.engine.ports.masker.mask(this.#call.args.map((arg) => previewValue(arg)).join(", "));
    return this.#preview;
  }

  get slots(): Work["slots"] {
    const { concurrency } = this.#task;
    return concurrency.length === 0
      ? noSlots
      : concurrency.map(({ key, limit = 1 }) => ({ name: this.#text(key), limit }));
  }

  body(execution: TaskExecution): unknown {
    const { engine, definition, body } = this.#call;
    if (body !== null) return body(...this.#args);
    const runner = definition.options.runner ?? this.#call.runner;
    if (runner !== undefined && runner.kind !== "concurrent") {
      return engine.runInPool({ kind: runner.kind, limit: runner.limit, definition, args: this.#args, execution });
    }
    const value = (definition.fn as Body)(...this.#args);
    return definition.isGenerator ? collect(value as AsyncIterable<unknown>) : value;
  }

  async #resolve(execution: TaskExecution): Promise<void> {
    this.#args = await resolveInputs(this.#call.args, this.#call.definition.options.waitFor, execution);
    this.#runName = null;
  }

  #fallBack(fallback: NonNullable<TaskDefinition["options"]["fallback"]>, error: unknown): unknown {
    if (brands.definition in fallback) return (fallback as unknown as Body)(...this.#args);
    if (typeof fallback === "function") return (fallback as unknown as Body)(error, ...this.#args);
    return (fallback as { readonly value: unknown }).value;
  }

  #nameRun(): string {
    const { runName } = this.#task.definition.options;
    if (runName === undefined) return this.taskName;
    try {
      return this.#text(runName);
    } catch (error) {
      // A name is worth less than the run.
      return `${this.taskName} (${error instanceof Error ? error.message : String(error)})`;
    }
  }

  /** A template over the parameters, or a function of the arguments. */
  #text(text: string | ((...args: never[]) => string)): string {
    if (typeof text === "function") return String((text as unknown as Body)(...this.#args));
    if (!text.includes("{")) return text;
    const { parameterNames } = this.#task.definition;
    return fillTemplate(text, Object.fromEntries(this.#args.map((arg, at) => [parameterNames[at] ?? `arg${at}`, arg])));
  }
}

const noSlots: Work["slots"] = [];

export function joinTags(outer: readonly string[], own: readonly string[]): readonly string[] {
  if (own.length === 0) return outer;
  if (outer.length === 0) return own;
  return [...new Set([...outer, ...own])];
}

async function collect(values: AsyncIterable<unknown> | Iterable<unknown>): Promise<unknown[]> {
  const collected: unknown[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

/** The base of a call's key: what makes two calls of a scope the same, but for their occurrence. */
export function baseKeyOf(definition: TaskDefinition, args: readonly unknown[], digest: string): string {
  const { key } = definition.options;
  if (key === undefined) return `${definition.name}#${digest}`;
  const given = typeof key === "function" ? (key as unknown as (...args: readonly unknown[]) => string)(...args) : key;
  return `${definition.name}@${given}`;
}

/** The stand-in for a task in this process, if a test has set one. */
export function standInFor(slot: RuntimeSlot, definition: TaskDefinition): Body | null {
  return slot.standIns.size === 0 ? null : ((slot.standIns.get(definition) as Body | undefined) ?? null);
}
