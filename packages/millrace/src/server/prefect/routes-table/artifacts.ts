import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import { count } from "../schemas/common.ts";
import * as schemas from "../schemas/artifacts.ts";
import { byId } from "./path-params.ts";

const tag = "Artifacts";

export const artifactRoutes = {
  createArtifact: {
    verb: "POST",
    path: "/artifacts/",
    tag,
    summary: "Makes an artifact, which becomes the newest of its key",
    body: schemas.artifactCreate,
    answers: { 200: schemas.artifact, 201: schemas.artifact },
  },
  readArtifact: {
    verb: "GET",
    path: "/artifacts/:id",
    tag,
    summary: "An artifact",
    ...byId,
    answers: { 200: schemas.artifact },
  },
  readLatestArtifact: {
    verb: "GET",
    path: "/artifacts/:key/latest",
    tag,
    summary: "The newest artifact of a key",
    params: z.object({ key: z.string() }),
    answers: { 200: schemas.artifact },
  },
  updateArtifact: {
    verb: "PATCH",
    path: "/artifacts/:id",
    tag,
    summary: "Changes what is given of an artifact",
    ...byId,
    body: schemas.artifactUpdate,
    answers: { 204: null },
  },
  deleteArtifact: {
    verb: "DELETE",
    path: "/artifacts/:id",
    tag,
    summary: "Deletes an artifact",
    ...byId,
    answers: { 204: null },
  },
  readArtifacts: {
    verb: "POST",
    path: "/artifacts/filter",
    tag,
    summary: "Artifacts that match",
    body: schemas.readArtifactsBody,
    answers: { 200: z.array(schemas.artifact) },
  },
  countArtifacts: {
    verb: "POST",
    path: "/artifacts/count",
    tag,
    summary: "How many artifacts match",
    body: schemas.countArtifactsBody,
    answers: { 200: count },
  },
  readLatestArtifacts: {
    verb: "POST",
    path: "/artifacts/latest/filter",
    tag,
    summary: "The newest artifacts of the keys that match",
    body: schemas.readLatestArtifactsBody,
    answers: { 200: z.array(schemas.artifactCollection) },
  },
  countLatestArtifacts: {
    verb: "POST",
    path: "/artifacts/latest/count",
    tag,
    summary: "How many keys of artifacts match",
    body: schemas.countLatestArtifactsBody,
    answers: { 200: count },
  },
} as const satisfies Record<string, PrefectRoute>;
