/** Schemas of contract/inbox.ts. */

import * as z from "zod";
import { flowRun } from "./flow-run.ts";
import { time } from "./states.ts";

const json = z.unknown();

const pauseTimeout = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("fail") }),
    z.object({ kind: z.literal("go-on") }),
    z.object({ kind: z.literal("answer"), answer: json }),
  ])
  .meta({ id: "PauseTimeout" });

export const pauseAnswer = z
  .object({
    key: z.string(),
    answeredBy: z.string().nullable(),
    at: time,
    value: json,
    state: z.enum(["given", "taken", "refused"]),
    reason: z.string().nullable(),
    byTimeout: z.boolean(),
  })
  .meta({ id: "PauseAnswer" });

export const inboxItem = z
  .object({
    flowRunId: z.string(),
    flowName: z.string(),
    runName: z.string(),
    deploymentId: z.string().nullable(),
    key: z.string().nullable(),
    kind: z.enum(["paused", "suspended"]),
    title: z.string().nullable(),
    description: z.string().nullable(),
    schema: z.record(z.string(), z.unknown()).nullable(),
    initialValues: json,
    answerers: z.array(z.string()),
    since: time,
    until: time.nullable(),
    onTimeout: pauseTimeout,
    answers: z.array(pauseAnswer),
  })
  .meta({ id: "InboxItem" });

export const inboxFilter = z
  .object({
    flowNames: z.array(z.string()).exactOptional(),
    rootRunIds: z.array(z.string()).exactOptional(),
    answerers: z.array(z.string()).exactOptional(),
  })
  .meta({ id: "InboxFilter" });

/** Without `caller`: who that is, is no caller's to say. */
export const answerToPause = z
  .object({
    flowRunId: z.string(),
    key: z.string().exactOptional(),
    input: z.unknown().exactOptional(),
    answeredBy: z.string().min(1).max(200).exactOptional(),
    then: z.enum(["schedule", "leave"]).exactOptional(),
  })
  .meta({ id: "AnswerToPause" });

export const answeredPause = z
  .object({ answer: pauseAnswer, run: flowRun, goesOn: z.enum(["in-its-process", "when-started", "when-resumed"]) })
  .meta({ id: "AnsweredPause" });
