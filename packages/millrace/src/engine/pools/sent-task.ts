/**
 * A task that a body calls, as it crosses to the flow's process: what it is called and what it wants, with its functions left
 * where they are. What belongs to the module that defines it is found there by its address.
 */

import type { CachePart, ConcurrencyOption, TaskDefinition, TaskHook } from "../../contract/definitions.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { Duration } from "../../kit/duration.ts";
import type { SentArgument } from "./arguments.ts";
import type { SentError } from "./parcel.ts";
import { addressOf, findTask, type TaskAddress } from "./task-address.ts";

type Options = TaskDefinition["options"];

/** Options that cross as they are. */
const plainNames = [
  "tags",
  "persistResult",
  "logLevel",
  "captureConsole",
  "retryJitter",
  "refreshCache",
  "isolation",
  "durableStart",
] as const satisfies readonly (keyof Options)[];

/** Options that are needed after the body has ended, or hold what cannot cross: those of the task's module count. */
export const moduleNames = [
  "resultStorage",
  "resultSerializer",
  "onCommit",
  "onRollback",
] as const satisfies readonly (keyof Options)[];

export const hookNames = ["onRunning", "onCompletion", "onFailure"] as const;

export interface SentTask extends Omit<TaskDefinition, "kind" | "fn" | "options" | "describe"> {
  /** Null where it is not known where it was written. */
  readonly address: TaskAddress | null;
  readonly plain: Pick<Options, (typeof plainNames)[number]>;
  readonly ofModule: readonly (typeof moduleNames)[number][];
  /** Null where a function says it, which is asked for when the delay is needed. */
  readonly retryDelay: Duration | readonly Duration[] | null | undefined;
  readonly waitFor: SentArgument | undefined;
  readonly hooks: Readonly<Record<(typeof hookNames)[number], number>>;
  readonly hasRetryIf: boolean;
  readonly hasFallback: boolean;
  readonly texts: SentTexts;
}

/** What names a call and its keys; null where a function does, which is asked for when the inputs are there. */
export interface SentTexts {
  readonly runName: string | null | undefined;
  readonly concurrency: readonly { readonly key: string | null; readonly limit: number | undefined }[];
  readonly cache: readonly (Exclude<CachePart, { kind: "function" }> | null)[] | undefined;
}

/** What functions say of one call; of each what it has given or thrown. */
export interface Description {
  readonly runName: Told | null;
  /** Of those that are functions, in their order; null of the others. */
  readonly concurrency: readonly (Told | null)[];
  readonly cache: readonly (Told | null)[];
}

export type Told = { readonly text: string | undefined } | { readonly error: SentError };

export function needsDescription({ runName, concurrency, cache }: SentTexts): boolean {
  return runName === null || concurrency.some(({ key }) => key === null) || cache?.includes(null) === true;
}

/**
 * @param runner where the task is called, for the error
 * @throws BODY_VALUE_UNCLONABLE for options which only the flow's process can have
 */
export function toSentTask(
  definition: TaskDefinition,
  { runner, waitFor }: { readonly runner: "thread" | "process"; readonly waitFor: SentArgument | undefined },
): SentTask {
  const { name, site, parameterNames, codeHash, retries, timeoutMs, expiresInMs, isGenerator, options } = definition;
  const { retryDelay, runName, retryIf, fallback } = options;
  return {
    name,
    site,
    parameterNames,
    codeHash,
    retries,
    timeoutMs,
    expiresInMs,
    isGenerator,
    address: addressOf(definition),
    plain: Object.fromEntries(
      plainNames.flatMap((each) => (options[each] === undefined ? [] : [[each, options[each]]])),
    ),
    ofModule: namesOfModule(definition, runner),
    retryDelay: typeof retryDelay === "function" ? null : retryDelay,
    waitFor,
    hooks: {
      onRunning: hooksOf(definition, "onRunning").length,
      onCompletion: hooksOf(definition, "onCompletion").length,
      onFailure: hooksOf(definition, "onFailure").length,
    },
    hasRetryIf: retryIf !== undefined,
    hasFallback: fallback !== undefined,
    texts: {
      runName: typeof runName === "function" ? null : runName,
      concurrency: concurrencyOf(definition).map(({ key, limit }) => ({
        key: typeof key === "function" ? null : key,
        limit,
      })),
      cache: cachePartsOf(definition)?.map((part) => (part.kind === "function" ? null : part)),
    },
  };
}

function namesOfModule(
  definition: TaskDefinition,
  runner: "thread" | "process",
): readonly (typeof moduleNames)[number][] {
  const address = addressOf(definition);
  const base = address === null ? null : findTask(address);
  const given = moduleNames.filter((name) => definition.options[name] !== undefined);
  const own = given.find((name) => definition.options[name] !== base?.options[name]);
  if (own === undefined) return given;
  const reason = "is not that of the task as its module defines it";
  throw new MillraceError("BODY_VALUE_UNCLONABLE", {
    what: "An option",
    task: definition.name,
    runner,
    path: own,
    reason,
  });
}

export function hooksOf({ options }: TaskDefinition, name: (typeof hookNames)[number]): readonly TaskHook[] {
  const hooks = options[name];
  return hooks === undefined ? [] : ([hooks].flat() as readonly TaskHook[]);
}

export function concurrencyOf({ options: { concurrency } }: TaskDefinition): readonly ConcurrencyOption[] {
  return concurrency === undefined ? [] : ([concurrency].flat() as readonly ConcurrencyOption[]);
}

/** A key function of its own is a policy of one part. */
export function cachePartsOf({ options: { cache } }: TaskDefinition): readonly CachePart[] | undefined {
  return typeof cache === "function" ? [{ kind: "function", key: cache }] : cache?.parts;
}
