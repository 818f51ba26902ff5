import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import * as schemas from "../schemas/concurrency-limits.ts";
import { minimalConcurrencyLimit } from "../schemas/concurrency-limits-v2.ts";
import { byId, byTag } from "./path-params.ts";

const tag = "Concurrency Limits";

export const concurrencyLimitRoutes = {
  createConcurrencyLimit: {
    verb: "POST",
    path: "/concurrency_limits/",
    tag,
    summary: "Makes a limit on a tag, or changes the one that it has",
    body: schemas.concurrencyLimitCreate,
    answers: { 200: schemas.concurrencyLimit, 201: schemas.concurrencyLimit },
  },
  readConcurrencyLimit: {
    verb: "GET",
    path: "/concurrency_limits/:id",
    tag,
    summary: "A limit on a tag",
    ...byId,
    answers: { 200: schemas.concurrencyLimit },
  },
  readConcurrencyLimitByTag: {
    verb: "GET",
    path: "/concurrency_limits/tag/:tag",
    tag,
    summary: "The limit on a tag",
    ...byTag,
    answers: { 200: schemas.concurrencyLimit },
  },
  readConcurrencyLimits: {
    verb: "POST",
    path: "/concurrency_limits/filter",
    tag,
    summary: "Limits on tags",
    body: schemas.readConcurrencyLimitsBody,
    answers: { 200: z.array(schemas.concurrencyLimit) },
  },
  deleteConcurrencyLimit: {
    verb: "DELETE",
    path: "/concurrency_limits/:id",
    tag,
    summary: "Deletes a limit on a tag",
    ...byId,
    answers: { 200: z.null() },
  },
  deleteConcurrencyLimitByTag: {
    verb: "DELETE",
    path: "/concurrency_limits/tag/:tag",
    tag,
    summary: "Deletes the limit on a tag",
    ...byTag,
    answers: { 200: z.null() },
  },
  resetConcurrencyLimitByTag: {
    verb: "POST",
    path: "/concurrency_limits/tag/:tag/reset",
    tag,
    summary: "Frees the slots of a tag, or says who holds them",
    ...byTag,
    body: schemas.resetConcurrencyLimitBody,
    answers: { 200: z.null() },
  },
  incrementConcurrencyLimitsV1: {
    verb: "POST",
    path: "/concurrency_limits/increment",
    tag,
    summary: "Takes a slot of each tag for a task run",
    body: schemas.slotsOfTaskRunBody,
    answers: { 200: z.array(minimalConcurrencyLimit) },
  },
  decrementConcurrencyLimitsV1: {
    verb: "POST",
    path: "/concurrency_limits/decrement",
    tag,
    summary: "Gives back the slots of a task run",
    body: schemas.slotsOfTaskRunBody,
    answers: { 200: z.array(minimalConcurrencyLimit) },
  },
} as const satisfies Record<string, PrefectRoute>;
