/** Schemas of contract/query.ts. */

import * as z from "zod";
import { type Condition, subjects } from "../../query.ts";

export const subject = z.enum(subjects).meta({ id: "Subject" });

/** What has an id that people may know the start of. */
export const idKind = subject.exclude(["log"]);

const field = z.string();
const fieldValue = z.union([z.string(), z.number(), z.boolean()]);
const nested = z.lazy(() => condition);

/** Strict: a condition with a word that is not known would ask for more than is meant. */
export const condition: z.ZodType<Condition> = z
  .union([
    z.strictObject({ all: z.array(nested) }),
    z.strictObject({ any: z.array(nested) }),
    z.strictObject({ not: nested }),
    z.strictObject({ field, in: z.array(fieldValue) }),
    z.strictObject({ field, notIn: z.array(fieldValue) }),
    z.strictObject({ field, isNull: z.boolean() }),
    z.strictObject({ field, contains: z.string() }),
    z.strictObject({ field, startsWith: z.string() }),
    z.strictObject({ field, hasAll: z.array(z.string()) }),
    z.strictObject({ field, hasAny: z.array(z.string()) }),
    z.strictObject({
      field,
      atLeast: z.number().exactOptional(),
      atMost: z.number().exactOptional(),
      above: z.number().exactOptional(),
      below: z.number().exactOptional(),
    }),
    z.strictObject({ newestOf: z.string() }),
    z.strictObject({ related: subject, where: nested }),
  ])
  .meta({ id: "Condition" });

export const sort = z.object({ field: z.string(), direction: z.enum(["asc", "desc"]) }).meta({ id: "Sort" });
