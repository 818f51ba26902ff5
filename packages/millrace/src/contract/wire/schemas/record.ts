/** Schemas of contract/record.ts. */

import * as z from "zod";
import { flowRun, newFlowRun, runEnvironment } from "./flow-run.ts";
import { artifact, event, logLine } from "./records.ts";
import { recordedError, resultRef } from "./results.ts";
import { decision, proposedState, time } from "./states.ts";
import { taskRunChange, taskRunObservation } from "./task-run.ts";
import { processToRegister } from "./values.ts";

export const flowRunProposal = z
  .object({
    id: z.string(),
    state: proposedState,
    epoch: z.number().exactOptional(),
    result: resultRef.nullable().exactOptional(),
    error: recordedError.nullable().exactOptional(),
    environment: runEnvironment.exactOptional(),
    name: z.string().exactOptional(),
    guest: z.literal(true).exactOptional(),
    stateAt: time.exactOptional(),
    force: z.string().exactOptional(),
    renewsNoSlot: z.literal(true).exactOptional(),
    start: z.object({ process: processToRegister, version: z.number().nullable() }).exactOptional(),
  })
  .meta({ id: "FlowRunProposal" });

export const recordBatch = z
  .object({
    processId: z.string(),
    created: z.array(newFlowRun).exactOptional(),
    proposals: z.array(flowRunProposal).exactOptional(),
    taskRuns: z.array(taskRunChange).exactOptional(),
    observed: z.array(taskRunObservation).exactOptional(),
    logs: z.array(logLine).exactOptional(),
    artifacts: z.array(artifact).exactOptional(),
    events: z.array(event).exactOptional(),
  })
  .meta({ id: "RecordBatch" });

export const proposalOutcome = z.object({ decision, run: flowRun.nullable() }).meta({ id: "ProposalOutcome" });

export const recordOutcome = z
  .object({
    created: z.array(z.object({ run: flowRun, isNew: z.boolean() })),
    proposals: z.array(proposalOutcome),
    stale: z.array(z.string()),
  })
  .meta({ id: "RecordOutcome" });
