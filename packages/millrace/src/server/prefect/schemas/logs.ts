import * as z from "zod";
import { orNull, record, slice, text, time, timeText, uuid } from "./common.ts";
import { anyOrNullUuid, anyUuid, numberRange, operator, searchText, timeRange } from "./filter-fields.ts";

/** The level is Python's number for it: 20 is info. */
export const logCreate = z
  .object({
    name: text,
    level: z.int(),
    message: text,
    timestamp: time,
    flow_run_id: orNull(uuid),
    task_run_id: orNull(uuid),
  })
  .meta({ id: "LogCreate" });

export const log = z
  .object({
    ...record,
    name: text,
    level: z.int(),
    message: text,
    timestamp: timeText,
    flow_run_id: uuid.nullable(),
    task_run_id: uuid.nullable(),
  })
  .meta({ id: "Log" });

/** Also of the WebSocket that logs are sent by. */
export const logFilter = z
  .object({
    operator,
    level: orNull(numberRange),
    timestamp: orNull(timeRange),
    flow_run_id: orNull(anyUuid),
    task_run_id: orNull(anyOrNullUuid),
    text: orNull(searchText),
  })
  .meta({ id: "LogFilter" });

export const createLogsBody = z.array(logCreate);

export const readLogsBody = z.object({
  logs: orNull(logFilter),
  ...slice,
  sort: z.enum(["TIMESTAMP_ASC", "TIMESTAMP_DESC"]).default("TIMESTAMP_ASC"),
});

export type LogCreate = z.output<typeof logCreate>;
export type Log = z.output<typeof log>;
