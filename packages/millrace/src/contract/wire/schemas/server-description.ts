/** Schemas of contract/wire/server-description.ts. */

import * as z from "zod";
import type { Readiness, ServerSettings, ServerStatus } from "../server-description.ts";
import { errorCatalogue, type ErrorCode } from "../../errors.ts";
import { time } from "./states.ts";

const shown = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).nullable();

const setting = z
  .object({
    name: z.string(),
    value: shown,
    from: z.string(),
    overruled: z.array(z.object({ value: shown, from: z.string() })),
    variable: z.string(),
    description: z.string(),
  })
  .meta({ id: "ServerSetting" });

export const serverSettings: z.ZodType<ServerSettings> = z
  .object({
    profile: z.string(),
    file: z.string().nullable(),
    sources: z.array(z.string()),
    settings: z.array(setting),
  })
  .meta({ id: "ServerSettings" });

const loopStatus = z
  .object({
    name: z.string(),
    everyMs: z.number(),
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    lagMs: z.number(),
    ticks: z.number(),
    failures: z.number(),
    lastError: z.object({ at: time, message: z.string() }).nullable(),
  })
  .meta({ id: "LoopStatus" });

export const serverStatus: z.ZodType<ServerStatus> = z
  .object({
    version: z.string(),
    readAt: time,
    startedAt: time,
    process: z.object({
      host: z.string(),
      pid: z.int(),
      node: z.string(),
      platform: z.string(),
      residentBytes: z.number(),
      heapUsedBytes: z.number(),
      heapTotalBytes: z.number(),
    }),
    database: z.object({
      kind: z.enum(["sqlite", "postgres"]),
      version: z.string(),
      sizeBytes: z.number(),
      schemaVersion: z.number(),
    }),
    disk: z.object({ freeBytes: z.number(), totalBytes: z.number() }).nullable(),
    loops: z.array(loopStatus),
    queue: z.object({ due: z.number(), oldestDueAt: time.nullable() }),
    executors: z.object({ alive: z.number(), known: z.number() }),
    events: z.object({ newestSeq: z.number(), evaluatedSeq: z.number().nullable() }),
  })
  .meta({ id: "ServerStatus" });

const codes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]];

export const readiness: z.ZodType<Readiness> = z
  .object({
    status: z.enum(["ready", "not ready"]),
    problems: z.array(
      z.object({
        part: z.enum(["shutdown", "database", "loop"]),
        name: z.string().nullable(),
        code: z.enum(codes).nullable(),
        reason: z.string(),
      }),
    ),
  })
  .meta({ id: "Readiness" });
