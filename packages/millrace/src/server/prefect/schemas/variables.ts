import * as z from "zod";
import { jsonObject, orNull, record, slice, text, texts } from "./common.ts";
import { allTags, anyOrLikeText, anyUuid, operator } from "./filter-fields.ts";

const variableName = z
  .string()
  .max(255)
  .regex(/^[a-z0-9_-]*$/, "Variable name must only contain lowercase letters, numbers, and dashes or underscores.");

/** Any JSON. */
const value = z.union([z.string(), z.number(), z.boolean(), jsonObject, z.array(z.unknown())]).nullable();

export const variableCreate = z
  .object({ name: variableName, value, tags: texts.default([]) })
  .meta({ id: "VariableCreate" });

/** What is left out stays as it is. */
export const variableUpdate = z
  .object({ name: variableName.nullish(), value: value.optional(), tags: texts.nullish() })
  .meta({ id: "VariableUpdate" });

export const variable = z.object({ ...record, name: text, value, tags: texts }).meta({ id: "Variable" });

const variableFilter = z
  .object({ operator, id: orNull(anyUuid), name: orNull(anyOrLikeText), tags: orNull(allTags) })
  .meta({ id: "VariableFilter" });

export const countVariablesBody = z.object({ variables: orNull(variableFilter) });

export const readVariablesBody = z.object({
  variables: orNull(variableFilter),
  ...slice,
  sort: z.enum(["CREATED_DESC", "UPDATED_DESC", "NAME_DESC", "NAME_ASC"]).default("NAME_ASC"),
});

export type VariableFilter = z.output<typeof variableFilter>;
export type Variable = z.output<typeof variable>;
