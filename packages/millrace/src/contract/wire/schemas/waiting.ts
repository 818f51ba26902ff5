/** Schemas of contract/waiting.ts. */

import * as z from "zod";
import { objectKind } from "./objects.ts";
import { state, time } from "./states.ts";

const holdKind = z.enum([
  "stopping",
  "starting",
  "pause",
  "not-due",
  "retry",
  "nobody-starts-it",
  "not-served",
  "pool-paused",
  "queue-paused",
  "pool-full",
  "queue-full",
  "no-worker",
  "wrong-worker",
  "queue-not-served",
  "limit-full",
  "behind",
  "tasks-wait",
]);

const hold = z
  .object({
    kind: holdKind,
    subject: z
      .object({ kind: z.union([objectKind, z.literal("flow-run")]), id: z.string(), name: z.string() })
      .nullable(),
    reason: z.string(),
    advice: z.string().nullable(),
    until: time.nullable(),
  })
  .meta({ id: "Hold" });

export const waitReport = z
  .object({
    flowRunId: z.string(),
    state,
    verdict: z.enum(["held", "next", "running", "ended"]),
    holds: z.array(hold),
  })
  .meta({ id: "WaitReport" });
