/** The functions of what a body has called, called on the values of its call. */

import type { CacheKeyFunction, TaskDefinition } from "../../contract/definitions.ts";
import { fallBack } from "../fall-back.ts";
import { bodyStorage } from "./body-context.ts";
import type { Part } from "./messages.ts";
import type { Nest } from "./nested-calls.ts";
import { packError } from "./parcel.ts";
import { resolveInline, runInline } from "./run-inline.ts";
import { cachePartsOf, concurrencyOf, type Description, hooksOf, type hookNames, type Told } from "./sent-task.ts";

type Callable = (...args: readonly unknown[]) => unknown;

export async function callPart(
  { made }: Nest,
  { part, args, signal }: { readonly part: Part; readonly args: readonly unknown[]; readonly signal: AbortSignal },
): Promise<unknown> {
  if ("run" in made) {
    const [startedAt, taskRunId] = args as readonly [number, string];
    return made.run({ startedAt, taskRunId, signal });
  }
  const { definition, body } = made;
  const { retryIf, retryDelay, fallback } = definition.options;
  switch (part) {
    case "body": {
      const inputs = await inputsOf(made.args);
      return body === null ? runInline(definition, inputs) : body(...inputs);
    }
    case "retryIf":
      return (retryIf as Callable | undefined)?.(...args) ?? true;
    case "retryDelay":
      return typeof retryDelay === "function" ? retryDelay(args[0] as number) : retryDelay;
    case "fallback":
      return fallback === undefined ? undefined : fallBack(fallback, args[0], await inputsOf(made.args));
    case "describe":
      return describe(definition, await inputsOf(made.args));
    default: {
      const [name, at] = part.split(" ") as [(typeof hookNames)[number], string];
      return (hooksOf(definition, name)[Number(at)] as Callable | undefined)?.(...args);
    }
  }
}

/** With the values of futures, which have settled when a function is asked for. */
function inputsOf(args: readonly unknown[]): Promise<readonly unknown[]> {
  return Promise.all(args.map(resolveInline));
}

function describe(definition: TaskDefinition, args: readonly unknown[]): Description {
  const { runName } = definition.options;
  return {
    runName: typeof runName === "function" ? tell(() => (runName as unknown as Callable)(...args)) : null,
    concurrency: concurrencyOf(definition).map(({ key }) =>
      typeof key === "function" ? tell(() => (key as unknown as Callable)(...args)) : null,
    ),
    cache: (cachePartsOf(definition) ?? []).map((part) =>
      part.kind === "function" ? tell(() => cacheKeyOf(definition, part.key, args)) : null,
    ),
  };
}

function cacheKeyOf(
  { name, parameterNames }: TaskDefinition,
  key: CacheKeyFunction,
  args: readonly unknown[],
): unknown {
  const inputs = Object.fromEntries(args.map((arg, at) => [parameterNames[at] ?? `arg${at}`, arg]));
  return key({ task: name, args, inputs, flowRunId: bodyStorage.getStore()?.flowRun?.id ?? null });
}

function tell(ask: () => unknown): Told {
  try {
    return { text: (ask() as string | null | undefined) ?? undefined };
  } catch (error) {
    return { error: packError(error) };
  }
}
