/** What a server says of itself; see contract/wire/server-description.ts. */

import { hostname } from "node:os";
import type { Api } from "../contract/api.ts";
import { findLastSeq } from "../contract/last-event.ts";
import type { Store } from "../contract/store.ts";
import type {
  DiskSpace,
  EventStatus,
  LoopStatus,
  QueueStatus,
  ServerProcess,
  ServerSettings,
  ServerStatus,
  ShownSetting,
} from "../contract/wire/server-description.ts";
import type { Clock } from "../kit/clock.ts";
import { readEvaluatedSeq } from "../loops/automations/leadership.ts";
import { describeSettings, settingSources, type Settings } from "./settings.ts";
import type { SettingName } from "./settings-table.ts";

/** @param given what the options of the command say, which go before the settings */
export function describeServerSettings(
  settings: Settings,
  given: Readonly<Partial<Record<SettingName, ShownSetting | undefined>>> = {},
): ServerSettings {
  return {
    profile: settings.profile,
    file: settings.file,
    sources: settingSources,
    settings: describeSettings(settings).map((described) => {
      const value = given[described.name];
      if (value === undefined) return described;
      const { value: before, from, overruled } = described;
      return { ...described, value, from: "option", overruled: [{ value: before, from }, ...overruled] };
    }),
  };
}

export interface ServerStatusOptions {
  readonly api: Pick<Api, "count" | "listFlowRunRows" | "listEvents" | "readObject" | "listObjects">;
  readonly store: Pick<Store, "describe" | "findProcesses" | "schemaVersion">;
  readonly clock: Clock;
  readonly version: string;
  readonly startedAt: number;
  readonly readLoops: () => readonly LoopStatus[];
  readonly readSpace: () => Promise<DiskSpace | null>;
}

export async function readServerStatus(options: ServerStatusOptions): Promise<ServerStatus> {
  const { api, store, clock, version, startedAt, readLoops, readSpace } = options;
  const now = clock.now();
  const [database, disk, executors, queue, events] = await Promise.all([
    store.describe(),
    readSpace(),
    countExecutors(store, now),
    readQueue(api, now),
    readEvents(api),
  ]);
  return {
    version,
    readAt: now,
    startedAt,
    process: describeProcess(),
    database: { ...database, schemaVersion: store.schemaVersion },
    disk,
    loops: readLoops(),
    queue,
    executors,
    events,
  };
}

function describeProcess(): ServerProcess {
  const { rss, heapUsed, heapTotal } = process.memoryUsage();
  return {
    host: hostname(),
    pid: process.pid,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    residentBytes: rss,
    heapUsedBytes: heapUsed,
    heapTotalBytes: heapTotal,
  };
}

async function countExecutors(store: Pick<Store, "findProcesses">, now: number): Promise<ServerStatus["executors"]> {
  const known = await store.findProcesses();
  return { alive: known.filter(({ leaseExpiresAt }) => leaseExpiresAt > now).length, known: known.length };
}

async function readQueue(api: Pick<Api, "count" | "listFlowRunRows">, now: number): Promise<QueueStatus> {
  const where = { field: "dueAt", atMost: now };
  const [due, oldest] = await Promise.all([
    api.count("flow-run", where),
    api.listFlowRunRows({ where }, "due-asc", { limit: 1 }),
  ]);
  return { due, oldestDueAt: oldest.items[0]?.dueAt ?? null };
}

async function readEvents(api: Pick<Api, "listEvents" | "readObject" | "listObjects">): Promise<EventStatus> {
  const [newestSeq, evaluatedSeq] = await Promise.all([findLastSeq(api), readEvaluatedSeq(api)]);
  return { newestSeq, evaluatedSeq };
}
