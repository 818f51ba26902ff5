/**
 * Heartbeats of workers. Of one that was heard of a moment ago nothing changes but the time, and such times are written
 * together, a few times a second, however many workers there are.
 *
 *   unknown ──beat──▶ known: its row is there ──beat──▶ marked, with the others ──its row is gone──▶ unknown
 */

import type { Worker } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";
import type { WorkerHeartbeat } from "../contract/work.ts";
import { isMillraceError } from "../contract/errors.ts";
import type { Clock } from "../kit/clock.ts";
import { gather } from "../kit/gather.ts";
import type { ObjectMethods } from "./objects.ts";
import { noPool } from "./queues.ts";
import type { ReadinessTeller } from "./readiness.ts";

/** Between two writes of such times, in ms. */
const writeEveryMs = 250;
/** Workers of one write. */
const maxTogether = 1000;
/** A worker that was silent for so long is looked up anew, in ms. */
const knownForMs = 120_000;
/** Above so many, those that are known are looked through for the silent. */
const manyKnown = 2000;

/** What became of the heartbeats of one write: all of them were written, where all rows are there; or none. */
type Marked = { readonly areThere: boolean; readonly at: number } | { readonly error: unknown };

export function createWorkerBeats(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly objects: ObjectMethods;
  readonly readiness: ReadinessTeller;
}): (heartbeat: WorkerHeartbeat) => Promise<Worker> {
  const { store, clock, objects, readiness } = options;
  const known = new Map<string, Worker>();
  let manyAt = manyKnown;
  let writtenAt = Number.NEGATIVE_INFINITY;

  const mark = gather<Worker, Marked>({
    max: maxTogether,
    async ask(workers) {
      const restMs = writtenAt + writeEveryMs - clock.monotonic();
      if (restMs > 0) await clock.sleep(restMs);
      writtenAt = clock.monotonic();
      const marked = await markAll(workers).catch((error: unknown) => ({ error }));
      return workers.map(() => marked);
    },
  });

  async function markAll(workers: readonly Worker[]): Promise<Marked> {
    const at = clock.now();
    const ids = [...new Set(workers.map(({ id }) => id))];
    const changed = await store.markPolled("worker", { ids, at, unlessSince: at + 1 });
    const pools = await store.readObjects("work-pool", [...new Set(workers.map(({ workPoolId }) => workPoolId))]);
    const unready = pools.filter((pool) => pool.readiness !== "ready").map(({ id }) => id);
    if (unready.length > 0) await readiness.tellOf("work-pool", unready);
    return { areThere: changed === ids.length, at };
  }

  /** Null when it has to be looked up. */
  function findKnown({ workPoolId, name, heartbeatIntervalMs, runtime }: WorkerHeartbeat): Worker | null {
    const worker = known.get(keyOf({ workPoolId, name }));
    if (worker === undefined || clock.now() - worker.heartbeatAt > knownForMs) return null;
    const isSame =
      (heartbeatIntervalMs ?? worker.heartbeatIntervalMs) === worker.heartbeatIntervalMs &&
      (runtime ?? worker.runtime) === worker.runtime;
    return isSame ? worker : null;
  }

  function remember(worker: Worker): Worker {
    known.set(keyOf(worker), worker);
    if (known.size > manyAt) {
      for (const [key, { heartbeatAt }] of known) if (clock.now() - heartbeatAt > knownForMs) known.delete(key);
      manyAt = Math.max(manyKnown, known.size * 2);
    }
    return worker;
  }

  async function beat(heartbeat: WorkerHeartbeat): Promise<Worker> {
    const { workPoolId, name, heartbeatIntervalMs = null, runtime } = heartbeat;
    const [pool] = await store.readObjects("work-pool", [workPoolId]);
    if (pool === undefined) throw noPool(workPoolId);
    const worker = await write({
      workPoolId,
      name,
      heartbeatIntervalMs,
      ...(runtime === undefined ? {} : { runtime }),
    });
    if (pool.readiness !== "ready") await readiness.tellOf("work-pool", [workPoolId]);
    return worker;
  }

  async function write(
    worker: Pick<Worker, "workPoolId" | "name" | "runtime"> & { readonly heartbeatIntervalMs: number | null },
  ): Promise<Worker> {
    const { workPoolId, name, heartbeatIntervalMs, runtime } = worker;
    const where = {
      all: [
        { field: "workPoolId", in: [workPoolId] },
        { field: "name", in: [name] },
      ],
    };
    for (;;) {
      const heartbeatAt = clock.now();
      const [found] = (await store.findObjects("worker", { where }, { limit: 1 })).items;
      const change = {
        heartbeatAt,
        // A change of these is told, and a heartbeat is none.
        ...(heartbeatIntervalMs === null || heartbeatIntervalMs === found?.heartbeatIntervalMs
          ? {}
          : { heartbeatIntervalMs }),
        ...(runtime === undefined || runtime === found?.runtime ? {} : { runtime }),
      };
      const written = found === undefined ? null : await objects.updateObject("worker", found.id, change);
      if (written !== null) return written;
      try {
        return await objects.createObject("worker", { ...worker, heartbeatAt });
      } catch (error) {
        // Another heartbeat of the same worker came first.
        if (!isMillraceError(error, "OBJECT_EXISTS")) throw error;
      }
    }
  }

  return async (heartbeat) => {
    const worker = findKnown(heartbeat);
    if (worker !== null) {
      const marked = await mark(worker);
      if ("error" in marked) throw marked.error;
      if (marked.areThere) return remember({ ...worker, heartbeatAt: marked.at });
      known.delete(keyOf(worker));
    }
    return remember(await beat(heartbeat));
  };
}

function keyOf({ workPoolId, name }: Pick<Worker, "workPoolId" | "name">): string {
  return `${workPoolId} ${name}`;
}
