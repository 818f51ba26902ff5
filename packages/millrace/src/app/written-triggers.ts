/**
 * Triggers of a deployment as a file has them: in our form, which has a `kind`, or in Prefect's, which has a `type` or
 * neither.
 */

import * as z from "zod";
import type { JsonObject } from "../contract/objects.ts";
import type { TriggerInput } from "../contract/written-triggers.ts";
import type { Duration } from "../kit/duration.ts";
import type { DeploymentTrigger } from "../sdk/deployment-trigger.ts";
import { camelNames } from "./camel-names.ts";

const text = z.string().min(1);
const jsonObject = z.record(z.string(), z.unknown());

const own = z.looseObject({
  kind: text,
  name: text.nullish(),
  description: z.string().nullish(),
  enabled: z.boolean().nullish(),
  parameters: jsonObject.nullish(),
  jobVariables: jsonObject.nullish(),
  delay: z
    .union([text, z.number()])
    .transform((words) => words as Duration)
    .nullish(),
});

const prefects = z.looseObject({
  name: text.nullish(),
  description: z.string().nullish(),
  enabled: z.boolean().nullish(),
  parameters: jsonObject.nullish(),
  job_variables: jsonObject.nullish(),
});

/** @throws z.ZodError */
export async function readTriggers(written: readonly unknown[]): Promise<readonly DeploymentTrigger[]> {
  const triggers: DeploymentTrigger[] = [];
  for (const each of written) {
    triggers.push(
      isOwn(each) ? withoutNothing(own.parse(camelNames(each, { namedByPeople }))) : await fromPrefects(each),
    );
  }
  return triggers;
}

/** Of a form that has several types, what is wrong with the one that is meant. */
export function describeFaults({ issues }: Pick<z.ZodError, "issues">): string {
  return issues
    .map((issue) => {
      const meant =
        issue.code === "invalid_union"
          ? issue.errors.find((each) => each.every(({ path }) => path[0] !== "type"))
          : null;
      if (meant != null && meant.length > 0) return describeFaults({ issues: meant as z.ZodError["issues"] });
      return [...issue.path.map(String), issue.message].join(": ");
    })
    .join("; ");
}

function isOwn(written: unknown): boolean {
  return typeof written === "object" && written !== null && "kind" in written;
}

async function fromPrefects(written: unknown): Promise<DeploymentTrigger> {
  const [{ triggerInput }, { seconds }, { fromPrefectTrigger }] = await Promise.all([
    import("../server/prefect/schemas/automation-triggers.ts"),
    import("../server/prefect/schemas/common.ts"),
    import("../server/prefect/mapping/automation-trigger.ts"),
  ]);
  const { name, description, enabled, parameters, job_variables: jobVariables, ...rest } = prefects.parse(written);
  const { schedule_after: after = 0, ...trigger } = rest;
  return withoutNothing({
    ...fromPrefectTrigger(triggerInput.parse(withType(trigger))),
    name,
    description,
    enabled,
    parameters,
    jobVariables,
    delay: seconds.parse(after) * 1000,
  });
}

/** What its type is where it is not said, and when it fires, as Prefect's own tools take it. */
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

/** What is null was not said. */
function withoutNothing(given: object): DeploymentTrigger {
  const said = Object.entries(given).filter(([, value]) => value != null);
  return Object.fromEntries(said) as unknown as TriggerInput;
}

/** Names of people's own: labels, parameters. */
const namedByPeople: ReadonlySet<string> = new Set(["match", "matchRelated", "parameters", "jobVariables"]);
