/**
 * Hands runs that are due to the workers that ask for them. However many workers of a pool wait, the ledger is asked once for
 * all of them, when something was scheduled there and every few seconds; and each run is told to one of them.
 *
 *   asked ──something is due──▶ answered
 *     └──nothing is──▶ waits ──something becomes due, or its time is over──▶ answered
 *
 * What is told is advice, as the ledger's own answer is: a run belongs to who claims it. So it does no harm that another server
 * over the same ledger tells its own workers of the same run.
 */

import type { Api } from "../../contract/api.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { DueRunsRequest } from "../../contract/work.ts";
import type { Clock } from "../../kit/clock.ts";
import type { EventFeed } from "../events/event-feed.ts";
import { createClientShares } from "../http/client-shares.ts";
import { counterKey, createDueCounter, type DueCounter, type DueKnown, pageSize } from "./due-counter.ts";
import { followDueNews } from "./due-news.ts";
import { createLoans } from "./loans.ts";

/** The ledger is asked for those who wait this often, in ms, though nothing was told of. */
const lookEveryMs = 3000;
/** The same while there is more than one answer holds; and how often it is seen whose time it is. */
const lookSoonMs = 100;
/** Workers that were not here for so long are gone, and a pool that none asks for is forgotten, in ms. */
const forgottenAfterMs = 60_000;
/** After the database did not answer, in ms. */
const retryMs = 1000;

/** Of the connection that a question came by. */
export interface AskedFrom {
  /** An address. */
  readonly client: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface DueDesk {
  /** As `findDueRuns` of the Api, but that it waits as the request says. */
  find(request: DueRunsRequest, from: AskedFrom): Promise<readonly FlowRun[]>;
  /** Answers all who wait, and lets nobody wait any more. */
  close(): void;
}

interface Waiter {
  readonly request: DueRunsRequest;
  /** How far ahead it looks, in ms. */
  readonly aheadMs: number;
  readonly answer: (runs: readonly FlowRun[]) => void;
  readonly fail: (error: unknown) => void;
}

interface Queue {
  readonly counter: DueCounter;
  /** In the order in which they came. */
  readonly waiters: Set<Waiter>;
  /** When each who asks was here last, by the monotonic clock. */
  readonly askers: Map<string, number>;
  /** When it is looked for those who wait, by the monotonic clock. */
  nextAt: number;
}

export function createDueDesk(options: {
  readonly api: Pick<Api, "findDueRuns" | "listFlowRuns">;
  readonly clock: Clock;
  readonly feed: EventFeed;
  /** Who may wait at once; others are answered at once. */
  readonly max: number;
  readonly maxOfClient: number;
}): DueDesk {
  const { api, clock, feed, max, maxOfClient } = options;
  const places = createClientShares({ max, maxOfClient, describe: (count) => `${count} workers wait` });
  const queues = new Map<string, Queue>();
  const loans = createLoans(clock);
  const closing = new AbortController();
  let isOpen = false;
  let nap: AbortController | null = null;

  async function find(request: DueRunsRequest, { client, signal }: AskedFrom): Promise<readonly FlowRun[]> {
    const { askedBy, after, isLook, before, waitMs = 0 } = request;
    // What is known may be a moment old, which is for workers that ask again and again.
    if (askedBy === undefined || after !== undefined || isLook === true || closing.signal.aborted) {
      return api.findDueRuns(request);
    }
    const queue = queueOf(request);
    queue.askers.set(askedBy, clock.monotonic());
    if (!isOpen) void open();
    const told = take(queue, request, await queue.counter.know(before));
    if (told.length > 0 || waitMs === 0 || signal.aborted || closing.signal.aborted) return told;
    const leave = tryToStay(client);
    if (leave === null) return told;
    try {
      return await wait(queue, { request, waitMs, signal });
    } finally {
      leave();
    }
  }

  function queueOf(request: DueRunsRequest): Queue {
    const key = counterKey(request);
    const known = queues.get(key);
    if (known !== undefined) return known;
    const counter = createDueCounter(request, { api, clock });
    const made: Queue = { counter, waiters: new Set(), askers: new Map(), nextAt: 0 };
    queues.set(key, made);
    return made;
  }

  /** Null where too many wait already. */
  function tryToStay(client: string): (() => void) | null {
    try {
      return places.take(client);
    } catch {
      return null;
    }
  }

  /**
   * As many as the request takes, but that the others who serve the same are left their part. Who would wait has been told of
   * those that are kept for it, and is told of more only.
   */
  function take(queue: Queue, request: DueRunsRequest, { runs }: DueKnown): readonly FlowRun[] {
    const { askedBy = "", before, limit = pageSize, waitMs = 0 } = request;
    const due = runs.filter((run) => dueAtOf(run) <= before);
    const own = waitMs > 0 ? [] : due.filter((run) => loans.holderOf(run) === askedBy);
    const free = due.filter((run) => loans.holderOf(run) === null);
    const part = Math.ceil(free.length / queue.askers.size);
    const taken = free.slice(0, Math.min(part, Math.max(limit - own.length, 0)));
    for (const run of taken) loans.lend(run, askedBy);
    return [...own, ...taken].slice(0, limit);
  }

  function wait(
    queue: Queue,
    {
      request,
      waitMs,
      signal,
    }: { readonly request: DueRunsRequest; readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<readonly FlowRun[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly FlowRun[]>();
    const end = (): void => {
      queue.waiters.delete(waiter);
      timer.cancel();
      signal.removeEventListener("abort", giveUp);
    };
    const waiter: Waiter = {
      request,
      aheadMs: request.before - clock.now(),
      answer(runs) {
        end();
        resolve(runs);
      },
      fail(error) {
        end();
        reject(error);
      },
    };
    const giveUp = (): void => waiter.answer([]);
    const timer = clock.setTimer(waitMs, giveUp, { background: true });
    signal.addEventListener("abort", giveUp, { once: true });
    queue.waiters.add(waiter);
    return promise;
  }

  /** Each of those who wait gets one, then each another, until they are given out. */
  function deal({ waiters }: Queue, { runs }: DueKnown): void {
    const now = clock.now();
    const dealt = new Map<Waiter, FlowRun[]>();
    let turn: Waiter[] = [...waiters];
    for (const run of runs) {
      if (turn.length === 0) break;
      if (loans.holderOf(run) !== null) continue;
      const taker = turn.find(({ aheadMs }) => dueAtOf(run) <= now + aheadMs);
      if (taker === undefined) continue;
      const own = dealt.get(taker) ?? [];
      own.push(run);
      dealt.set(taker, own);
      loans.lend(run, taker.request.askedBy ?? "");
      turn = turn.filter((waiter) => waiter !== taker);
      if (own.length < (taker.request.limit ?? pageSize)) turn.push(taker);
    }
    for (const [waiter, told] of dealt) waiter.answer(told);
  }

  async function serve(queue: Queue): Promise<void> {
    const { counter, waiters } = queue;
    queue.nextAt = clock.monotonic() + lookEveryMs;
    try {
      const known = await counter.look();
      deal(queue, known);
      const untilFreeMs = loans.untilNext(known.runs) ?? lookEveryMs;
      const restMs = known.isWhole ? Math.min(lookEveryMs, Math.max(untilFreeMs, lookSoonMs)) : lookSoonMs;
      if (known.version === counter.version) queue.nextAt = clock.monotonic() + restMs;
    } catch (error) {
      for (const waiter of waiters) waiter.fail(error);
    }
  }

  /** Those whose time it is. */
  function serveAll(): void {
    const now = clock.monotonic();
    for (const [key, queue] of queues) {
      for (const [asker, at] of queue.askers) if (now - at > forgottenAfterMs) queue.askers.delete(asker);
      if (queue.waiters.size > 0) {
        if (queue.nextAt <= now) void serve(queue);
      } else if (queue.askers.size === 0) queues.delete(key);
    }
  }

  function onNews(pools: ReadonlySet<string> | null): void {
    for (const queue of queues.values()) {
      if (pools?.has(queue.counter.workPoolId) === false) continue;
      queue.counter.wake();
      queue.nextAt = 0;
    }
    nap?.abort();
  }

  /** As long as anybody asks. */
  async function work(): Promise<void> {
    const after = await feed.join();
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, closing.signal]);
    const following = followDueNews({ api, feed, after, signal, onNews });
    try {
      while (queues.size > 0 && !closing.signal.aborted) {
        serveAll();
        nap = new AbortController();
        await clock.sleep(lookSoonMs, AbortSignal.any([nap.signal, closing.signal])).catch(() => undefined);
      }
    } finally {
      ended.abort();
      await following;
      feed.leave();
    }
  }

  async function open(): Promise<void> {
    isOpen = true;
    while (queues.size > 0 && !closing.signal.aborted) {
      await work().catch(() => clock.sleep(retryMs, closing.signal).catch(() => undefined));
    }
    isOpen = false;
  }

  return {
    find,
    close() {
      closing.abort();
      for (const { waiters } of queues.values()) for (const waiter of waiters) waiter.answer([]);
    },
  };
}

function dueAtOf({ dueAt, expectedAt }: FlowRun): number {
  return dueAt ?? expectedAt;
}
