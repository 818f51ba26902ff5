/** Looks a task's result up under its cache key, and says why it hit or missed. */

import type { CachePolicy, TaskDefinition } from "../contract/definitions.ts";
import type { ResultRef } from "../contract/results.ts";
import type { RunReason } from "../contract/task-run.ts";
import { composeCacheKey } from "../rules/cache-key.ts";
import type { Engine } from "./engine.ts";
import { digestByContent } from "./identity.ts";
import { withHandedOn } from "./provenance.ts";
import { decodeResult } from "./results.ts";
import type { TaskExecution } from "./task-run.ts";

export interface CacheLookup {
  readonly key: string | null;
  readonly reason: RunReason;
  readonly detail: string | null;
  /** How long the result counts once it is kept, in ms; null for ever. */
  readonly keepMs: number | null;
  readonly hit: { readonly value: unknown; readonly ref: ResultRef } | null;
  /** Lets the next caller of the same key go on; does nothing without isolation. */
  release(): Promise<void>;
}

export function keepsSlot(lookup: CacheLookup): boolean {
  return lookup.key !== null;
}

const nothingHeld = async (): Promise<void> => undefined;

/** The cache key of a call, or why there is none. */
function cacheKeyOf(
  definition: TaskDefinition,
  policy: CachePolicy,
  execution: TaskExecution,
  args: readonly unknown[],
): { readonly key: string } | { readonly why: string } {
  const nameOf = (index: number): string => definition.parameterNames[index] ?? `arg${index}`;
  const refusals: string[] = [];
  const digest = (values: readonly unknown[], names: readonly string[]): string | null =>
    digestByContent(values, ({ path, reason }) => {
      const place = path.replace(/^inputs\[(\d+)\]/, (_, index: string) => names[Number(index)] ?? "");
      refusals.push(`\`${place}\` ${reason}`);
    });
  const named = (): Record<string, unknown> => Object.fromEntries(args.map((arg, index) => [nameOf(index), arg]));
  const composed = composeCacheKey(policy.parts, {
    task: definition.name,
    inputs(without) {
      const counted = args.flatMap((arg, index) => (without.includes(nameOf(index)) ? [] : [{ arg, index }]));
      return digest(
        counted.map(({ arg }) => arg),
        counted.map(({ index }) => nameOf(index)),
      );
    },
    code: () => definition.codeHash,
    run: () => execution.flow?.info.rootRunId ?? execution.id,
    flowParameters: () => digest([execution.flow?.info.parameters], ["parameters"]),
    custom: (part) =>
      part.key({ task: definition.name, args, inputs: named(), flowRunId: execution.flow?.id ?? null }) ?? null,
  });
  if ("key" in composed) return composed;
  return { why: refusals[0] ?? `the ${composed.missing} cannot be compared by content` };
}

export async function lookUp(
  engine: Engine,
  definition: TaskDefinition,
  policy: CachePolicy,
  execution: TaskExecution,
  args: readonly unknown[],
): Promise<CacheLookup> {
  const { options } = definition;
  const composed = cacheKeyOf(definition, policy, execution, args);
  if ("why" in composed) {
    return {
      key: null,
      reason: "cache-not-keyed",
      detail: `no key: ${composed.why}`,
      keepMs: null,
      hit: null,
      release: nothingHeld,
    };
  }
  const { key } = composed;
  const keepMs = definition.expiresInMs;
  let release = nothingHeld;
  if (options.isolation === "serializable") {
    const lock = `cache:${key}`;
    const wait = { holder: execution.id, signal: execution.stopSignal, onWait: () => undefined };
    await engine.slots.acquire({ name: lock, limit: 1 }, wait);
    release = () => engine.slots.release(lock, execution.id);
  }
  const miss = (reason: RunReason, detail: string): CacheLookup => ({
    key,
    reason,
    detail,
    keepMs,
    hit: null,
    release,
  });
  if (options.refreshCache === true) return miss("cache-refresh", `refreshCache: computing ${key} again`);
  const entry = await engine.ports.api.readCacheEntry(key);
  if (entry === null) return miss("cache-miss", `nothing is kept under ${key}`);
  if (entry.expiresAt !== null && entry.expiresAt <= engine.clock.now()) {
    const isUndone = entry.expiresAt === 0;
    const until = isUndone ? "until it was rolled back" : `until ${new Date(entry.expiresAt).toISOString()}`;
    return miss("cache-expired", `kept by task run ${entry.taskRunId} ${until}`);
  }
  try {
    const value = await decodeResult(entry.result, options, engine.ports);
    return {
      key,
      reason: "cache-hit",
      detail: `kept by task run ${entry.taskRunId}`,
      keepMs,
      hit: { value, ref: withHandedOn(entry.result, []) },
      release,
    };
  } catch (error) {
    return miss(
      "cache-miss",
      `what is kept under ${key} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
