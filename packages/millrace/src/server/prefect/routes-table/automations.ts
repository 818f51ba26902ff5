import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import { count } from "../schemas/common.ts";
import * as schemas from "../schemas/automations.ts";
import { byId } from "./path-params.ts";

const resourceParams = z.object({ resource_id: z.string() });

const tag = "Automations";

export const automationRoutes = {
  createAutomation: {
    verb: "POST",
    path: "/automations/",
    tag,
    summary: "Makes an automation",
    body: schemas.automationCreate,
    answers: { 201: schemas.automation },
  },
  readAutomation: {
    verb: "GET",
    path: "/automations/:id",
    tag,
    summary: "An automation",
    ...byId,
    answers: { 200: schemas.automation },
  },
  updateAutomation: {
    verb: "PUT",
    path: "/automations/:id",
    tag,
    summary: "Replaces an automation",
    ...byId,
    body: schemas.automationUpdate,
    answers: { 204: null },
  },
  patchAutomation: {
    verb: "PATCH",
    path: "/automations/:id",
    tag,
    summary: "Turns an automation on or off",
    ...byId,
    body: schemas.automationPartialUpdate,
    answers: { 204: null },
  },
  deleteAutomation: {
    verb: "DELETE",
    path: "/automations/:id",
    tag,
    summary: "Deletes an automation",
    ...byId,
    answers: { 204: null },
  },
  readAutomations: {
    verb: "POST",
    path: "/automations/filter",
    tag,
    summary: "Automations that match",
    body: schemas.readAutomationsBody,
    answers: { 200: z.array(schemas.automation) },
  },
  countAutomations: {
    verb: "POST",
    path: "/automations/count",
    tag,
    summary: "How many automations match",
    body: schemas.countAutomationsBody,
    answers: { 200: count },
  },
  readAutomationsRelatedToResource: {
    verb: "GET",
    path: "/automations/related-to/:resource_id",
    tag,
    summary: "Automations that have to do with a resource",
    params: resourceParams,
    answers: { 200: z.array(schemas.automation) },
  },
  deleteAutomationsOwnedByResource: {
    verb: "DELETE",
    path: "/automations/owned-by/:resource_id",
    tag,
    summary: "Deletes the automations that a resource owns",
    params: resourceParams,
    answers: { 202: z.null() },
  },
  validateTemplate: {
    verb: "POST",
    path: "/templates/validate",
    tag,
    summary: "Whether a template can be read",
    body: schemas.validateTemplateBody,
    answers: { 204: null, 422: schemas.templateError },
  },
  validateAutomationTemplate: {
    verb: "POST",
    path: "/automations/templates/validate",
    tag,
    summary: "Whether a template can be read, where older pages ask",
    body: schemas.validateTemplateBody,
    answers: { 204: null, 422: schemas.templateError },
  },
} as const satisfies Record<string, PrefectRoute>;
