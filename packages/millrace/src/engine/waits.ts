/**
 * Which calls wait for which, while they wait. A wait that leads back to itself may still be given up by who waits: it raced
 * with something else. So it is told of when it begins, and fails only when nothing goes on in the process any more.
 */

import { MillraceError } from "../contract/errors.ts";
import type { Engine } from "./engine.ts";
import type { TaskExecution } from "./task-run.ts";

export interface Wait {
  /** Rejects with FUTURE_CYCLE when the wait is known to be stuck; null where it leads to no cycle. */
  readonly stuck: Promise<never> | null;
  /** Those that it was for have ended. */
  end(): void;
}

/** A wait that closes a cycle, as long as it lasts. */
interface Knot {
  readonly waiter: TaskExecution;
  readonly awaited: ReadonlySet<TaskExecution>;
  readonly fail: (error: MillraceError) => void;
}

/** Calls that are named; the rest are counted. */
const maxNamed = 5;

/** The waits of a call that are under way, each for some others. */
const waits = new WeakMap<TaskExecution, Set<ReadonlySet<TaskExecution>>>();
/** Calls that some other has waited for: only their own waits can close a cycle. */
const everAwaited = new WeakSet<TaskExecution>();
const knots = new WeakMap<Engine, Set<Knot>>();

/** Notes that a call, or its body, waits for others from now on. */
export function beginWait(waiter: TaskExecution, awaited: ReadonlySet<TaskExecution>): Wait {
  // A call that nobody has waited for is the end of no way: that is what the links of a long chain are.
  const cycle = everAwaited.has(waiter) || awaited.has(waiter) ? findPath(awaited, waiter) : null;
  const own = waits.get(waiter) ?? new Set();
  waits.set(waiter, own);
  own.add(awaited);
  for (const each of awaited) everAwaited.add(each);
  if (cycle === null) return { stuck: null, end: () => void own.delete(awaited) };
  const { promise: stuck, reject: fail } = Promise.withResolvers<never>();
  stuck.catch(() => undefined);
  const knot = { waiter, awaited, fail };
  const known = knots.get(waiter.engine) ?? new Set();
  knots.set(waiter.engine, known);
  known.add(knot);
  const message = `${waiter.work.runName} waits for its own end: ${describeCycle(waiter, cycle)}. The run ends only if one of them stops waiting.`;
  waiter.caller.write("warn", message, undefined, "millrace.waits");
  return {
    stuck,
    end() {
      own.delete(awaited);
      known.delete(knot);
    },
  };
}

/** Nothing goes on in the process: waits that lead back to themselves fail. False when there are none. */
export function failCycles(engine: Engine): boolean {
  const known = knots.get(engine);
  let hasFailed = false;
  for (const knot of known ?? []) {
    const { waiter, awaited, fail } = knot;
    const cycle = waiter.hasEnded || waiter.isStopped ? null : findPath(awaited, waiter);
    if (cycle === null) continue;
    known?.delete(knot);
    waits.get(waiter)?.delete(awaited);
    fail(new MillraceError("FUTURE_CYCLE", { task: waiter.work.runName, cycle: describeCycle(waiter, cycle) }));
    hasFailed = true;
  }
  return hasFailed;
}

function describeCycle(waiter: TaskExecution, cycle: readonly TaskExecution[]): string {
  const names = [waiter, ...cycle].map(({ work }) => work.runName);
  const more = names.length - 2 * maxNamed;
  if (more > 0) names.splice(maxNamed, more, `${more} more`);
  return names.join(" → ");
}

/** The calls on the shortest way from some of these to another one, which is the last. */
function findPath(from: ReadonlySet<TaskExecution>, to: TaskExecution): readonly TaskExecution[] | null {
  /** Those that were reached, in that order, each with the one whose wait led there. */
  const before = new Map<TaskExecution, TaskExecution | null>();
  for (const first of from) before.set(first, null);
  // What is added meanwhile comes at the end of the same iteration.
  for (const next of before.keys()) {
    if (next === to) return trace(to, before);
    if (next.hasEnded) continue;
    for (const awaited of waits.get(next) ?? []) {
      for (const each of awaited) if (!before.has(each)) before.set(each, next);
    }
  }
  return null;
}

function trace(to: TaskExecution, before: ReadonlyMap<TaskExecution, TaskExecution | null>): TaskExecution[] {
  const path: TaskExecution[] = [];
  for (let at: TaskExecution | null = to; at !== null; at = before.get(at) ?? null) path.push(at);
  return path.toReversed();
}

/** What a call waits for, in words. */
export function describeWait(waiter: TaskExecution): string {
  const awaited = [...(waits.get(waiter) ?? [])].flatMap((each) => [...each]).filter(({ hasEnded }) => !hasEnded);
  const names = awaited.slice(0, maxNamed).map(({ work }) => `\`${work.runName}\``);
  const more = awaited.length > maxNamed ? [`${awaited.length - maxNamed} more`] : [];
  const all = [...names, ...more];
  return all.length === 0 ? "Waits for its inputs" : `Waits for its inputs: ${all.join(", ")}`;
}
