/** JSON, as a text that whoever reads it parses: one that is none would fail there, far from who wrote it. */

import * as z from "zod";
import { isJson, maxJsonDepth } from "../../../kit/json.ts";

export const jsonText = z
  .string()
  .refine(isJson, `Invalid input: expected JSON text, nested at most ${maxJsonDepth} deep`);
