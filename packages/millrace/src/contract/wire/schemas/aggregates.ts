/** Schemas of contract/aggregates.ts. */

import * as z from "zod";
import { condition } from "./query.ts";
import { eventFilter, storedEvent } from "./records.ts";
import { stateType, time } from "./states.ts";

export const runSubject = z.enum(["flow-run", "task-run"]);

export const runHistoryRequest = z
  .object({
    subject: runSubject,
    where: condition.exactOptional(),
    from: time,
    to: time,
    bucketMs: z.number(),
    by: z.enum(["expected", "started", "ended"]).exactOptional(),
  })
  .meta({ id: "RunHistoryRequest" });

const measures = { count: z.number(), runningMs: z.number(), latenessMs: z.number() };

export const runMeasures = z.object(measures).meta({ id: "RunMeasures" });

export const runHistoryCell = z
  .object({ bucket: z.number(), stateType, stateName: z.string(), ...measures })
  .meta({ id: "RunHistoryCell" });

export const durationHistoryRequest = z
  .object({ where: condition.exactOptional(), from: time, to: time, bucketMs: z.number() })
  .meta({ id: "DurationHistoryRequest" });

const durations = { count: z.number(), p50Ms: z.number(), p95Ms: z.number() };

export const durationHistory = z
  .object({
    isCut: z.boolean(),
    whole: z.object(durations).nullable(),
    cells: z.array(z.object({ bucket: z.number(), ...durations }).meta({ id: "DurationCell" })),
  })
  .meta({ id: "DurationHistory" });

export const eventHistoryRequest = z
  .object({ filter: eventFilter, from: time, to: time, bucketMs: z.number(), enough: z.int().min(1).exactOptional() })
  .meta({ id: "EventHistoryRequest" });

export const eventHistoryCell = z
  .object({ bucket: z.number(), count: z.number(), failures: z.number() })
  .meta({ id: "EventHistoryCell" });

export const eventGroupsRequest = z
  .object({ filter: eventFilter, by: z.enum(["name", "resource"]) })
  .meta({ id: "EventGroupsRequest" });

export const eventGroup = z
  .object({ value: z.string(), count: z.number(), firstAt: time, lastAt: time, newest: storedEvent })
  .meta({ id: "EventGroup" });

export const fieldCount = z
  .object({ value: z.union([z.string(), z.number(), z.boolean()]).nullable(), count: z.number() })
  .meta({ id: "FieldCount" });

export const seenState = z
  .object({ stateType, stateName: z.string(), firstAt: time, lastAt: time })
  .meta({ id: "SeenState" });

export const timelineRequest = z
  .object({
    flowRunId: z.string(),
    from: time.exactOptional(),
    to: time.exactOptional(),
    changedAfter: z.number().exactOptional(),
    maxRows: z.number().exactOptional(),
    buckets: z.number().exactOptional(),
  })
  .meta({ id: "TimelineRequest" });

const place = z.number();

const timelineRows = z
  .object({
    ids: z.array(z.string()),
    names: z.array(z.string()),
    tasks: z.array(place),
    parents: z.array(place.nullable()),
    parentIds: z.array(z.string().nullable()).exactOptional(),
    childFlowRunIds: z.array(z.string().nullable()),
    stateTypes: z.array(stateType),
    stateNames: z.array(z.string()),
    starts: z.array(time),
    ends: z.array(time.nullable()),
    waits: z.array(z.number()),
    interrupted: z.array(place),
    turns: z.array(z.array(z.number())),
  })
  .meta({ id: "TimelineRows" });

const timelineDensity = z
  .object({
    from: time,
    bucketMs: z.number(),
    buckets: z.array(place),
    tasks: z.array(place),
    stateTypes: z.array(stateType),
    stateNames: z.array(z.string()),
    counts: z.array(z.number()),
  })
  .meta({ id: "TimelineDensity" });

export const timeline = z
  .object({
    flowRunId: z.string(),
    readAt: time,
    eventSeq: z.number(),
    total: z.number(),
    firstAt: time.nullable(),
    lastAt: time.nullable(),
    count: z.number(),
    changedAfter: z.number().exactOptional(),
    taskNames: z.array(z.string()),
    rows: timelineRows.nullable(),
    density: timelineDensity.nullable(),
  })
  .meta({ id: "Timeline" });
