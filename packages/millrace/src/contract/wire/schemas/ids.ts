/** Ids that are written: the ledger keeps them as 16 bytes, in one spelling. */

import * as z from "zod";

export const uuid = z
  .string()
  .regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    "Invalid input: expected a UUID in lower case",
  )
  .meta({ format: "uuid" });
