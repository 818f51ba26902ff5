/** Limits of how many task runs with a tag run at once. */

import * as z from "zod";
import { orNull, record, slice, text, texts, uuid, uuids } from "./common.ts";

export const concurrencyLimitCreate = z
  .object({ tag: text, concurrency_limit: z.int() })
  .meta({ id: "ConcurrencyLimitCreate" });

/** The active slots are named by the task runs that hold them. */
export const concurrencyLimit = z
  .object({ ...record, tag: text, concurrency_limit: z.int(), active_slots: uuids })
  .meta({ id: "ConcurrencyLimit" });

export const readConcurrencyLimitsBody = z.object(slice);

export const resetConcurrencyLimitBody = z.object({ slot_override: orNull(uuids) });

export const slotsOfTaskRunBody = z.object({ names: texts, task_run_id: uuid });

export type ConcurrencyLimit = z.output<typeof concurrencyLimit>;
