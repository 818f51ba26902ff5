import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import { count } from "../schemas/common.ts";
import * as schemas from "../schemas/variables.ts";
import { byId, byName } from "./path-params.ts";

const tag = "Variables";

export const variableRoutes = {
  createVariable: {
    verb: "POST",
    path: "/variables/",
    tag,
    summary: "Makes a variable",
    body: schemas.variableCreate,
    answers: { 201: schemas.variable },
  },
  readVariable: {
    verb: "GET",
    path: "/variables/:id",
    tag,
    summary: "A variable",
    ...byId,
    answers: { 200: schemas.variable },
  },
  readVariableByName: {
    verb: "GET",
    path: "/variables/name/:name",
    tag,
    summary: "A variable by its name",
    ...byName,
    answers: { 200: schemas.variable },
  },
  updateVariable: {
    verb: "PATCH",
    path: "/variables/:id",
    tag,
    summary: "Changes what is given of a variable",
    ...byId,
    body: schemas.variableUpdate,
    answers: { 204: null },
  },
  updateVariableByName: {
    verb: "PATCH",
    path: "/variables/name/:name",
    tag,
    summary: "Changes what is given of a variable by its name",
    ...byName,
    body: schemas.variableUpdate,
    answers: { 204: null },
  },
  deleteVariable: {
    verb: "DELETE",
    path: "/variables/:id",
    tag,
    summary: "Deletes a variable",
    ...byId,
    answers: { 204: null },
  },
  deleteVariableByName: {
    verb: "DELETE",
    path: "/variables/name/:name",
    tag,
    summary: "Deletes a variable by its name",
    ...byName,
    answers: { 204: null },
  },
  readVariables: {
    verb: "POST",
    path: "/variables/filter",
    tag,
    summary: "Variables that match",
    body: schemas.readVariablesBody,
    answers: { 200: z.array(schemas.variable) },
  },
  countVariables: {
    verb: "POST",
    path: "/variables/count",
    tag,
    summary: "How many variables match",
    body: schemas.countVariablesBody,
    answers: { 200: count },
  },
} as const satisfies Record<string, PrefectRoute>;
