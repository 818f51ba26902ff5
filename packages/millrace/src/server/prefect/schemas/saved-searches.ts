import * as z from "zod";
import { record, slice, text } from "./common.ts";

const savedSearchFilter = z
  .object({ object: text, property: text, type: text, operation: text, value: z.unknown() })
  .meta({ id: "SavedSearchFilter" });

export const savedSearchCreate = z
  .object({ name: text, filters: z.array(savedSearchFilter).default([]) })
  .meta({ id: "SavedSearchCreate" });

export const savedSearch = z
  .object({ ...record, name: text, filters: z.array(savedSearchFilter) })
  .meta({ id: "SavedSearch" });

export const readSavedSearchesBody = z.object(slice);

export type SavedSearch = z.output<typeof savedSearch>;
