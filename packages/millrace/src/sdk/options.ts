/** Checks options where they are written, so that a mistake is named at the definition and not at night in a run. */

import { MillraceError } from "../contract/errors.ts";
import { type Duration, toMs } from "../kit/duration.ts";
import { nearest } from "../kit/nearest.ts";

type Check = (value: unknown) => string | null;

const isString: Check = (value) =>
  typeof value === "string" && value.length > 0 ? null : "it must be a text that is not empty";
const isBoolean: Check = (value) => (typeof value === "boolean" ? null : "it must be true or false");
const isFunction: Check = (value) => (typeof value === "function" ? null : "it must be a function");
const isHook: Check = (value) =>
  (Array.isArray(value) ? value : [value]).every((hook) => typeof hook === "function")
    ? null
    : "it must be a function or a list of functions";
const isTextOrFunction: Check = (value) =>
  typeof value === "function" || (typeof value === "string" && value.length > 0)
    ? null
    : "it must be a text or a function";
const isObject: Check = (value) => (typeof value === "object" && value !== null ? null : "it must be an object");
const isTags: Check = (value) =>
  Array.isArray(value) && value.every((tag) => typeof tag === "string" && tag.length > 0)
    ? null
    : "it must be a list of texts";
const anything: Check = () => null;

const isRetries: Check = (value) =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 1000
    ? null
    : "it must be a whole number from 0 to 1,000";

const isDuration: Check = (value) => {
  try {
    return toMs(value as Duration) >= 0 ? null : "it must not be negative";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const isPositiveDuration: Check = (value) =>
  isDuration(value) ?? (toMs(value as Duration) > 0 ? null : "it must be more than zero");

const isRetryDelay: Check = (value) => {
  if (typeof value === "function") return null;
  if (!Array.isArray(value)) return isDuration(value);
  if (value.length === 0) return "a list of delays must not be empty";
  for (const delay of value) {
    const problem = isDuration(delay);
    if (problem !== null) return problem;
  }
  return null;
};

const isLimit: Check = (value) =>
  typeof value === "number" && Number.isInteger(value) && value >= 1
    ? null
    : "`limit` must be a whole number of at least 1";

const isRunner: Check = (value) => {
  const problem = isObject(value);
  if (problem !== null) return problem;
  const { kind, limit = 1 } = value as { readonly kind: unknown; readonly limit?: unknown };
  return ["concurrent", "threads", "processes"].includes(kind as string)
    ? isLimit(limit)
    : "use concurrent(), threads() or processes()";
};

/** What is submitted in a flow shares the flow's limit; a task of it has no queue of its own. */
const isTaskRunner: Check = (value) => {
  const problem = isRunner(value);
  if (problem !== null) return problem;
  const { kind, limit } = value as { readonly kind: string; readonly limit?: number };
  return kind === "concurrent" && limit !== undefined
    ? "a task's concurrent() has no limit of its own: use the flow's `taskRunner`, or `concurrency: { key, limit }`"
    : null;
};

const isSchema: Check = (value) =>
  (typeof value === "object" || typeof value === "function") && value !== null && "~standard" in value
    ? null
    : "it must be a Standard Schema, for example z.object({ … })";

const isOneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value as string) ? null : `it must be one of ${values.join(", ")}`;

const isConcurrency: Check = (value) => {
  for (const entry of Array.isArray(value) ? value : [value]) {
    const { key, limit = 1 } = (entry ?? {}) as { key?: unknown; limit?: unknown };
    if (isTextOrFunction(key) !== null) return "each needs a `key`: a text or a function";
    const problem = isLimit(limit);
    if (problem !== null) return problem;
  }
  return null;
};

const isFallback: Check = (value) =>
  typeof value === "function" || (typeof value === "object" && value !== null && "value" in value)
    ? null
    : "it must be { value }, a function, or a task";

const common: Readonly<Record<string, Check>> = {
  name: isString,
  description: isString,
  version: isString,
  tags: isTags,
  retries: isRetries,
  retryDelay: isRetryDelay,
  timeout: isPositiveDuration,
  persistResult: isBoolean,
  resultStorage: isObject,
  resultSerializer: isObject,
  logLevel: isOneOf("trace", "debug", "info", "warn", "error", "fatal"),
  captureConsole: isBoolean,
  onRunning: isHook,
  onCompletion: isHook,
  onFailure: isHook,
  runName: isTextOrFunction,
};

const flowChecks: Readonly<Record<string, Check>> = {
  ...common,
  parameters: isSchema,
  taskRunner: isRunner,
  key: isTextOrFunction,
  onCancellation: isHook,
  onCrashed: isHook,
};

const taskChecks: Readonly<Record<string, Check>> = {
  ...common,
  retryJitter: (value) =>
    typeof value === "number" && value >= 0 && value <= 100 ? null : "it must be a number from 0 to 100",
  retryIf: isFunction,
  cache: (value) =>
    typeof value === "function" || (typeof value === "object" && value !== null && "parts" in value)
      ? null
      : "use inputs(), code(), run(), flowParameters() or a function",
  expiresIn: isPositiveDuration,
  isolation: isOneOf("read-committed", "serializable"),
  refreshCache: isBoolean,
  fallback: isFallback,
  concurrency: isConcurrency,
  waitFor: anything,
  key: isTextOrFunction,
  runner: isTaskRunner,
  durableStart: isBoolean,
  onCommit: isFunction,
  onRollback: isFunction,
};

/** What says something of the cache alone. */
const cacheOptions = ["expiresIn", "isolation", "refreshCache"] as const;

/** The options of a task with some changed. Without its cache, what was said of that no longer holds. */
export function changeOptions<Options extends object>(options: Options, changes: Options): Options {
  const isUncached = "cache" in changes && changes.cache === undefined;
  const dropped = isUncached ? Object.fromEntries(cacheOptions.map((each) => [each, undefined])) : {};
  return { ...options, ...dropped, ...changes };
}

/** Options that do nothing without another. */
function findIdle(options: object): { readonly option: string; readonly reason: string } | null {
  const given = options as Readonly<Record<string, unknown>>;
  if (given.cache !== undefined) return null;
  const option = cacheOptions.find((each) => given[each] !== undefined);
  return option === undefined ? null : { option, reason: "without `cache` it does nothing: add `cache: inputs()`" };
}

function suggest(option: string, known: readonly string[]): string {
  const meant = nearest(option, known);
  return meant === null ? "" : ` Did you mean \`${meant}\`?`;
}

/** Throws OPTION_UNKNOWN or OPTION_INVALID. An option given as undefined counts as absent. */
export function checkOptions(kind: "flow" | "task", name: string, options: object): void {
  const checks = kind === "flow" ? flowChecks : taskChecks;
  const definition = `${kind === "flow" ? "Flow" : "Task"} \`${name}\``;
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const check = Object.hasOwn(checks, option) ? checks[option] : undefined;
    if (check === undefined) {
      throw new MillraceError("OPTION_UNKNOWN", {
        definition,
        option,
        suggestion: suggest(option, Object.keys(checks)),
      });
    }
    const reason = check(value);
    if (reason !== null) throw new MillraceError("OPTION_INVALID", { definition, option, reason });
  }
  const idle = findIdle(options);
  if (idle !== null) throw new MillraceError("OPTION_INVALID", { definition, ...idle });
}
