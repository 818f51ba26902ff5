/** What runs leave to be looked at, and the newest of each key. */

import type { Artifact } from "../../../contract/records.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { PrefectError } from "../errors.ts";
import {
  artifactSorts,
  fromArtifactFilters,
  fromCollectionFilters,
  toPrefectArtifact,
  toPrefectCollection,
  untyped,
} from "../mapping/artifact.ts";
import { fromPrefectData } from "../mapping/artifact-data.ts";
import type { PrefectContext, PrefectHandlers } from "../routes-table-types.ts";
import { listAtMost } from "./list-at-most.ts";

type ArtifactHandler =
  | "createArtifact"
  | "readArtifact"
  | "readLatestArtifact"
  | "updateArtifact"
  | "deleteArtifact"
  | "readArtifacts"
  | "countArtifacts"
  | "readLatestArtifacts"
  | "countLatestArtifacts";

export function artifactHandlers({ api, clock, onUnreadable }: PrefectContext): Pick<PrefectHandlers, ArtifactHandler> {
  async function read(id: string): Promise<Artifact> {
    const [artifact] = (await api.listArtifacts({ ids: [id] }, { limit: 1 })).items;
    if (artifact === undefined) throw notFound();
    return artifact;
  }

  /** @throws PrefectError 409 for an artifact of a flow run that is not there */
  async function write(artifact: Artifact): Promise<void> {
    const { stale } = await api.record({ processId: "prefect-client", artifacts: [artifact] });
    if (stale.length === 0) return;
    throw new PrefectError({ status: 409, detail: `There is no flow run ${String(artifact.flowRunId)}.` });
  }

  return {
    async createArtifact({ body }) {
      const now = clock.now();
      const kind = body.type ?? untyped;
      const artifact: Artifact = {
        id: uuidv7(),
        key: body.key,
        kind,
        description: body.description,
        data: JSON.stringify(fromPrefectData(kind, body.data)),
        metadata: toText(body.metadata_),
        flowRunId: body.flow_run_id,
        taskRunId: body.task_run_id,
        createdAt: now,
        updatedAt: now,
      };
      await write(artifact);
      return { status: 201, body: toPrefectArtifact(artifact, onUnreadable) };
    },

    readArtifact: async ({ params: { id } }) => ({
      status: 200,
      body: toPrefectArtifact(await read(id), onUnreadable),
    }),

    async readLatestArtifact({ params: { key } }) {
      const [artifact] = (await api.listArtifacts({ keys: [key], latestOnly: true }, { limit: 1 })).items;
      if (artifact === undefined) throw notFound();
      return { status: 200, body: toPrefectArtifact(artifact, onUnreadable) };
    },

    async updateArtifact({ params: { id }, body }) {
      const artifact = await read(id);
      const { data, description, metadata_: metadata } = body;
      await write({
        ...artifact,
        ...(data === undefined ? {} : { data: JSON.stringify(fromPrefectData(artifact.kind, data)) }),
        ...(description === undefined ? {} : { description }),
        ...(metadata === undefined ? {} : { metadata: toText(metadata) }),
        updatedAt: clock.now(),
      });
      return { status: 204 };
    },

    async deleteArtifact({ params: { id } }) {
      if (!(await api.deleteArtifact(id))) throw notFound();
      return { status: 204 };
    },

    async readArtifacts({ body }) {
      const filter = { where: fromArtifactFilters(body), sort: artifactSorts[body.sort] };
      const artifacts = await listAtMost(body, (page) => api.listArtifacts(filter, page));
      return { status: 200, body: artifacts.map((artifact) => toPrefectArtifact(artifact, onUnreadable)) };
    },

    countArtifacts: async ({ body }) => ({
      status: 200,
      body: await api.count("artifact", fromArtifactFilters(body)),
    }),

    async readLatestArtifacts({ body }) {
      const filter = { where: fromCollectionFilters(body), sort: artifactSorts[body.sort] };
      const artifacts = await listAtMost(body, (page) => api.listArtifacts(filter, page));
      return { status: 200, body: artifacts.flatMap((artifact) => toPrefectCollection(artifact, onUnreadable) ?? []) };
    },

    countLatestArtifacts: async ({ body }) => ({
      status: 200,
      body: await api.count("artifact", fromCollectionFilters(body)),
    }),
  };
}

function toText(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function notFound(): PrefectError {
  return new PrefectError({ status: 404, detail: "Artifact not found." });
}
