/** What a call of a task does, from its definition: everything that does not depend on the call is made once a definition. */

import type { CachePolicy, ConcurrencyOption, TaskDefinition, TaskHook } from "../contract/definitions.ts";
import type { RuntimeSlot } from "../contract/runtime.ts";
import type { Masker } from "../kit/mask.ts";
import { fillTemplate } from "../kit/template.ts";
import { lookUp } from "./caching.ts";
import type { Engine } from "./engine.ts";
import { fallBack } from "./fall-back.ts";
import { resolveInputs } from "./inputs.ts";
import type { TaskExecution } from "./task-run.ts";
import type { Work, WorkHooks } from "./work.ts";

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

/** What calls that are made together share. */
export interface TaskCalls {
  readonly engine: Engine;
  readonly definition: TaskDefinition;
  readonly callerTags: readonly string[];
  /** Runs in place of the body: a stand-in, or a stream's pump. */
  readonly body: Body | null;
  /** Where the body runs when the definition does not say. */
  readonly runner: TaskDefinition["options"]["runner"];
}

/** One call's work. Little of it is its own: many may wait for their turn. */
export class TaskWork implements Work {
  #task: CompiledTask;
  readonly #calls: TaskCalls;
  readonly #hasFutures: boolean;
  /** With the values of futures once these are known; none when the call has ended. */
  #args: readonly unknown[];
  #preview: string | null = null;
  #runName: string | null = null;

  /** @param hasFutures whether futures are among the arguments */
  constructor(calls: TaskCalls, args: readonly unknown[], hasFutures: boolean) {
    this.#task = compile(calls.definition);
    this.#calls = calls;
    this.#args = args;
    this.#hasFutures = hasFutures;
  }

  get kind(): "task" {
    return "task";
  }

  get childFlowRunId(): null {
    return null;
  }

  get taskName(): string {
    return this.#task.definition.name;
  }

  get codeHash(): string {
    return this.#task.definition.codeHash;
  }

  get retries(): number {
    return this.#task.definition.retries;
  }

  get timeoutMs(): number | null {
    return this.#task.definition.timeoutMs;
  }

  get hooks(): WorkHooks | null {
    return this.#task.hooks;
  }

  get options(): Work["options"] {
    return this.#task.definition.options as Work["options"];
  }

  get tags(): readonly string[] {
    return joinTags(this.#calls.callerTags, this.#task.tags);
  }

  get prepare(): Work["prepare"] {
    const { options, describe } = this.#task.definition;
    const waits = this.#hasFutures || options.waitFor !== undefined || describe !== undefined;
    return waits ? (execution) => this.#resolve(execution) : null;
  }

  get lookUp(): Work["lookUp"] {
    const { policy, definition } = this.#task;
    if (policy === null) return null;
    return (execution) => lookUp(this.#calls.engine, definition, policy, execution, this.#args);
  }

  get fallback(): Work["fallback"] {
    const { fallback } = this.#task.definition.options;
    return fallback === undefined ? null : (error) => fallBack(fallback, error, this.#args);
  }

  release(): void {
    this.#args = noArgs;
  }

  get runName(): string {
    this.#runName ??= this.#nameRun();
    return this.#runName;
  }

  get preview(): string | null {
    if (this.#preview === null && this.#args.length === 0) return null;
    this.#preview ??= this.#args.map((arg) => this.#calls.engine.preview(arg)).join(", ");
    return this.#preview;
  }

  get slots(): Work["slots"] {
    const { concurrency } = this.#task;
    return concurrency.length === 0
      ? noSlots
      : concurrency.map(({ key, limit = 1 }) => ({ name: this.#text(key), limit }));
  }

  body(execution: TaskExecution): unknown {
    const { engine, definition, body } = this.#calls;
    if (body !== null) return this.#whole(body(...this.#args));
    const runner = definition.options.runner ?? this.#calls.runner;
    if (runner !== undefined && runner.kind !== "concurrent") {
      return engine.pools.run({ kind: runner.kind, limit: runner.limit, definition, args: this.#args, execution });
    }
    return this.#whole((definition.fn as Body)(...this.#args));
  }

  /** All that a generator gives, as one array; any other value as it is. */
  #whole(value: unknown): unknown {
    return this.#task.definition.isGenerator && isIterable(value) ? collect(value) : value;
  }

  async #resolve(execution: TaskExecution): Promise<void> {
    const { options, describe } = this.#task.definition;
    this.#args = await resolveInputs(this.#args, options.waitFor, execution);
    if (describe !== undefined) this.#task = compile(await describe());
    this.#runName = null;
  }

  #nameRun(): string {
    const { runName } = this.#task.definition.options;
    if (runName === undefined) return this.taskName;
    try {
      return shorten(this.#calls.engine.ports.masker.mask(this.#text(runName)));
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

/** Names are read in lists: what is longer is cut. In characters. */
const maxNameLength = 200;

export function shorten(name: string): string {
  return name.length <= maxNameLength ? name : `${name.slice(0, maxNameLength - 1).toWellFormed()}…`;
}

const noSlots: Work["slots"] = [];
const noArgs: readonly unknown[] = [];

export function joinTags(outer: readonly string[], own: readonly string[]): readonly string[] {
  if (own.length === 0) return outer;
  if (outer.length === 0) return own;
  return [...new Set([...outer, ...own])];
}

/** Tags as they are recorded. What holds a slot of a tag's limit goes by the tag itself. */
export function maskTags(tags: readonly string[], masker: Masker): readonly string[] {
  return tags.length === 0 ? tags : [...new Set(tags.map((tag) => masker.mask(tag)))];
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
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
