/**
 * A ledger to fill for looking at: recorded through the same service as engines use, at times of the past, with ids that
 * follow from names. Nothing in it expires while a test looks: its process has a lease of a year.
 */

import type { Api } from "../../../packages/millrace/src/contract/api.ts";
import type { Vault } from "../../../packages/millrace/src/contract/runtime.ts";
import type { Store } from "../../../packages/millrace/src/contract/store.ts";
import { openStore } from "../../../packages/millrace/src/app/open-store.ts";
import { createVault } from "../../../packages/millrace/src/app/vault.ts";
import { systemClock } from "../../../packages/millrace/src/kit/clock.ts";
import { uuidFromHash } from "../../../packages/millrace/src/kit/ids.ts";
import { createService } from "../../../packages/millrace/src/service/create-service.ts";
import { processId, type RunRecords, type RunSpec, toRecords } from "./run-spec.ts";

export interface SeedLedger {
  readonly api: Api;
  readonly store: Store;
  readonly vault: Vault;
  /** What all times are reckoned from, in ms since the epoch. */
  readonly now: number;
  /** An id that is the same each time. */
  readonly id: (text: string) => string;
  /** Ids of the runs, in order. */
  readonly addRuns: (runs: Iterable<RunSpec>) => Promise<readonly string[]>;
}

export interface SeedOptions {
  readonly home: string;
  /** Default: now. */
  readonly now?: number;
}

/** Whatever is larger is written in parts, so that none of it is held in memory. */
const batchSize = 4000;
const yearMs = 365 * 86_400_000;

export async function fillLedger(options: SeedOptions, fill: (ledger: SeedLedger) => Promise<void>): Promise<void> {
  const { home, now = Math.floor(Date.now()) } = options;
  let ticks = 0;
  // Later by a µs with each look, so that what is made after something else is newer.
  const clock = { ...systemClock, now: () => now + ++ticks / 1000 };
  const store = await openStore({ home, database: null, durability: "process" }, clock);
  const api = createService({ store, clock });
  try {
    await store.writeProcess({
      id: processId,
      host: "seed.example",
      bootId: null,
      pid: 4711,
      startToken: null,
      startedAt: now - yearMs,
      leaseExpiresAt: now + yearMs,
    });
    await fill({
      api,
      store,
      vault: createVault({ home }),
      now,
      id: uuidFromHash,
      addRuns: (runs) => addRuns(api, { runs, now }),
    });
  } finally {
    await store.close();
  }
}

type Batch = {
  readonly [Name in keyof RunRecords]-?: Exclude<RunRecords[Name], undefined>[number][];
};

const emptyBatch = (): Batch => ({ created: [], taskRuns: [], logs: [], artifacts: [], proposals: [] });
const sizeOf = (batch: Batch): number => Object.values(batch).reduce((sum, { length }) => sum + length, 0);

async function addRuns(
  api: Api,
  { runs, now }: { readonly runs: Iterable<RunSpec>; readonly now: number },
): Promise<readonly string[]> {
  const ids: string[] = [];
  let batch = emptyBatch();
  const write = async (): Promise<void> => {
    const { proposals, ...first } = batch;
    batch = emptyBatch();
    await api.record({ processId, ...first });
    if (proposals.length === 0) return;
    // How runs end: they must be there first.
    const outcome = await api.record({ processId, proposals });
    const refused = outcome.proposals.find(({ decision }) => decision.answer !== "ACCEPT");
    if (refused !== undefined) throw new Error(`A seed is not accepted: ${JSON.stringify(refused)}`);
  };
  for (const run of runs) {
    const { id, parts } = toRecords(run, now);
    ids.push(id);
    for (const { created = [], taskRuns = [], logs = [], artifacts = [], proposals = [] } of parts) {
      batch.created.push(...created);
      batch.taskRuns.push(...taskRuns);
      batch.logs.push(...logs);
      batch.artifacts.push(...artifacts);
      batch.proposals.push(...proposals);
      if (sizeOf(batch) >= batchSize) await write();
    }
  }
  if (sizeOf(batch) > 0) await write();
  return ids;
}
