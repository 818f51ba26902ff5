/**
 * Triggers of a deployment as a file has them: in our form, which has a `kind`, or in Prefect's, which has a `type` or
 * neither.
 */

import * as z from "zod";
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

/** @throws z.ZodError */
export async function readTriggers(written: readonly unknown[]): Promise<readonly DeploymentTrigger[]> {
  const triggers: DeploymentTrigger[] = [];
  for (const each of written) {
    if (isOwn(each)) triggers.push(withoutNothing(own.parse(camelNames(each, { namedByPeople }))));
    else {
      const { fromWrittenTrigger } = await import("../server/prefect/mapping/written-trigger.ts");
      triggers.push(withoutNothing(fromWrittenTrigger(each)));
    }
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

/** What is null was not said. */
function withoutNothing(given: object): DeploymentTrigger {
  const said = Object.entries(given).filter(([, value]) => value != null);
  return Object.fromEntries(said) as unknown as TriggerInput;
}

/** Names of people's own: labels, parameters. */
const namedByPeople: ReadonlySet<string> = new Set(["match", "matchRelated", "parameters", "jobVariables"]);
