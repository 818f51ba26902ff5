import type { CommandContext, ExitCode } from "../../command.ts";
import { exitCodes } from "../../command.ts";
import { findFlowRun } from "../../find-run.ts";
import { toJsonObject } from "../../parameters.ts";
import { reportSubmitted } from "../deployment/submitted-run.ts";

/**
 * Over a server, a run of a deployment is run again by who runs that deployment: its code may be there alone.
 *
 * @returns null for a run that is to be executed here
 */
export async function submitAgain(
  context: CommandContext,
  again: {
    readonly reference: string;
    readonly fromStep: string | undefined;
    readonly parameters: unknown;
    readonly stays: boolean;
  },
): Promise<ExitCode | null> {
  const { reference, fromStep, parameters, stays } = again;
  await using host = await context.openHost();
  const { api, serverUrl } = host;
  if (serverUrl === null) return null;
  const { id, deploymentId } = await findFlowRun(api, reference);
  if (deploymentId === null || (await api.readObject("deployment", deploymentId)) === null) return null;
  const given = toJsonObject(parameters);
  const submitted = await api.submitRun({
    deployment: deploymentId,
    rerun: { of: id, ...(fromStep === undefined ? {} : { fromStep }) },
    ...(given === undefined ? {} : { parameters: given }),
  });
  return (await reportSubmitted(api, { submitted, stays }, context)) ?? exitCodes.ok;
}
