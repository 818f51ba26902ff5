/** Schemas of contract/concurrency.ts. */

import * as z from "zod";

const names = z.array(z.string()).max(1000);
const slots = z.int().min(1);
const duration = z.number().min(0);

export const leaseDuration = z.number().gt(0);

export const slotDemand = z
  .object({
    limits: names,
    slots,
    mode: z.enum(["concurrency", "rate-limit"]).exactOptional(),
    leaseMs: leaseDuration.exactOptional(),
    leaseId: z.uuid().exactOptional(),
    holder: z.string().exactOptional(),
    processId: z.string().exactOptional(),
  })
  .meta({ id: "SlotDemand" });

export const namedLimit = z
  .object({ id: z.string(), name: z.string(), slots: z.int(), active: z.boolean() })
  .meta({ id: "NamedLimit" });

const limits = z.array(namedLimit);

export const slotAnswer = z
  .discriminatedUnion("granted", [
    z.object({ granted: z.literal(true), leaseId: z.string().nullable(), limits }),
    z.object({
      granted: z.literal(false),
      reason: z.enum(["full", "too-many", "no-decay"]),
      limits,
      refusedBy: z.array(z.string()),
      retryAfterMs: duration.nullable(),
    }),
  ])
  .meta({ id: "SlotAnswer" });

export const slotReturn = z
  .union([z.object({ leaseId: z.string() }), z.object({ limits: names, slots, heldMs: duration.exactOptional() })])
  .meta({ id: "SlotReturn" });
