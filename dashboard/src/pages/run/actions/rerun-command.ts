/** The command line that runs something again as the form of the page does. */

import type { Deployment, FlowRun, JsonObject } from "millrace/client";
import { toCommand } from "../../../format/shell.ts";
import type { Step } from "./steps.ts";

export interface RerunChoice {
  readonly run: Pick<FlowRun, "id">;
  /** Null for a run that has none: its code is where the command is. */
  readonly deployment: Pick<Deployment, "flowName" | "name"> | null;
  /** Null: everything runs. */
  readonly step: Step | null;
  readonly values: JsonObject;
  /** Those that are not what the old run had. */
  readonly changed: JsonObject;
  readonly name: string;
}

export function toRerunCommand({ run, deployment, step, values, changed, name }: RerunChoice): string {
  const from = step === null ? [] : ["--from", step.word];
  // Those of the run that is run again are under them.
  const given = deployment === null || step !== null ? changed : values;
  const params = Object.keys(given).length === 0 ? [] : ["--params", JSON.stringify(given)];
  if (deployment === null) return toCommand("flow-run", "rerun", run.id, ...from, ...params);
  return toCommand(
    "deployment",
    "run",
    `${deployment.flowName}/${deployment.name}`,
    ...(step === null ? [] : ["--rerun-of", run.id]),
    ...from,
    ...params,
    ...(name === "" ? [] : ["--name", name]),
  );
}
