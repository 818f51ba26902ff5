import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import * as schemas from "../schemas/admin.ts";

const tag = "Admin";

export const adminRoutes = {
  healthCheck: {
    verb: "GET",
    path: "/health",
    tag,
    summary: "Whether the server is there",
    isProbe: true,
    answers: { 200: z.boolean() },
  },
  performReadinessCheck: {
    verb: "GET",
    path: "/ready",
    tag,
    summary: "Whether its database answers",
    isProbe: true,
    answers: { 200: schemas.readiness, 503: schemas.readiness },
  },
  hello: { verb: "GET", path: "/hello", tag, summary: "A greeting", answers: { 200: z.string() } },
  serverVersion: {
    verb: "GET",
    path: "/version",
    tag,
    summary: "The version of the API that is spoken here",
    isProbe: true,
    answers: { 200: schemas.version },
  },
  readVersion: {
    verb: "GET",
    path: "/admin/version",
    tag,
    summary: "The version of Prefect that is spoken here; clients look at it before all else",
    answers: { 200: schemas.version },
  },
  readSettings: {
    verb: "GET",
    path: "/admin/settings",
    tag,
    summary: "Settings of the server, without what is secret",
    answers: { 200: schemas.settings },
  },
  readServerDefaultResultStorage: {
    verb: "GET",
    path: "/admin/storage",
    tag,
    summary: "Where results go by default",
    answers: { 200: schemas.defaultResultStorage },
  },
  updateServerDefaultResultStorage: {
    verb: "PUT",
    path: "/admin/storage",
    tag,
    summary: "Says where results go by default",
    body: schemas.defaultResultStorageUpdate,
    answers: { 200: schemas.defaultResultStorage },
  },
  clearServerDefaultResultStorage: {
    verb: "DELETE",
    path: "/admin/storage",
    tag,
    summary: "Lets results go where each flow says",
    answers: { 204: null },
  },
  createCsrfToken: {
    verb: "GET",
    path: "/csrf-token",
    tag,
    summary: "A token for a client, where the server asks for one",
    query: schemas.csrfTokenQuery,
    answers: { 200: schemas.csrfToken },
  },
  readViewContent: {
    verb: "GET",
    path: "/collections/views/:view",
    tag,
    summary: "What is known of packages with blocks and workers",
    params: z.object({ view: z.string() }),
    answers: { 200: schemas.collectionView },
  },
} as const satisfies Record<string, PrefectRoute>;
