import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { toJsonSchema } from "./json-schema.ts";

describe("the JSON Schema of what a schema accepts", () => {
  test("zod: before coercion and transforms", () => {
    const found = toJsonSchema(
      z.object({ days: z.number().default(1), since: z.string().transform((day) => new Date(day)) }),
    );
    expect(found).toMatchObject({
      type: "object",
      properties: { days: { type: "number", default: 1 }, since: { type: "string" } },
      required: ["since"],
    });
  });

  test("zod: what JSON cannot represent accepts anything", () => {
    expect(toJsonSchema(z.object({ when: z.date(), name: z.string() }))).toMatchObject({
      properties: { when: {}, name: { type: "string" } },
    });
  });

  test("arktype", () => {
    expect(toJsonSchema(type({ name: "string", "days?": "number" }))).toMatchObject({
      type: "object",
      properties: { name: { type: "string" }, days: { type: "number" } },
      required: ["name"],
    });
  });
});

describe("null, where there is none", () => {
  test("valibot, which has none of its own", () => {
    expect(toJsonSchema(v.object({ name: v.string() }))).toBeNull();
  });

  const validate = (value: unknown): StandardSchemaV1.Result<unknown> => ({ value });

  test("a schema whose JSON Schema cannot be made", () => {
    const refuses = (): never => {
      throw new Error("not convertible");
    };
    expect(
      toJsonSchema({
        "~standard": { version: 1, vendor: "own", validate, jsonSchema: { input: refuses } },
      } as StandardSchemaV1),
    ).toBeNull();
    expect(
      toJsonSchema({ "~standard": { version: 1, vendor: "own", validate }, toJSONSchema: refuses } as StandardSchemaV1),
    ).toBeNull();
  });

  test("a schema of one's own", () => {
    expect(toJsonSchema({ "~standard": { version: 1, vendor: "own", validate } })).toBeNull();
  });
});
