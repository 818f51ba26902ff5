/** What is known of the runs that are due for workers that ask for the same: the ledger is asked once for all of them. */

import type { Api } from "../../contract/api.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { DueRunsRequest } from "../../contract/work.ts";
import type { Clock } from "../../kit/clock.ts";

/** How far ahead the ledger is asked, at the least, in ms: workers look some seconds ahead, to get ready. */
const aheadMs = 15_000;
/** How long an answer is of use when nothing is told of meanwhile, in ms. */
const currentMs = 3000;
/** The same of one with runs that are due, which others may have claimed. */
const dueCurrentMs = 500;
/** Runs of one answer of the ledger. */
export const pageSize = 200;

export interface DueKnown {
  readonly version: number;
  /** By the monotonic clock. */
  readonly at: number;
  readonly before: number;
  readonly runs: readonly FlowRun[];
  /** Whether there is nothing more until then. */
  readonly isWhole: boolean;
}

export interface DueCounter {
  readonly workPoolId: string;
  /** Grows when something may have become due. */
  readonly version: number;
  /** What is due until then, asked of the ledger if it is not known. */
  know(before: number): Promise<DueKnown>;
  /** Asked of the ledger now. */
  look(): Promise<DueKnown>;
  /** Something may have become due. */
  wake(): void;
}

/** The same for all who would get the same answer. */
export function counterKey({ workPoolId, workQueueIds, runtime }: DueRunsRequest): string {
  return JSON.stringify([workPoolId, workQueueIds?.toSorted() ?? null, runtime ?? null]);
}

export function createDueCounter(
  { workPoolId, workQueueIds, runtime }: DueRunsRequest,
  { api, clock }: { readonly api: Pick<Api, "findDueRuns">; readonly clock: Clock },
): DueCounter {
  const wanted = {
    workPoolId,
    ...(workQueueIds === undefined ? {} : { workQueueIds }),
    ...(runtime === undefined ? {} : { runtime }),
  };
  let version = 0;
  let known: DueKnown | null = null;
  let looking: Promise<DueKnown> | null = null;

  async function ask(before: number): Promise<DueKnown> {
    const asked = { version, at: clock.monotonic() };
    const runs = await api.findDueRuns({ ...wanted, before, limit: pageSize });
    return { ...asked, before, runs, isWhole: runs.length < pageSize };
  }

  /** One question at a time; who comes while it is out asks another only if something was told of since it began. */
  async function lookUntil(before: number): Promise<DueKnown> {
    while (looking !== null) {
      const answer = await looking;
      if (answer.version === version && before <= answer.before) return answer;
    }
    looking = ask(Math.max(before, clock.now() + aheadMs));
    try {
      known = await looking;
      return known;
    } finally {
      looking = null;
    }
  }

  function isOfUse({ at, runs, isWhole, ...answer }: DueKnown, before: number): boolean {
    const isDue = runs.some(({ dueAt }) => dueAt !== null && dueAt <= clock.now());
    const ageMs = clock.monotonic() - at;
    return (
      answer.version === version && isWhole && before <= answer.before && ageMs < (isDue ? dueCurrentMs : currentMs)
    );
  }

  return {
    workPoolId,
    get version() {
      return version;
    },
    know: async (before) => (known !== null && isOfUse(known, before) ? known : lookUntil(before)),
    look: () => lookUntil(clock.now()),
    wake() {
      version++;
    },
  };
}
