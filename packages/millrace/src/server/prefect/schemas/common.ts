/**
 * What the schemas of Prefect's wire are made of. A request is read leniently: fields that are not known are dropped, what
 * may be left out is filled in, and times and durations become numbers. An answer is checked for every one of its fields,
 * and its times are text.
 */

import * as z from "zod";
import { fromPrefectDuration, fromPrefectTime } from "../times.ts";

/** May be left out or null; either way it is null. */
export function orNull<Schema extends z.ZodType>(schema: Schema): z.ZodDefault<z.ZodNullable<Schema>> {
  return z._default(z.nullable(schema), null as never);
}

/** Any id in Prefect's form, in lower case. */
export const uuid = z.guid().toLowerCase();

/** A time in a request: ms since the epoch, with µs as a fraction. */
export const time = z.union([z.string().meta({ format: "date-time" }), z.number()]).transform((value, context) => {
  const ms = fromPrefectTime(value);
  if (ms !== null) return ms;
  context.addIssue({ code: "custom", message: "Input should be a valid datetime", input: value });
  return z.NEVER;
});

/** A time in an answer, as text. */
export const timeText = z.iso.datetime({ offset: true });

/** A duration in a request: seconds. */
export const seconds = z.union([z.number(), z.string().meta({ format: "duration" })]).transform((value, context) => {
  const duration = fromPrefectDuration(value);
  if (duration !== null) return duration;
  context.addIssue({ code: "custom", message: "Input should be a valid timedelta", input: value });
  return z.NEVER;
});

export const text = z.string();
export const texts = z.array(z.string());
export const uuids = z.array(uuid);

export const jsonObject = z.record(z.string(), z.unknown());

export const labels = z.record(z.string(), z.union([z.boolean(), z.number(), z.string()]));

/** The name of a thing that is also a part of paths. */
export const name = z.string().regex(/^[^/%&><]+$/);

/** A name that has more to it than spaces and quotes. */
export const nameWithText = name.refine((value) => /[^'" ]/.test(value), "name cannot be an empty string");

/** The name of a run: where it is missing or empty, the server makes one up. */
export const runName = orNull(z.string());

export const lowerCaseKey = z
  .string()
  .regex(/^[a-z0-9-]*$/, "must only contain lowercase letters, numbers, and dashes.");

export const timeZone = z.string().refine(isTimeZone, "Invalid timezone");

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** What every stored thing has. */
export const record = { id: uuid, created: timeText.nullable(), updated: timeText.nullable() };

/** Answers in one page, at most, and the default. */
export const maxLimit = 200;

/** Its two complaints have a form of their own; see errors.ts. */
export const limit = z
  .int()
  .min(0, "Invalid limit: must be greater than or equal to 0.")
  .max(maxLimit, `Invalid limit: must be less than or equal to ${maxLimit}.`)
  .nullable()
  .default(maxLimit)
  .transform((given) => given ?? maxLimit);

/** The fields of a request for some of many. */
export const slice = { offset: z.int().nonnegative().default(0), limit };

/** The fields of a request for the n-th page, from 1. */
export const paging = { page: z.int().min(1).default(1), limit };

/** The fields of an answer that is a page. */
export const pageCounts = { count: z.int(), limit: z.int(), pages: z.int(), page: z.int() };

export const pageOf = <Schema extends z.ZodType>(schema: Schema) =>
  z.object({ results: z.array(schema), ...pageCounts });

/** Objects that one call may change or delete, at most. */
export const bulkLimit = z.int().min(1).max(50).default(50);

export const deleted = z.object({ deleted: uuids });

export const count = z.int();
