/**
 * Versions of deployments. What the runs of a deployment are made of is kept at each change of it, so that what changed can be
 * seen, and an earlier one brought back.
 *
 * The number of the last version is a field of the deployment and changes with it in one write. The version itself is written
 * behind it, under an id that follows from the number: what is missing after a crash is written by the next who looks.
 */

import { MillraceError } from "../contract/errors.ts";
import type { Deployment, DeploymentVersion, JsonObject, NewObject, ObjectChange } from "../contract/objects.ts";
import type { Page, PageRequest } from "../contract/records.ts";
import type { Store } from "../contract/store.ts";
import { hashText } from "../kit/digest.ts";
import { uuidFromHash } from "../kit/ids.ts";
import { canonicalJson } from "../kit/json.ts";
import type { ObjectMethods } from "./objects.ts";
import { noDeployment } from "./submit-run.ts";

/** What runs are made of, with what stands for a field that is not there. */
const unset = {
  tags: [],
  workPoolId: null,
  workQueueId: null,
  labels: {},
  version: null,
  contentHash: null,
  parameters: {},
  parameterSchema: null,
  enforcesSchema: true,
  entrypoint: null,
  path: null,
  pullSteps: null,
  jobVariables: {},
  storageDocumentId: null,
  infrastructureDocumentId: null,
  versionInfo: null,
} as const satisfies Partial<Deployment>;

type Versioned = Partial<Record<keyof typeof unset, unknown>>;

export interface DeploymentVersions {
  /** The number that a deployment has with these fields, where it had `before`, or is new. */
  next(before: Deployment | null, after: Versioned): number;
  /** Sees to it that the version of the deployment is there. */
  keep(deployment: Deployment, more?: Pick<DeploymentVersion, "rolledBackTo">): Promise<void>;
  list(deploymentId: string, page?: PageRequest): Promise<Page<DeploymentVersion>>;
  read(deploymentId: string, number: number): Promise<DeploymentVersion | null>;
  /** What brings a version back. DEPLOYMENT_INVALID when something is gone that it needs. */
  toChange(deployment: Deployment, version: DeploymentVersion): Promise<ObjectChange<"deployment">>;
}

export function createDeploymentVersions({
  store,
  objects,
}: {
  readonly store: Store;
  readonly objects: ObjectMethods;
}): DeploymentVersions {
  async function keep(deployment: Deployment, more: Pick<DeploymentVersion, "rolledBackTo"> = {}): Promise<void> {
    const { id: deploymentId, versionNumber: number } = deployment;
    if (number === undefined) return;
    const id = uuidFromHash(`deployment-version ${deploymentId} ${number}`);
    if ((await objects.readObject("deployment-version", id)) !== null) return;
    const definition = toDefinition(deployment);
    const by = deployment.updatedBy ?? deployment.createdBy;
    const version: NewObject<"deployment-version"> = {
      id,
      deploymentId,
      number,
      contentHash: hashOf(definition),
      definition,
      ...(by == null ? {} : { by }),
      ...more,
    };
    try {
      await objects.createObject("deployment-version", version);
    } catch (error) {
      // Another was faster.
      if (!(error instanceof MillraceError) || error.code !== "OBJECT_EXISTS") throw error;
    }
  }

  async function readDeployment(id: string): Promise<Deployment> {
    const deployment = await objects.readObject("deployment", id);
    if (deployment === null) throw noDeployment(id);
    return deployment;
  }

  return {
    next(before, after) {
      const number = before?.versionNumber ?? 0;
      if (before === null) return 1;
      const isSame = hashOf(toDefinition(before)) === hashOf(toDefinition({ ...before, ...after }));
      return isSame && number > 0 ? number : number + 1;
    },
    keep,
    async list(deploymentId, page = {}) {
      await keep(await readDeployment(deploymentId));
      const where = { field: "deploymentId", in: [deploymentId] };
      return store.findObjects("deployment-version", { where, sort: { field: "number", direction: "desc" } }, page);
    },
    async read(deploymentId, number) {
      const deployment = await objects.readObject("deployment", deploymentId);
      if (deployment === null) return null;
      if (deployment.versionNumber === number) await keep(deployment);
      return objects.readObject("deployment-version", uuidFromHash(`deployment-version ${deploymentId} ${number}`));
    },
    async toChange({ name }, { number, definition = {} }) {
      const change = { ...unset, ...definition } as ObjectChange<"deployment">;
      const { workPoolId, workQueueId } = change;
      if (workPoolId != null && (await objects.readObject("work-pool", workPoolId)) === null) {
        throw gone(name, `the work pool of version ${number} is gone`);
      }
      if (workQueueId != null && (await objects.readObject("work-queue", workQueueId)) === null) {
        throw gone(name, `the work queue of version ${number} is gone`);
      }
      return change;
    },
  };
}

function toDefinition(deployment: Versioned): JsonObject {
  return Object.fromEntries(
    Object.entries(unset).map(([field, absent]) => [field, deployment[field as keyof typeof unset] ?? absent]),
  );
}

function hashOf(definition: JsonObject): string {
  return hashText(canonicalJson(definition));
}

function gone(deployment: string, reason: string): MillraceError {
  return new MillraceError("DEPLOYMENT_INVALID", { deployment, reason });
}
