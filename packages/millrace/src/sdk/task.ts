import type { TaskDefinition, TaskOptions } from "../contract/definitions.ts";
import { MillraceError } from "../contract/errors.ts";
import { refuseWhileImporting } from "../contract/importing.ts";
import { brands, type Runtime, runtimeSlot, type TaskFuture } from "../contract/runtime.ts";
import { toMs } from "../kit/duration.ts";
import { parameterNames } from "../kit/parameter-names.ts";
import type { Inputs, MapInputs } from "./annotations.ts";
import { callSite } from "./call-site.ts";
import { codeHashOf } from "./code-hash.ts";
import { changeOptions, checkOptions } from "./options.ts";
import { LoadingFuture } from "./loading-future.ts";
import type { Delivered } from "./returned-states.ts";
import { loadRuntime } from "./runtime.ts";

/** What a task's call gives: a generator streams its values, anything else is awaited. */
export type TaskCall<Result> = Result extends AsyncGenerator<infer Item> | Generator<infer Item>
  ? AsyncGenerator<Item>
  : Promise<Delivered<Awaited<Result>>>;

/** What a future of the task holds: a generator's values as an array. */
export type TaskValue<Result> = Result extends AsyncGenerator<infer Item> | Generator<infer Item>
  ? Item[]
  : Delivered<Awaited<Result>>;

/** A function whose calls are recorded, retried, cached, timed and resumed. */
export interface Task<Args extends readonly unknown[], Result> {
  /** Runs now and returns the value. Rejects with the task's error when retries and fallback are spent. */
  (...args: Inputs<Args>): TaskCall<Result>;
  /** Starts the task on the flow's runner and returns its future. */
  submit(...args: Inputs<Args>): TaskFuture<TaskValue<Result>>;
  /** One call an item of the arrays given, which must be equally long; `unmapped()` passes an array whole. */
  map(...args: MapInputs<Args>): readonly TaskFuture<TaskValue<Result>>[];
  /** The same task with some options changed. */
  withOptions(options: TaskOptions<Args, Delivered<Awaited<Result>>>): Task<Args, Result>;
  /** The bare function, for a unit test. */
  readonly fn: (...args: Args) => Result;
  readonly taskName: string;
  readonly [brands.definition]: TaskDefinition;
}

/**
 * The arguments, inferred from the body alone. NoInfer would do the same but for option functions that take fewer of them,
 * which TypeScript then refuses.
 */
type ArgsOfBody<Args extends readonly unknown[]> = [Args] extends [infer Known extends readonly unknown[]]
  ? Known
  : never;

/**
 * Makes a task of a function.
 *
 * @example const train = task({ name: "train", retries: 3, retryDelay: "10s" }, async (rows: Row[], seed: number) => { … });
 * @throws OPTION_UNKNOWN, OPTION_INVALID
 */
export function task<Args extends readonly unknown[], Result>(fn: (...args: Args) => Result): Task<Args, Result>;
export function task<Args extends readonly unknown[], Result>(
  options: TaskOptions<ArgsOfBody<Args>, Delivered<Awaited<NoInfer<Result>>>>,
  fn: (...args: Args) => Result,
): Task<Args, Result>;
export function task(first: unknown, second?: unknown): unknown {
  const fn = (second ?? first) as TaskDefinition["fn"];
  const options = (second === undefined ? {} : first) as TaskOptions<never[], never>;
  const definition = defineTask(fn, options, callSite(1));
  // By its function, which its variants share, it is found again in a thread or process.
  runtimeSlot().definitions.push(definition);
  return createTask(definition);
}

const generators = new Set(["GeneratorFunction", "AsyncGeneratorFunction"]);

function defineTask(
  fn: TaskDefinition["fn"],
  options: TaskOptions<never[], never>,
  site: TaskDefinition["site"],
): TaskDefinition {
  const name = options.name ?? (fn.name === "" ? "task" : fn.name);
  if (typeof fn !== "function") throw new TypeError(`task(): the body of \`${name}\` must be a function`);
  checkOptions("task", name, options);
  return {
    kind: "task",
    name,
    fn,
    options,
    site,
    parameterNames: parameterNames(fn),
    codeHash: options.version ?? codeHashOf(fn),
    retries: options.retries ?? 0,
    timeoutMs: options.timeout === undefined ? null : toMs(options.timeout),
    expiresInMs: options.expiresIn === undefined ? null : toMs(options.expiresIn),
    isGenerator: generators.has(fn.constructor.name),
  };
}

function createTask(definition: TaskDefinition): Task<never[], unknown> {
  const slot = runtimeSlot();
  const call = definition.isGenerator
    ? (...args: unknown[]): unknown => stream(definition, args)
    : (...args: unknown[]): unknown =>
        slot.runtime?.callTask(definition, args) ??
        firstUse(definition, (runtime) => runtime.callTask(definition, args));
  const extras = {
    submit: (...args: unknown[]): TaskFuture =>
      slot.runtime?.submitTask(definition, args) ??
      new LoadingFuture(
        definition.name,
        firstUse(definition, (runtime) => ({ future: runtime.submitTask(definition, args) })),
      ),
    map: (...args: unknown[]): readonly TaskFuture[] => {
      if (slot.runtime !== undefined) return slot.runtime.mapTask(definition, args);
      refuseWhileImporting(definition);
      // How many futures there are is for the runtime to say, which is not loaded before the first call.
      throw new MillraceError("MAP_TOO_EARLY", { task: definition.name });
    },
    withOptions: (options: TaskOptions<never[], never>) =>
      createTask(
        defineTask(
          definition.fn,
          changeOptions({ ...definition.options, name: definition.name }, options),
          definition.site,
        ),
      ),
    fn: definition.fn,
    taskName: definition.name,
    [brands.definition]: definition,
  };
  Object.defineProperty(call, "name", { value: definition.name });
  return Object.assign(call, extras) as unknown as Task<never[], unknown>;
}

/** The first call of all: nothing is loaded yet. A module that is being imported is refused at once, before its mark is gone. */
function firstUse<T>(definition: TaskDefinition, use: (runtime: Runtime) => T | Promise<T>): Promise<T> {
  refuseWhileImporting(definition);
  return loadAndUse(use);
}

async function loadAndUse<T>(use: (runtime: Runtime) => T | Promise<T>): Promise<T> {
  return use(await loadRuntime());
}

function stream(definition: TaskDefinition, args: readonly unknown[]): AsyncGenerator<unknown> {
  if (runtimeSlot().runtime?.current() === undefined) refuseWhileImporting(definition);
  return streamWhenLoaded(definition, args);
}

async function* streamWhenLoaded(definition: TaskDefinition, args: readonly unknown[]): AsyncGenerator<unknown> {
  yield* (await loadRuntime()).streamTask(definition, args);
}
