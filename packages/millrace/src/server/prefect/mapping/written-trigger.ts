/** A trigger of a deployment as `prefect.yaml` has it, which Prefect's own tools complete before they send it. */

import * as z from "zod";
import type { JsonObject } from "../../../contract/objects.ts";
import { triggerInput } from "../schemas/automation-triggers.ts";
import { seconds } from "../schemas/common.ts";
import { fromPrefectTrigger } from "./automation-trigger.ts";

const jsonObject = z.record(z.string(), z.unknown());

const writtenTrigger = z.looseObject({
  name: z.string().min(1).nullish(),
  description: z.string().nullish(),
  enabled: z.boolean().nullish(),
  parameters: jsonObject.nullish(),
  job_variables: jsonObject.nullish(),
});

/**
 * In our form, with `delay` in ms. What was not said is null or undefined.
 *
 * @throws z.ZodError
 */
export function fromWrittenTrigger(written: unknown): JsonObject {
  const {
    name,
    description,
    enabled,
    parameters,
    job_variables: jobVariables,
    ...rest
  } = writtenTrigger.parse(written);
  const { schedule_after: after = 0, ...trigger } = rest;
  return {
    ...fromPrefectTrigger(triggerInput.parse(withType(trigger))),
    name,
    description,
    enabled,
    parameters,
    jobVariables,
    delay: seconds.parse(after) * 1000,
  };
}

/** What its type is where it is not said, and when it fires. */
function withType(written: unknown): unknown {
  if (typeof written !== "object" || written === null) return written;
  const given = written as JsonObject;
  const { type = typeOf(given) } = given;
  if (type === "event") return { posture: "Reactive", ...given, type };
  const inner = Array.isArray(given.triggers) ? { triggers: given.triggers.map(withType) } : {};
  const within = type === "compound" || type === "sequence" ? { within: null } : {};
  return { ...within, ...given, type, ...inner };
}

function typeOf({ posture, triggers, require }: JsonObject): string {
  if (posture === "Metric") return "metric";
  if (triggers === undefined) return "event";
  return require === undefined ? "sequence" : "compound";
}
