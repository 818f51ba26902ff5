/** Schemas of contract/wire/sealed-values.ts. */

import * as z from "zod";
import {
  type BlockAround,
  type BlockTrial,
  blockName,
  type BlockToCreate,
  type BlockValues,
  type BlockValuesChange,
} from "../sealed-values.ts";

const jsonObject = z.record(z.string(), z.unknown());

export const blockValues: z.ZodType<BlockValues> = z
  .object({
    data: jsonObject,
    references: z.record(z.string(), z.object({ id: z.string(), name: z.string() })),
    revision: z.number(),
  })
  .meta({ id: "BlockValues" });

export const blocksAround: z.ZodType<readonly BlockAround[]> = z
  .array(z.object({ id: z.string(), name: z.string(), fields: z.array(z.string()) }))
  .meta({ id: "BlocksAround" });

export const blockTrial: z.ZodType<BlockTrial> = z
  .object({ isOk: z.boolean(), told: z.string() })
  .meta({ id: "BlockTrial" });

export const blockToCreate: z.ZodType<BlockToCreate> = z
  .object({
    blockTypeId: z.string(),
    blockSchemaId: z.string(),
    name: z.string().regex(blockName, "a block's name is of lower-case letters, digits and -, 200 at most"),
    data: jsonObject,
  })
  .meta({ id: "BlockToCreate" });

export const blockValuesChange: z.ZodType<BlockValuesChange> = z
  .object({
    data: jsonObject,
    blockSchemaId: z.string().exactOptional(),
    revision: z.number().exactOptional(),
  })
  .meta({ id: "BlockValuesChange" });

export const secretValue = z.object({ value: z.string().min(1) }).meta({ id: "SecretValue" });
