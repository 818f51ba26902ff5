/** A worker: takes the runs of a work pool that are due, and executes each in a process of its own. */

import { hostname } from "node:os";
import type { Api } from "../contract/api.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { WorkPool, WorkQueue } from "../contract/objects.ts";
import { systemClock } from "../kit/clock.ts";
import { shortId } from "../kit/ids.ts";
import { nearest } from "../kit/nearest.ts";
import { systemRandom } from "../kit/random.ts";
import { startLoop } from "../loops/start-loop.ts";
import { type DispatchReport, describeTrouble } from "../worker/dispatch-report.ts";
import { checkProcessKind } from "../worker/process/process-kind.ts";
import type { ErrorLine } from "../worker/process/run-process.ts";
import { openWorkplace, type Workplace } from "./open-workplace.ts";
import type { Settings } from "./settings.ts";
import { startWorkerStatus } from "./worker-status.ts";

/** How often the worker says that it is there, in ms. */
const heartbeatMs = 10_000;

/** What it starts. */
const runtime = "node";

/** What a server is told of who asks for runs, at most. */
const maxAskerChars = 200;

/** Deployments of the pool for which a process is kept ready from the start. */
const maxPrepared = 20;

export type { DispatchReport, ErrorLine };

export interface StartWorkerOptions {
  readonly settings: Settings;
  readonly pool: string;
  /** Makes the pool where there is none. Null: it must be there. */
  readonly type: string | null;
  /** By name; none: all of the pool. */
  readonly queues: readonly string[];
  /** Default: one is made of the machine's name. */
  readonly name?: string;
  readonly limit: number;
  readonly ready: number;
  /** Where it tells how it does; null: nowhere. */
  readonly status?: { readonly host: string; readonly port: number } | null;
  readonly onReport: (report: DispatchReport) => void;
  readonly onErrorLine?: ((line: ErrorLine) => void) | undefined;
}

export interface RunningWorker {
  readonly name: string;
  readonly pool: WorkPool;
  /** The server that has the ledger; null for this machine's own. */
  readonly serverUrl: string | null;
  /** Where it tells how it does; null: nowhere. */
  readonly statusUrl: string | null;
  /** Resolves when the runs under way have ended. Called again, it interrupts them at once. */
  stop(): Promise<void>;
}

/**
 * @throws NOT_FOUND for a pool or queue that is not there, USAGE for a pool of another type, SERVER_ADDRESS_TAKEN, and what opening
 * the ledger throws
 */
export async function startWorker(options: StartWorkerOptions): Promise<RunningWorker> {
  const { settings, limit, ready, onErrorLine, name = `process-${hostname()}-${shortId(6)}` } = options;
  const status =
    options.status == null ? null : await startWorkerStatus({ ...options.status, clock: systemClock, limit });
  const onReport = (report: DispatchReport): void => {
    status?.count(report);
    options.onReport(report);
  };
  const workplace = await openWorkplace({ settings, limit, ready, onReport, onErrorLine }).catch(
    async (error: unknown) => {
      await status?.close();
      throw error;
    },
  );
  try {
    const { api } = workplace;
    const pool = await findPool(api, options);
    checkProcessKind(pool.type);
    const queues = await findQueues(api, { pool, names: options.queues });
    const beat = async (): Promise<void> => {
      await api.heartbeatWorker({ workPoolId: pool.id, name, heartbeatIntervalMs: heartbeatMs, runtime });
      status?.noteHeartbeat(heartbeatMs);
    };
    await beat();
    const heartbeat = startLoop({
      clock: systemClock,
      random: systemRandom,
      everyMs: heartbeatMs,
      tick: beat,
      onFailure: (error) => onReport({ kind: "trouble", run: null, what: `heartbeat: ${describeTrouble(error)}` }),
    });
    await prepare(workplace, { pool, queues });
    const workQueueIds = queues.map(({ id }) => id);
    const dispatcher = workplace.dispatch({
      where: { field: "workPoolId", in: [pool.id] },
      waits: true,
      findDue: (due) =>
        workplace.findDueRuns({
          workPoolId: pool.id,
          ...(workQueueIds.length === 0 ? {} : { workQueueIds }),
          ...due,
          runtime,
          askedBy: name.slice(0, maxAskerChars),
        }),
    });
    status?.follow(() => dispatcher.activeRuns);
    let isClosing = false;
    return {
      name,
      pool,
      serverUrl: workplace.serverUrl,
      statusUrl: status?.url ?? null,
      async stop() {
        const stopped = dispatcher.stop();
        if (isClosing) return stopped;
        isClosing = true;
        status?.announceStop();
        await stopped;
        await heartbeat.stop();
        await workplace.close();
        await status?.close();
      },
    };
  } catch (error) {
    await workplace.close();
    await status?.close();
    throw error;
  }
}

async function findPool(api: Api, { pool: name, type }: StartWorkerOptions): Promise<WorkPool> {
  const { items } = await api.listObjects("work-pool", {}, { limit: 1000 });
  const found = items.find((pool) => pool.name === name);
  if (found !== undefined) return found;
  if (type !== null) {
    checkProcessKind(type);
    try {
      return await api.createWorkPool({ name, type, paused: false });
    } catch (error) {
      // Another worker was faster.
      if (isMillraceError(error, "OBJECT_EXISTS"))
        return findPool(api, { pool: name, type: null } as StartWorkerOptions);
      throw error;
    }
  }
  const meant = nearest(
    name,
    items.map((pool) => pool.name),
  );
  const advice =
    meant === null
      ? "Give `--type process` to make it."
      : `Did you mean \`${meant}\`? \`--type process\` makes a new one.`;
  throw new MillraceError("NOT_FOUND", { kind: "work pool", name, advice });
}

async function findQueues(
  api: Api,
  { pool, names }: { readonly pool: WorkPool; readonly names: readonly string[] },
): Promise<readonly WorkQueue[]> {
  if (names.length === 0) return [];
  const where = { field: "workPoolId", in: [pool.id] };
  const { items } = await api.listObjects("work-queue", { where }, { limit: 10_000 });
  return names.map((name) => {
    const found = items.find((queue) => queue.name === name);
    if (found !== undefined) return found;
    const meant = nearest(
      name,
      items.map((queue) => queue.name),
    );
    const advice =
      meant === null ? `The pool has: ${items.map((queue) => queue.name).join(", ")}.` : `Did you mean \`${meant}\`?`;
    throw new MillraceError("NOT_FOUND", { kind: `work queue of pool ${pool.name}`, name, advice });
  });
}

/** Those that were changed last come first. */
async function prepare(
  { api, infrastructure }: Workplace,
  { pool, queues }: { readonly pool: WorkPool; readonly queues: readonly WorkQueue[] },
): Promise<void> {
  const where = { field: "workPoolId", in: [pool.id] };
  const sort = { field: "updatedAt", direction: "desc" } as const;
  const { items } = await api.listObjects("deployment", { where, sort }, { limit: maxPrepared });
  for (const deployment of items.toReversed()) {
    const isAsked = queues.length === 0 || queues.some(({ id }) => id === deployment.workQueueId);
    if (isAsked && infrastructure.canRun(deployment)) infrastructure.keep(deployment, 1);
  }
}
