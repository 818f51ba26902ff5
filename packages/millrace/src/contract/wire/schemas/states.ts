/** Schemas of contract/states.ts. */

import * as z from "zod";
import { stateTypes } from "../../states.ts";

/** A time: ms since the epoch, with microseconds as fraction. */
export const time = z.number().meta({ description: "ms since the epoch, with microseconds as fraction" });

export const stateType = z.enum(stateTypes).meta({ id: "StateType" });

const stateDetails = z
  .object({
    scheduledAt: time.exactOptional(),
    cacheKey: z.string().exactOptional(),
    pauseTimeoutAt: time.exactOptional(),
    pauseKey: z.string().exactOptional(),
    suspended: z.boolean().exactOptional(),
    inputSchema: z.unknown().exactOptional(),
    inputTitle: z.string().exactOptional(),
    inputDescription: z.string().exactOptional(),
    initialValues: z.unknown().exactOptional(),
    answerers: z.array(z.string()).exactOptional(),
    timeoutAnswer: z.string().exactOptional(),
    inputKeys: z
      .object({ schema: z.string(), answer: z.string(), description: z.string().exactOptional() })
      .exactOptional(),
    forcedBy: z.string().exactOptional(),
    childFlowRunId: z.string().exactOptional(),
    transitionId: z.string().exactOptional(),
    hasResult: z.boolean().exactOptional(),
    slotLeaseId: z.string().exactOptional(),
  })
  .meta({ id: "StateDetails" });

const stateFields = {
  type: stateType,
  name: z.string(),
  message: z.string().exactOptional(),
  details: stateDetails.exactOptional(),
  id: z.string().exactOptional(),
  extra: z.record(z.string(), z.unknown()).exactOptional(),
};

export const state = z.object({ ...stateFields, at: time }).meta({ id: "State" });

export const proposedState = z.object({ ...stateFields, at: time.exactOptional() }).meta({ id: "ProposedState" });

export const decision = z
  .discriminatedUnion("answer", [
    z.object({ answer: z.literal("ACCEPT"), state }),
    z.object({ answer: z.literal("REJECT"), state, reason: z.string() }),
    z.object({ answer: z.literal("WAIT"), forMs: z.number(), reason: z.string() }),
    z.object({ answer: z.literal("ABORT"), reason: z.string() }),
  ])
  .meta({ id: "Decision" });
