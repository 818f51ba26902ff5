/** A task that a body has called, as the engine knows tasks: each of its functions is asked for where the body runs. */

import type { CachePart, CachePolicy, TaskDefinition } from "../../contract/definitions.ts";
import { MillraceError } from "../../contract/errors.ts";
import type { BodyCalls } from "../../contract/pools.ts";
import type { Part } from "./messages.ts";
import { unpackError } from "./parcel.ts";
import { type Description, hookNames, needsDescription, type SentTask, type Told } from "./sent-task.ts";
import { findTask } from "./task-address.ts";

type Options = TaskDefinition["options"];

export interface NestedDefinitionOptions {
  readonly task: SentTask;
  /** What its `key` option is. */
  readonly key: string | undefined;
  readonly waitFor: unknown;
  readonly runner: "thread" | "process";
  readonly calls: BodyCalls;
  readonly invoke: (part: Part, args: readonly unknown[]) => Promise<unknown>;
  /** Its worker is no more, and with it what its functions were. */
  readonly isGone: () => boolean;
}

/** @throws BODY_VALUE_UNCLONABLE, TASK_NOT_IMPORTABLE for options that its module would have to have here, and has not */
export function toNestedDefinition(options: NestedDefinitionOptions): TaskDefinition {
  const { task, invoke, calls } = options;
  const { name, site, parameterNames, codeHash, retries, timeoutMs, expiresInMs, isGenerator, address } = task;
  const known = address === null ? null : findTask(address);
  const standIn = known === null ? null : calls.standInFor(known);
  const definition: TaskDefinition = {
    kind: "task",
    name,
    site,
    parameterNames,
    codeHash,
    retries,
    timeoutMs,
    expiresInMs,
    // What a generator gives is collected where it runs.
    isGenerator: isGenerator && standIn !== null,
    fn: standIn ?? (() => invoke("body", [])),
    options: { ...toOptions(options), ...optionsOfModule(options, known), ...toTexts(task, null) },
  };
  if (!needsDescription(task.texts)) return definition;
  const describe = async (): Promise<TaskDefinition> => {
    const description = (await invoke("describe", [])) as Description;
    return { ...definition, options: { ...definition.options, ...toTexts(task, description) } };
  };
  return { ...definition, describe };
}

function toOptions({ task, key, waitFor, invoke, isGone }: NestedDefinitionOptions): Options {
  const { plain, retryDelay, hooks, hasRetryIf, hasFallback } = task;
  const retryIf = async (error: unknown, attempt: number): Promise<boolean> => {
    if (isGone()) return false;
    return hasRetryIf ? Boolean(await invoke("retryIf", [error, attempt])) : true;
  };
  const askedDelay = async (attempt: number): Promise<unknown> => (isGone() ? 0 : invoke("retryDelay", [attempt]));
  return {
    ...plain,
    // Where its caller runs, whatever it says itself.
    runner: { kind: "concurrent" },
    retryIf,
    ...(key === undefined ? {} : { key }),
    ...(waitFor === undefined ? {} : { waitFor }),
    ...(retryDelay === undefined ? {} : { retryDelay: retryDelay ?? (askedDelay as never) }),
    ...(hasFallback ? { fallback: ((error: unknown) => invoke("fallback", [error])) as never } : {}),
    ...Object.fromEntries(
      hookNames.map((name) => [
        name,
        Array.from({ length: hooks[name] }, (_, at) => (event: unknown) => invoke(`${name} ${at}`, [event])),
      ]),
    ),
  };
}

function optionsOfModule({ task, runner }: NestedDefinitionOptions, known: TaskDefinition | null): Options {
  if (task.ofModule.length > 0 && known === null) {
    const module = task.site?.module ?? "(unknown)";
    throw new MillraceError("TASK_NOT_IMPORTABLE", { task: task.name, runner, module });
  }
  return Object.fromEntries(task.ofModule.map((name) => [name, known?.options[name]])) as Options;
}

/** @param description what its functions say; null as long as that is not known */
function toTexts({ texts, name }: SentTask, description: Description | null): Options {
  const { runName, concurrency, cache } = texts;
  const told =
    (said: Told | null | undefined): (() => string) =>
    () =>
      String(textOf(said ?? { text: name }));
  const parts = cache?.map(
    (part, at): CachePart =>
      part ?? { kind: "function", key: () => textOf(description?.cache[at] ?? { text: undefined }) },
  );
  return {
    ...(runName === undefined ? {} : { runName: runName ?? told(description?.runName) }),
    ...(parts === undefined ? {} : { cache: toPolicy(parts) }),
    ...(concurrency.length === 0
      ? {}
      : {
          concurrency: concurrency.map(({ key, limit }, at) => ({
            key: key ?? told(description?.concurrency[at]),
            ...(limit === undefined ? {} : { limit }),
          })),
        }),
  };
}

function textOf(told: Told): string | undefined {
  if ("error" in told) throw unpackError(told.error);
  return told.text;
}

function toPolicy(parts: readonly CachePart[]): CachePolicy {
  return { parts, and: refuse, without: refuse };
}

function refuse(): never {
  throw new TypeError("A policy of a called task is not composed");
}
