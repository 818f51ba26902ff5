/** From what a file or a command says of a deployment to what is saved of it. */

import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { MillraceError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/objects.ts";
import { hashText } from "../kit/digest.ts";
import { toDeployment } from "../sdk/deployment-options.ts";
import { toTriggerToSave } from "../sdk/deployment-trigger.ts";
import { toScheduleToSave } from "../sdk/schedule-input.ts";
import { checkTriggers } from "../service/deployment-triggers.ts";
import { formatEntrypoint, isForNode, parseEntrypoint } from "../worker/entrypoint.ts";
import { type DeploymentPlan, placeCode, rootOf, toKeptSteps } from "./deploy-flows.ts";
import type { WrittenDeployment } from "./deployment-file.ts";
import { hashModule, toVersion, versionOf } from "./hash-module.ts";
import { findFlow } from "./import-module.ts";
import { withParameterSchema } from "./parameter-schema.ts";

/**
 * @param folder what its entrypoint is relative to
 * @throws DEPLOYMENT_INVALID, OBJECT_INVALID, OBJECT_EXISTS, FLOW_NOT_FOUND, MODULE_NOT_IMPORTABLE
 */
export async function planDeployment(
  written: WrittenDeployment,
  { folder }: { readonly folder: string },
): Promise<DeploymentPlan> {
  const { name, pool, queue } = written;
  if (pool === null) {
    throw new MillraceError("DEPLOYMENT_INVALID", { deployment: name, reason: "it names no work pool" });
  }
  const triggers = written.triggers.map((trigger, index) => toTriggerToSave(trigger, { deployment: name, index }));
  await checkTriggers(triggers);
  const common = {
    parameters: written.parameters,
    enforcesSchema: written.enforcesSchema,
    tags: written.tags,
    paused: written.paused,
    concurrencyLimit: written.concurrencyLimit,
    ...(written.collisionStrategy === null ? {} : { collisionStrategy: written.collisionStrategy }),
    ...(written.startGraceMs === null ? {} : { startGraceMs: written.startGraceMs }),
    jobVariables: written.jobVariables,
    schedules: written.schedules.map((schedule) => toScheduleToSave(schedule, name)),
    triggers,
  };
  const { root, ...planned } = isForNode(written.entrypoint)
    ? await planForNode(written, folder)
    : planForPython(written, folder);
  const description = written.description ?? planned.description;
  return {
    deployment: { ...planned, ...common, name: name === "" ? planned.flowName : name, description },
    pool,
    queue,
    isWritten: true,
    ...(hasSteps(written) ? { steps: { build: written.build, push: written.push, folder: root } } : {}),
  };
}

function hasSteps({ build, push }: WrittenDeployment): boolean {
  return build.length + push.length > 0;
}

async function planForNode(written: WrittenDeployment, folder: string) {
  const { file, exportName } = parseEntrypoint(written.entrypoint);
  const found = await findFlow({
    file: resolve(folder, file),
    exportName,
    ...(written.flowName === null ? {} : { flowName: written.flowName }),
  });
  const { definition, entrypoint } = found;
  const { planned } = toDeployment(definition, {
    ...(written.name === "" ? {} : { name: written.name }),
    ...(written.version === null ? {} : { version: written.version }),
    enforceParameterSchema: written.enforcesSchema,
  });
  const deployment = await withParameterSchema(planned.deployment, definition);
  const { description = null, ...rest } = deployment;
  const { codeHash } = definition;
  const path = fileURLToPath(entrypoint.module);
  const { pullSteps } = written;
  if (pullSteps === null) {
    const place = placeCode({ file: path, exportName, source: null, deployment: written.name });
    const version = versionOf(rest, { codeHash, contentHash: place.contentHash });
    return { ...rest, version, ...place, description, root: rootOf(path, null) };
  }
  const relativeFile = relative(resolve(folder), path);
  const contentHash = hashModule(path);
  return {
    ...rest,
    version: versionOf(rest, { codeHash, contentHash }),
    description,
    entrypoint: formatEntrypoint({ file: relativeFile, exportName }),
    path: null,
    pullSteps: toKeptSteps(pullSteps, written.name),
    contentHash,
    root: resolve(folder),
  };
}

/** What can be told of a flow without Python: its name. Its parameters are checked where it runs. */
function planForPython(written: WrittenDeployment, folder: string) {
  const { file, exportName } = parseEntrypoint(written.entrypoint);
  const invalid = (reason: string): MillraceError =>
    new MillraceError("DEPLOYMENT_INVALID", { deployment: written.name, reason });
  if (exportName === null) throw invalid("an entrypoint of Python is written as file.py:function");
  const path = resolve(folder, file);
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch {
    throw invalid(`there is no file ${path}`);
  }
  const flowName = written.flowName ?? findPythonFlow(source, exportName);
  if (flowName === null) throw invalid(`${file} has no flow \`${exportName}\``);
  const contentHash = hashText(source);
  const here: readonly JsonObject[] = [
    { "prefect.deployments.steps.set_working_directory": { directory: resolve(folder) } },
  ];
  return {
    flowName,
    description: null,
    version: written.version ?? toVersion(contentHash),
    parameterSchema: null,
    entrypoint: written.entrypoint,
    path: null,
    // As they are written: Prefect's worker takes them.
    pullSteps: written.pullSteps ?? (hasSteps(written) ? null : here),
    contentHash,
    root: resolve(folder),
  };
}

/** The name that `@flow(name="…")` gives, else that of the function, as Prefect makes it. Null where there is no such flow. */
export function findPythonFlow(source: string, functionName: string): string | null {
  const form = new RegExp(
    String.raw`^@(?:\w+\.)?flow\b([^\n]*(?:\n(?!@|\s*(?:async\s+)?def\b)[^\n]*)*)\n(?:@[^\n]*\n)*\s*(?:async\s+)?def\s+${functionName}\b`,
    "m",
  );
  const found = form.exec(source);
  if (found === null) return null;
  return /\bname\s*=\s*["']([^"']+)["']/.exec(found[1] ?? "")?.[1] ?? functionName.replaceAll("_", "-");
}
