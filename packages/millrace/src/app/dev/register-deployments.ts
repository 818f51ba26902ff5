/** Makes the deployments of the ledger what the files say, and tells what that has changed. */

import { relative } from "node:path";
import type { Api } from "../../contract/api.ts";
import type { JsonObject } from "../../contract/objects.ts";
import { isForNode } from "../../worker/entrypoint.ts";
import type { StepTools } from "../deploy/step-tools.ts";
import { type DeploymentPlan, saveDeployments } from "../deploy-flows.ts";
import { toVersion } from "../hash-module.ts";
import { codeCopyVariable } from "../settings.ts";
import type { DeploymentChangeReport } from "./dev-report.ts";
import type { WantedDeployment, WantedDeployments } from "./merge-definitions.ts";
import type { DefinedDeployment } from "./messages.ts";

export interface Registrar {
  /** Deployments that are not wanted any more are deleted. What could not be saved is told, and stays as it was. */
  register(wanted: WantedDeployments): Promise<{
    readonly changes: readonly DeploymentChangeReport[];
    readonly refused: readonly { readonly defined: DefinedDeployment; readonly error: unknown }[];
  }>;
  /** They make no scheduled runs any more: nobody is there to execute them. */
  pause(): Promise<void>;
}

interface Registered {
  readonly id: string;
  readonly wanted: WantedDeployment;
  readonly saved: string;
}

/** Fields that change with the code, and say nothing by themselves. */
const ofCode: ReadonlySet<string> = new Set(["contentHash", "version", "jobVariables"]);

export function createRegistrar({ api, tools }: { readonly api: Api; readonly tools: StepTools }): Registrar {
  const registered = new Map<string, Registered>();

  async function save(name: string, wanted: WantedDeployment): Promise<DeploymentChangeReport | null> {
    const { defined } = wanted;
    const before = registered.get(name);
    const plan = withCode(wanted);
    const saved = JSON.stringify(plan);
    if (before?.saved === saved) return null;
    const [outcome] = await saveDeployments(api, [plan], { isDryRun: false, tools });
    if (outcome?.id == null) return null;
    registered.set(name, { id: outcome.id, wanted, saved });
    const changes = outcome.changes.filter(
      ({ field }) => !ofCode.has(field) && (before !== undefined || field !== "paused"),
    );
    const isOtherJob = jobOf(before) !== JSON.stringify(defined.plan.deployment.jobVariables ?? {});
    const isOther = changes.length > 0 || (before !== undefined && isOtherJob);
    const isAdded = outcome.outcome === "made" || before === undefined;
    return {
      ...describe(defined, name),
      what: isAdded ? "added" : isOther ? "changed" : "code",
      changes: isAdded ? [] : changes,
    };
  }

  return {
    async register(wanted) {
      const changes: DeploymentChangeReport[] = [];
      const refused: { defined: DefinedDeployment; error: unknown }[] = [];
      for (const [name, each] of wanted) {
        try {
          const change = await save(name, each);
          if (change !== null) changes.push(change);
        } catch (error) {
          refused.push({ defined: each.defined, error });
        }
      }
      for (const [name, { id, wanted: before }] of registered) {
        if (wanted.has(name)) continue;
        await api.deleteDeployment(id);
        registered.delete(name);
        changes.push({ ...describe(before.defined, name), what: "removed", changes: [] });
      }
      return { changes, refused };
    },
    async pause() {
      for (const { id, wanted } of registered.values()) {
        if ((wanted.defined.plan.deployment.schedules ?? []).length > 0) await api.pauseDeployment(id);
      }
    },
  };
}

function jobOf(registered: Registered | undefined): string {
  return JSON.stringify(registered?.wanted.defined.plan.deployment.jobVariables ?? {});
}

function describe(
  defined: DefinedDeployment,
  name: string,
): Pick<DeploymentChangeReport, "name" | "file" | "isPython"> {
  const isPython = !isForNode(defined.plan.deployment.entrypoint);
  return { name, file: relative(process.cwd(), defined.definedIn), isPython };
}

/** Runs are given the code by a variable: a process that has the code of another version is not given them, either. */
function withCode({ defined: { plan }, code }: WantedDeployment): DeploymentPlan {
  const { jobVariables = {}, entrypoint, version = toVersion(code.hash) } = plan.deployment;
  const deployment = { ...plan.deployment, version, contentHash: code.hash };
  if (!isForNode(entrypoint)) return { ...plan, deployment };
  const env = { ...(jobVariables.env as JsonObject | undefined), [codeCopyVariable]: code.copyFolder };
  return { ...plan, deployment: { ...deployment, jobVariables: { ...jobVariables, env } } };
}
