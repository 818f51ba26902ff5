/** Schemas of contract/failures.ts. */

import * as z from "zod";
import { condition } from "./query.ts";
import { pageRequest } from "./records.ts";
import { stateType, time } from "./states.ts";

export const failureGroupsRequest = z
  .object({ since: time, where: condition.exactOptional(), page: pageRequest.exactOptional() })
  .meta({ id: "FailureGroupsRequest" });

export const failureGroupRef = z.object({ fingerprint: z.string(), since: time });

export const failedRunsRequest = failureGroupRef
  .extend({ where: condition.exactOptional(), page: pageRequest.exactOptional() })
  .meta({ id: "FailedRunsRequest" });

const failedRun = z
  .object({ flowRunId: z.string(), taskRunId: z.string().nullable(), at: time })
  .meta({ id: "FailedRun" });

export const failedRuns = z
  .object({ items: z.array(failedRun), next: z.string().nullable() })
  .meta({ id: "FailedRuns" });

const failureGroup = z
  .object({
    fingerprint: z.string(),
    taskName: z.string().nullable(),
    flowNames: z.array(z.string()),
    count: z.number(),
    flowRunCount: z.number(),
    firstAt: time,
    lastAt: time,
    newest: z.array(failedRun),
    stateType,
    stateName: z.string(),
    errorName: z.string().nullable(),
    errorCode: z.string().nullable(),
    message: z.string(),
  })
  .meta({ id: "FailureGroup" });

export const failureGroups = z
  .object({ items: z.array(failureGroup), next: z.string().nullable(), isCut: z.boolean() })
  .meta({ id: "FailureGroups" });
