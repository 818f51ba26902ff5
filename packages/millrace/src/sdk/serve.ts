import type { FlowDefinition } from "../contract/definitions.ts";
import { MillraceError } from "../contract/errors.ts";
import { refuseWhileImporting } from "../contract/importing.ts";
import { runtimeSlot } from "../contract/runtime.ts";
import type { CodeSource, DeployOutcome, Serving } from "../contract/serving.ts";
import {
  type DeploymentDefinition,
  type DeployOptions,
  type ServeOptions,
  type ServingOptions,
  toDeployment,
  toSteps,
} from "./deployment-options.ts";

const defaultLimit = 10;
const readyByDefault = { min: 2, max: 4 } as const;

/**
 * Serves deployments of several flows from this process: their runs start here, each in a process of its own, until it is
 * told to stop. With a server (MILLRACE_API_URL) it takes its runs from there; without one it needs nothing else.
 *
 * @example await serve(etl.toDeployment({ cron: "0 2 * * *" }), report.toDeployment({ interval: "1h" }), { limit: 4 });
 * @throws FLOW_CALLED_WHILE_IMPORTING, DEPLOYMENT_INVALID, SCHEDULE_INVALID, SERVER_UNREACHABLE
 */
export async function serve(...given: readonly (DeploymentDefinition | ServingOptions)[]): Promise<void> {
  const deployments = given.filter((each) => "planned" in each);
  const options: ServingOptions = Object.assign({}, ...given.filter((each) => !("planned" in each)));
  const [first] = deployments;
  if (first === undefined) throw new MillraceError("DEPLOYMENT_INVALID", { deployment: "list", reason: "it is empty" });
  refuseWhileImporting(first.planned.definition);
  const { limit = defaultLimit, ready, pauseOnStop = true, signal = null, onServing = () => undefined } = options;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new MillraceError("DEPLOYMENT_INVALID", { deployment: first.name, reason: "`limit` must be 1 or more" });
  }
  await (await loadServing()).serve({
    deployments: deployments.map(({ planned }) => planned),
    limit,
    ready: ready ?? Math.min(Math.max(deployments.length, readyByDefault.min), limit, readyByDefault.max),
    pausesOnStop: pauseOnStop,
    signal,
    onServing,
  });
}

/** What `flow.serve()` does. */
export function serveFlow<Given>(definition: FlowDefinition, options: ServeOptions<Given> = {}): Promise<void> {
  const { limit, ready, pauseOnStop, signal, onServing, ...deployment } = options;
  return serve(toDeployment(definition, deployment), {
    ...(limit === undefined ? {} : { limit }),
    ...(ready === undefined ? {} : { ready }),
    ...(pauseOnStop === undefined ? {} : { pauseOnStop }),
    ...(signal === undefined ? {} : { signal }),
    ...(onServing === undefined ? {} : { onServing }),
  });
}

/** What `flow.deploy()` does. */
export async function deployFlow<Given>(
  definition: FlowDefinition,
  options: DeployOptions<Given>,
): Promise<DeployOutcome> {
  refuseWhileImporting(definition);
  const { pool, queue = null, source, dryRun = false, image: _, build: __, push: ___, pull: ____, ...given } = options;
  const { image, ...steps } = toSteps(options, given.name ?? definition.name);
  const jobVariables = image === null ? {} : { jobVariables: { ...given.jobVariables, image } };
  const { planned, name } = toDeployment(definition, { ...given, ...jobVariables });
  const request = { ...planned, pool, queue, source: toSource(source), ...steps };
  const [outcome] = await (await loadServing()).deploy([request], { isDryRun: dryRun });
  if (outcome === undefined) throw new MillraceError("DEPLOYMENT_INVALID", { deployment: name, reason: "it was lost" });
  return outcome;
}

function toSource(source: DeployOptions["source"]): CodeSource | null {
  if (source === undefined) return null;
  if (typeof source === "string") return { kind: "folder", folder: source };
  const { git, branch = null, commit = null, install = true } = source;
  return { kind: "git", repository: git, branch, commit, installs: install };
}

function loadServing(): Promise<Serving> {
  const { loadServing: load } = runtimeSlot();
  if (load === undefined)
    throw new Error("Millrace cannot serve here: import it as `millrace`, not by a file of its own");
  return load();
}
