/** Limits by name: slots that are held for a time, or, with a decay, a rate. */

import * as z from "zod";
import { name, orNull, record, slice, text, uuid } from "./common.ts";

const slots = z.int().nonnegative();
const decay = z.number().nonnegative();

export const concurrencyLimitV2Create = z
  .object({
    active: z.boolean().default(true),
    name,
    limit: slots,
    active_slots: slots.default(0),
    denied_slots: slots.default(0),
    slot_decay_per_second: decay.default(0),
  })
  .meta({ id: "ConcurrencyLimitV2Create" });

/** What is left out stays as it is. */
export const concurrencyLimitV2Update = z
  .object({
    active: z.boolean().nullish(),
    name: name.nullish(),
    limit: slots.nullish(),
    active_slots: slots.nullish(),
    denied_slots: slots.nullish(),
    slot_decay_per_second: decay.nullish(),
  })
  .meta({ id: "ConcurrencyLimitV2Update" });

export const concurrencyLimitV2 = z
  .object({
    ...record,
    active: z.boolean(),
    name: text,
    limit: z.int(),
    active_slots: z.int(),
    denied_slots: z.int(),
    slot_decay_per_second: z.number(),
    avg_slot_occupancy_seconds: z.number(),
  })
  .meta({ id: "ConcurrencyLimitV2" });

export const globalConcurrencyLimit = z
  .object({
    ...record,
    active: z.boolean(),
    name: text,
    limit: z.int(),
    active_slots: z.int(),
    slot_decay_per_second: z.number(),
  })
  .meta({ id: "GlobalConcurrencyLimitResponse" });

export const minimalConcurrencyLimit = z
  .object({ id: uuid, name: text, limit: z.int() })
  .meta({ id: "MinimalConcurrencyLimitResponse" });

export const limitsWithLease = z
  .object({ lease_id: uuid, limits: z.array(minimalConcurrencyLimit) })
  .meta({ id: "ConcurrencyLimitWithLeaseResponse" });

export const readLimitsBody = z.object(slice);

const taking = {
  slots: z.int().positive(),
  names: z.array(text).min(1),
  mode: z.enum(["concurrency", "rate_limit"]).default("concurrency"),
};

/** In seconds, from a minute to a day. */
const leaseDuration = z.number().min(60).max(86_400).default(300);

const holder = z.object({ type: z.enum(["flow_run", "task_run", "deployment"]), id: uuid });

export const incrementSlotsBody = z.object({ ...taking, create_if_missing: orNull(z.boolean()) });

export const incrementWithLeaseBody = z.object({ ...taking, lease_duration: leaseDuration, holder: orNull(holder) });

/** With how long the slots were held, in s. */
export const decrementSlotsBody = z.object({
  slots: taking.slots,
  names: taking.names,
  occupancy_seconds: orNull(z.number().positive()),
  create_if_missing: z.boolean().nullish(),
});

export const decrementWithLeaseBody = z.object({ lease_id: uuid });

export const renewLeaseBody = z.object({ lease_duration: leaseDuration });

export type ConcurrencyLimitV2 = z.output<typeof concurrencyLimitV2>;
export type GlobalConcurrencyLimit = z.output<typeof globalConcurrencyLimit>;
export type MinimalConcurrencyLimit = z.output<typeof minimalConcurrencyLimit>;
