/** What a schedule is beside its times, as it is written on a command line. */

import type { ScheduleToSave } from "../../../contract/deployments.ts";
import type { JsonObject } from "../../../contract/objects.ts";
import { choice, duration, number, text, texts } from "../../arguments/options.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { readParameters } from "../../parameters.ts";
import { parseDate } from "../../when.ts";

/** How many of what was missed are made up for, where it is not said. */
const defaultCatchUp = 100;

export const scheduleOptions = {
  slug: text("NAME", "Names it among the schedules of the deployment."),
  param: texts("NAME=VALUE", "A parameter of its runs; may be given several times.", { short: "p" }),
  params: text("JSON|@FILE", "Parameters of its runs, as a JSON object."),
  start: text("DATE", "No run is due before it."),
  end: text("DATE", "No run is due after it."),
  jitter: duration("Runs begin up to this much after their due time, spread evenly."),
  catchUp: choice(["skip", "latest", "all"], "What becomes of due times that were missed. Default skip."),
  catchUpMax: number("N", `With --catch-up all: at most so many. Default ${defaultCatchUp}.`, { min: 1 }),
} as const;

export interface ScheduleValues {
  readonly slug: string | undefined;
  readonly param: readonly string[];
  readonly params: string | undefined;
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly jitter: number | undefined;
  readonly catchUp: "skip" | "latest" | "all" | undefined;
  readonly catchUpMax: number | undefined;
}

/** What was written, without what was not: `none` is no time, and an empty name none. */
export async function toScheduleFields(
  values: ScheduleValues,
): Promise<Omit<Partial<ScheduleToSave>, "spec" | "active">> {
  const { slug, param, params, start, end, jitter } = values;
  const parameters = await readParameters({ one: param, all: params });
  return {
    ...(slug === undefined ? {} : { slug: slug === "" ? null : slug }),
    ...(parameters === undefined ? {} : { parameters: parameters as JsonObject }),
    ...(start === undefined ? {} : { startAt: toTime(start, "--start") }),
    ...(end === undefined ? {} : { endAt: toTime(end, "--end") }),
    ...(jitter === undefined ? {} : { jitterMs: jitter }),
    ...toCatchUp(values),
  };
}

const toTime = (written: string, option: string): number | null =>
  written === "none" ? null : parseDate(written, option);

function toCatchUp({ catchUp, catchUpMax }: ScheduleValues): Pick<ScheduleToSave, "catchUp"> {
  if (catchUpMax !== undefined && catchUp !== "all") throw new UsageProblem("--catch-up-max belongs to --catch-up all");
  if (catchUp === undefined) return {};
  return { catchUp: catchUp === "all" ? { policy: catchUp, max: catchUpMax ?? defaultCatchUp } : { policy: catchUp } };
}
