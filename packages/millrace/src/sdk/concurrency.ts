/** Slots of concurrency limits, taken by code wherever it runs: around a body, or at a rate. */

import type { Api } from "../contract/api.ts";
import type { NamedLimit, SlotAnswer, SlotDemand } from "../contract/concurrency.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Event } from "../contract/records.ts";
import type { RunContext, Runtime } from "../contract/runtime.ts";
import { type SlotsTold, toAcquiredEvents, toReleasedEvents } from "../contract/slot-events.ts";
import { type Duration, formatDuration, toMs } from "../kit/duration.ts";
import { uuidv7 } from "../kit/ids.ts";
import { anySignal } from "../kit/signal.ts";
import { keepSlots } from "./keep-slots.ts";
import { loadRuntime } from "./runtime.ts";

export interface RateLimitOptions {
  /** How many are taken of each limit. Default 1. */
  readonly slots?: number;
  /** Fails with TIMED_OUT when they are not granted within this time. Default: it waits for ever. */
  readonly timeout?: Duration;
  /** Fails with NOT_FOUND where one of the limits is not there. Default false: such a limit is not enforced. */
  readonly strict?: boolean;
}

export interface ConcurrencyOptions extends RateLimitOptions {
  /**
   * How long the slots stay taken after this process has died. While it lives it renews them; a body that blocks the event loop
   * for this long loses them. Default 60 s.
   */
  readonly leaseDuration?: Duration;
}

/** What the body of `concurrency` is given. */
export interface HeldSlots {
  /** Aborts when the run is told to stop, and with SLOTS_LOST when others may have the slots. */
  readonly signal: AbortSignal;
}

type Body<T> = (held: HeldSlots) => Promise<T> | T;

/**
 * Runs the body while it holds slots of all of the limits; waits for them first. The slots come back when the body ends,
 * however it ends, and when its process dies. It can be called anywhere, in a run or not, and is not recorded.
 *
 * @example const rows = await concurrency("database", () => query("select …"));
 * @example await concurrency(["gpu", "disk"], { slots: 2, timeout: "5m" }, async ({ signal }) => train({ signal }));
 * @throws TIMED_OUT, NOT_FOUND, SLOTS_REFUSED where a limit never has so many slots, and what the body throws
 */
export function concurrency<T>(names: string | readonly string[], body: Body<T>): Promise<T>;
export function concurrency<T>(
  names: string | readonly string[],
  options: ConcurrencyOptions,
  body: Body<T>,
): Promise<T>;
export async function concurrency<T>(
  names: string | readonly string[],
  ...[first, second]: [Body<T>] | [ConcurrencyOptions, Body<T>]
): Promise<T> {
  const [options, body] = typeof first === "function" ? [{}, first] : [first, second];
  if (typeof body !== "function") throw new TypeError("concurrency(): the body must be a function");
  const limits = toNames(names);
  const leaseMs = toMs(options.leaseDuration ?? "60s");
  const runtime = await loadRuntime();
  const context = runtime.current();
  const api = await runtime.api();
  // Of our own making, so that slots whose grant was not answered are asked for again, and not taken twice.
  const demand = { limits, leaseMs, leaseId: uuidv7(), ...toHolder(context) };
  const taking = { runtime, context, api, options };
  const { leaseId, limits: held } = await takeSlots(taking, demand);
  const acquired = toAcquiredEvents(toTold(taking, held));
  tell(taking, acquired);
  try {
    using kept = leaseId === null ? undefined : keepSlots({ api, clock: runtime.clock, leaseId, leaseMs, limits });
    const signal = anySignal([context?.signal, kept?.signal]) ?? new AbortController().signal;
    return await body({ signal });
  } finally {
    // What cannot be given back now comes back when the lease ends.
    if (leaseId !== null) await api.giveBackSlots({ leaseId }).catch((error: unknown) => warn(context, limits, error));
    tell(taking, toReleasedEvents(toTold(taking, held), acquired));
  }
}

/**
 * Waits until the limits let one more through. The slots of each must decay: so many at once, and then
 * as fast as they decay. It can be called anywhere, and is not recorded.
 *
 * @example for (const page of pages) { await rateLimit("their-api"); await fetch(page); }
 * @throws TIMED_OUT, NOT_FOUND, SLOTS_REFUSED where slots do not decay, or there are never so many
 */
export async function rateLimit(names: string | readonly string[], options: RateLimitOptions = {}): Promise<void> {
  const limits = toNames(names);
  const runtime = await loadRuntime();
  const api = await runtime.api();
  const context = runtime.current();
  const taking = { runtime, context, api, options };
  const { limits: held } = await takeSlots(taking, { limits, mode: "rate-limit", ...toHolder(context) });
  tell(taking, toAcquiredEvents(toTold(taking, held)));
}

interface Taking {
  readonly runtime: Runtime;
  readonly context: RunContext | undefined;
  readonly api: Api;
  readonly options: RateLimitOptions;
}

interface Taken {
  /** Null where nothing is held. */
  readonly leaseId: string | null;
  /** Those that are enforced. */
  readonly limits: readonly NamedLimit[];
}

async function takeSlots(taking: Taking, demand: Omit<SlotDemand, "slots">): Promise<Taken> {
  const { runtime, context, api, options } = taking;
  const { slots = 1, timeout } = options;
  const timeoutMs = timeout === undefined ? Number.POSITIVE_INFINITY : toMs(timeout);
  const dueAt = runtime.clock.now() + timeoutMs;
  for (;;) {
    context?.signal.throwIfAborted();
    const answer = await api.takeSlots({ ...demand, slots });
    if (answer.granted) {
      await checkMissing(taking, demand.limits, answer);
      return { leaseId: answer.leaseId, limits: answer.limits.filter(({ active }) => active) };
    }
    if (answer.retryAfterMs === null) throw toRefusal(answer, slots);
    const leftMs = dueAt - runtime.clock.now();
    if (leftMs <= 0) throw timedOut(demand.limits, timeoutMs);
    await runtime.clock.sleep(Math.min(answer.retryAfterMs, leftMs), context?.signal);
  }
}

function toTold({ runtime, context, options }: Taking, limits: readonly NamedLimit[]): SlotsTold {
  const { flowRun = null, taskRun = null } = context ?? {};
  return { limits, slots: options.slots ?? 1, at: runtime.clock.now(), flowRun, taskRun, newId: () => uuidv7() };
}

/** Nobody waits for that: what cannot be told is not worth a failure of what the slots are for. */
function tell({ runtime, context }: Taking, events: readonly Event[]): void {
  for (const event of events) {
    runtime.recordEvent(event).catch((error: unknown) => {
      context?.logger.debug(`That slots were taken or given back could not be told: ${messageOf(error)}`);
    });
  }
}

/** What is not there is told of; slots of the others are not kept where that is an error. */
async function checkMissing(
  { context, api, options }: Taking,
  names: readonly string[],
  { limits, leaseId }: Extract<SlotAnswer, { readonly granted: true }>,
): Promise<void> {
  const known = new Set(limits.map(({ name }) => name));
  const missing = names.find((name) => !known.has(name));
  if (missing === undefined) return;
  if (options.strict !== true) {
    context?.logger.warn(`There is no concurrency limit \`${missing}\`: it is not enforced.`);
    return;
  }
  if (leaseId !== null) await api.giveBackSlots({ leaseId });
  throw new MillraceError("NOT_FOUND", {
    kind: "concurrency limit",
    name: missing,
    advice: `\`millrace global-concurrency-limit create ${missing} --limit …\` makes it.`,
  });
}

function toRefusal(
  { reason, refusedBy }: Extract<SlotAnswer, { readonly granted: false }>,
  slots: number,
): MillraceError {
  const because = reason === "no-decay" ? "its slots do not decay, so it is no rate" : "it has fewer at all";
  return new MillraceError("SLOTS_REFUSED", { slots, limits: quoted(refusedBy), reason: because });
}

function timedOut(names: readonly string[], timeoutMs: number): MillraceError {
  const data = { kind: "The wait for slots of", name: names.join(", "), timeout: formatDuration(timeoutMs) };
  return new MillraceError("TIMED_OUT", data);
}

function warn(context: RunContext | undefined, names: readonly string[], error: unknown): void {
  context?.logger.warn(`Slots of ${quoted(names)} come back only when their lease ends: ${messageOf(error)}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toHolder(context: RunContext | undefined): { readonly holder?: string } {
  if (context?.taskRun != null) return { holder: `task-run:${context.taskRun.id}` };
  return context?.flowRun == null ? {} : { holder: `flow-run:${context.flowRun.id}` };
}

function toNames(names: string | readonly string[]): readonly string[] {
  return typeof names === "string" ? [names] : names;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
