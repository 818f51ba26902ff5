/** What runs leave to be looked at. Those with a key are versions of one thing, whose newest is its collection. */

import * as z from "zod";
import { lowerCaseKey, orNull, record, slice, text, uuid } from "./common.ts";
import { anyOrNotText, anyUuid, keyText, operator } from "./filter-fields.ts";
import { runFilters } from "./run-filters.ts";

/** A value of the metadata that is longer is cut. In characters. */
const maxMetadataLength = 500;

const metadata = z.record(z.string(), z.string());
const metadataInput = z.record(
  z.string(),
  text.transform((value) => (value.length > maxMetadataLength ? `${value.slice(0, maxMetadataLength)}...` : value)),
);

export const artifactCreate = z
  .object({
    key: orNull(lowerCaseKey),
    type: orNull(text),
    description: orNull(text),
    data: orNull(z.unknown()),
    metadata_: orNull(metadataInput),
    flow_run_id: orNull(uuid),
    task_run_id: orNull(uuid),
  })
  .meta({ id: "ArtifactCreate" });

/** What is left out stays as it is. */
export const artifactUpdate = z
  .object({ data: z.unknown().optional(), description: text.nullish(), metadata_: metadataInput.nullish() })
  .meta({ id: "ArtifactUpdate" });

const artifactFields = {
  ...record,
  type: text.nullable(),
  description: text.nullable(),
  data: z.unknown(),
  metadata_: metadata.nullable(),
  flow_run_id: uuid.nullable(),
  task_run_id: uuid.nullable(),
};

export const artifact = z.object({ ...artifactFields, key: text.nullable() }).meta({ id: "Artifact" });

export const artifactCollection = z
  .object({ ...artifactFields, key: text, latest_id: uuid })
  .meta({ id: "ArtifactCollection" });

const conditions = {
  operator,
  key: orNull(keyText),
  flow_run_id: orNull(anyUuid),
  task_run_id: orNull(anyUuid),
  type: orNull(anyOrNotText),
};

const artifactFilter = z.object({ ...conditions, id: orNull(anyUuid) }).meta({ id: "ArtifactFilter" });

const artifactCollectionFilter = z
  .object({ ...conditions, latest_id: orNull(anyUuid) })
  .meta({ id: "ArtifactCollectionFilter" });

const sort = z.enum(["CREATED_DESC", "UPDATED_DESC", "ID_DESC", "KEY_DESC", "KEY_ASC"]).default("ID_DESC");

export const countArtifactsBody = z.object({ artifacts: orNull(artifactFilter), ...runFilters });
export const countLatestArtifactsBody = z.object({ artifacts: orNull(artifactCollectionFilter), ...runFilters });
export const readArtifactsBody = z.object({ ...countArtifactsBody.shape, ...slice, sort });
export const readLatestArtifactsBody = z.object({ ...countLatestArtifactsBody.shape, ...slice, sort });

export type ArtifactFilter = z.output<typeof artifactFilter>;
export type ArtifactCollectionFilter = z.output<typeof artifactCollectionFilter>;
export type Artifact = z.output<typeof artifact>;
export type ArtifactCollection = z.output<typeof artifactCollection>;
