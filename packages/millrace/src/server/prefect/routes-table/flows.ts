import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import { count } from "../schemas/common.ts";
import * as schemas from "../schemas/flows.ts";
import { byId, byName } from "./path-params.ts";

const tag = "Flows";

export const flowRoutes = {
  createFlow: {
    verb: "POST",
    path: "/flows/",
    tag,
    summary: "Makes a flow, or gives the one that has the name",
    body: schemas.flowCreate,
    answers: { 200: schemas.flow, 201: schemas.flow },
  },
  readFlow: { verb: "GET", path: "/flows/:id", tag, summary: "A flow", ...byId, answers: { 200: schemas.flow } },
  readFlowByName: {
    verb: "GET",
    path: "/flows/name/:name",
    tag,
    summary: "A flow by its name",
    ...byName,
    answers: { 200: schemas.flow },
  },
  updateFlow: {
    verb: "PATCH",
    path: "/flows/:id",
    tag,
    summary: "Changes a flow's tags",
    ...byId,
    body: schemas.flowUpdate,
    answers: { 204: null },
  },
  deleteFlow: {
    verb: "DELETE",
    path: "/flows/:id",
    tag,
    summary: "Deletes a flow and its deployments",
    ...byId,
    answers: { 204: null },
  },
  readFlows: {
    verb: "POST",
    path: "/flows/filter",
    tag,
    summary: "Flows that match",
    body: schemas.readFlowsBody,
    answers: { 200: z.array(schemas.flow) },
  },
  paginateFlows: {
    verb: "POST",
    path: "/flows/paginate",
    tag,
    summary: "A page of flows that match",
    body: schemas.paginateFlowsBody,
    answers: { 200: schemas.flowPage },
  },
  countFlows: {
    verb: "POST",
    path: "/flows/count",
    tag,
    summary: "How many flows match",
    body: schemas.countFlowsBody,
    answers: { 200: count },
  },
  bulkDeleteFlows: {
    verb: "POST",
    path: "/flows/bulk_delete",
    tag,
    summary: "Deletes flows that match",
    body: schemas.bulkDeleteFlowsBody,
    answers: { 200: schemas.flowsDeleted },
  },
} as const satisfies Record<string, PrefectRoute>;
