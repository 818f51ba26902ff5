import * as z from "zod";
import type { PrefectRoute } from "../routes-table-types.ts";
import * as schemas from "../schemas/saved-searches.ts";
import { byId } from "./path-params.ts";

const tag = "SavedSearches";

export const savedSearchRoutes = {
  createSavedSearch: {
    verb: "PUT",
    path: "/saved_searches/",
    tag,
    summary: "Saves a search under its name",
    body: schemas.savedSearchCreate,
    answers: { 200: schemas.savedSearch, 201: schemas.savedSearch },
  },
  readSavedSearch: {
    verb: "GET",
    path: "/saved_searches/:id",
    tag,
    summary: "A saved search",
    ...byId,
    answers: { 200: schemas.savedSearch },
  },
  deleteSavedSearch: {
    verb: "DELETE",
    path: "/saved_searches/:id",
    tag,
    summary: "Deletes a saved search",
    ...byId,
    answers: { 204: null },
  },
  readSavedSearches: {
    verb: "POST",
    path: "/saved_searches/filter",
    tag,
    summary: "Saved searches",
    body: schemas.readSavedSearchesBody,
    answers: { 200: z.array(schemas.savedSearch) },
  },
} as const satisfies Record<string, PrefectRoute>;
