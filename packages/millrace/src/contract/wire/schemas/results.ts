/** Schemas of a recorded result and a recorded error. */

import * as z from "zod";

const handedOn = z.array(z.object({ at: z.array(z.union([z.string(), z.number()])), by: z.string() })).exactOptional();

export const resultRef = z
  .discriminatedUnion("storage", [
    z.object({ storage: z.literal("inline"), data: z.string(), handedOn }),
    z.object({
      storage: z.literal("stored"),
      store: z.string(),
      key: z.string(),
      sizeBytes: z.number(),
      serializer: z.string(),
      handedOn,
    }),
    z.object({ storage: z.literal("none"), path: z.string(), reason: z.string() }),
  ])
  .meta({ id: "ResultRef" });

export const recordedError = z
  .object({
    name: z.string(),
    message: z.string(),
    code: z.string().nullable(),
    stack: z.string().nullable(),
    data: z.string().nullable(),
  })
  .meta({ id: "RecordedError" });
