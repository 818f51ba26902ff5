/** Imports files, tells of the deployments that they define, and ends. Each mistake is told by itself. */

import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { DeploymentToSave } from "../../contract/deployments.ts";
import type { PlannedDeployment } from "../../contract/serving.ts";
import { toDeployment } from "../../sdk/deployment-options.ts";
import { formatEntrypoint, parseEntrypoint } from "../../worker/entrypoint.ts";
import { readDeploymentFile } from "../deployment-file.ts";
import { importModule } from "../import-module.ts";
import { toVersion } from "../hash-module.ts";
import { withParameterSchema } from "../parameter-schema.ts";
import { planDeployment } from "../plan-deployment.ts";
import { importByCopies } from "./code-copy.ts";
import { toProblem } from "./describe-problem.ts";
import type { FromDefinitionsProcess, ImportEdge, ToDefinitionsProcess } from "./messages.ts";

function tell(message: FromDefinitionsProcess): void {
  if (process.connected) process.send?.(message);
}

process.once("message", (message) => void answer(message as ToDefinitionsProcess));
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(0));

async function answer({ files, deploymentFiles, pool, copyFolder }: ToDefinitionsProcess): Promise<void> {
  const imports: ImportEdge[] = [];
  importByCopies({ folder: copyFolder, onImport: (from, to) => void imports.push([from, to]) });
  for (const file of files) {
    await attempt(file, () => tellOfModule(file, pool));
  }
  for (const file of deploymentFiles) {
    await attempt(file, () => tellOfDeploymentFile(file, pool));
  }
  // What the modules have left open would keep the process.
  process.send?.({ kind: "done", imports } satisfies FromDefinitionsProcess, undefined, undefined, () =>
    process.exit(0),
  );
}

async function attempt(file: string, work: () => Promise<void>): Promise<void> {
  tell({ kind: "begins", file });
  try {
    await work();
  } catch (error) {
    tell({ kind: "problem", problem: toProblem(error, file) });
  }
}

/** The deployments that it exports, and one of each flow that it defines. Nothing is told of a file with a mistake. */
async function tellOfModule(file: string, pool: string): Promise<void> {
  const { url, flows } = await importModule(file);
  const here = flows.filter(({ definition }) => definition.site?.module === url);
  const implied = here.map(({ definition, exportName }) => ({
    planned: toDeployment(definition).planned,
    exportName,
    isImplied: true,
  }));
  const written = (await exportedDeployments(url)).map((planned) => ({ planned, exportName: null, isImplied: false }));
  for (const { planned, exportName, isImplied } of [...written, ...implied]) {
    const known = await withParameterSchema(planned.deployment, planned.definition);
    const deployment = placeHere({ ...planned, deployment: known }, { file: fileOf(planned) ?? file, exportName });
    tell({
      kind: "defined",
      deployment: { definedIn: file, file, isImplied, plan: { deployment, pool, queue: null } },
    });
  }
}

/** What `flow.toDeployment()` has made. */
async function exportedDeployments(url: string): Promise<readonly PlannedDeployment[]> {
  const exported = Object.values((await import(url)) as Readonly<Record<string, unknown>>);
  return exported.flatMap((value) =>
    typeof value === "object" && value !== null && "planned" in value ? [value.planned as PlannedDeployment] : [],
  );
}

function fileOf({ definition }: PlannedDeployment): string | null {
  const module = definition.site?.module;
  return module?.startsWith("file:") === true ? fileURLToPath(module) : null;
}

/** Runs are executed in the folder that the command was started in. */
function placeHere(
  { definition, deployment }: PlannedDeployment,
  { file, exportName }: { readonly file: string; readonly exportName: string | null },
): DeploymentToSave {
  const path = process.cwd();
  const entrypoint = formatEntrypoint({ file: relative(path, file).replaceAll("\\", "/"), exportName });
  const placed = { ...deployment, path, entrypoint, pullSteps: null };
  return withGivenVersion(placed, definition.codeHash);
}

/** Without a version that nobody gave: that follows the code, which is known when it is registered. */
function withGivenVersion(deployment: DeploymentToSave, defaultVersion: string): DeploymentToSave {
  const { version, ...rest } = deployment;
  return version === defaultVersion ? rest : deployment;
}

const here = { queue: null, pullSteps: null, build: [], push: [] } as const;

/** What the file says of pools, images and where to fetch the code from is for elsewhere: here the files are used. */
async function tellOfDeploymentFile(path: string, pool: string): Promise<void> {
  const { deployments } = await readDeploymentFile(path);
  const folder = dirname(path);
  for (const written of deployments) {
    const file = resolve(folder, parseEntrypoint(written.entrypoint).file);
    try {
      const plan = await planDeployment({ ...written, ...here, pool }, { folder });
      const deployment = withGivenVersion(plan.deployment, toVersion(plan.deployment.contentHash ?? ""));
      tell({
        kind: "defined",
        deployment: { definedIn: path, file, isImplied: false, plan: { ...plan, deployment } },
      });
    } catch (error) {
      tell({ kind: "problem", problem: toProblem(error, path) });
    }
  }
}
