import type { FlowPlan } from "../app/plan-flow.ts";
import { definitionOf, type FlowSubject } from "./subjects.ts";

/**
 * A dry run: calls the flow's function but no task body, and gives back the calls that it made, in order, each with those whose
 * results it takes. Nothing is recorded. A result is something that counts as 0, as an empty list and as a text, so that a flow
 * which looks into its results takes the branch of those. Flows and tasks that are called meanwhile elsewhere in the process
 * are not run either: plan while nothing else goes on.
 *
 * @example const { calls } = await plan(pipeline, { date: "2026-11-22" }); expect(calls.map(({ name }) => name)).toEqual(["load", "train"]);
 * @throws PARAMETERS_INVALID
 */
export async function plan<Parameters extends readonly unknown[], Value>(
  flow: FlowSubject<Parameters, Value>,
  ...[parameters]: Parameters
): Promise<FlowPlan> {
  const { planDefinition } = await import("../app/plan-flow.ts");
  return planDefinition(definitionOf(flow), parameters);
}
