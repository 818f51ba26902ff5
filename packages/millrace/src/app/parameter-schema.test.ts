import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { afterEach, expect, test, vi } from "vitest";
import * as z from "zod";
import type { JsonObject } from "../contract/objects.ts";
import { ModuleMissing } from "../kit/late.ts";
import { flow } from "../sdk/flow.ts";
import { withParameterSchema } from "./parameter-schema.ts";

const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
afterEach(() => warn.mockClear());

const warning = { type: "MillraceWarning", code: "PARAMETER_SCHEMA_MISSING" };

let flows = 0;
/** The schema of a deployment of a flow with these parameters, and what was warned of. */
async function schemaOf(parameters: StandardSchemaV1, ...more: unknown[]): Promise<JsonObject | null> {
  const made = flow({ name: `flow-${flows++}`, parameters }, async () => undefined);
  const { definition, deployment } = made.toDeployment().planned;
  const [load] = more as [Parameters<typeof withParameterSchema>[2]];
  const known = await withParameterSchema(deployment, definition, load);
  await withParameterSchema(deployment, definition, load);
  return known.parameterSchema ?? null;
}

const missing = async (name: string, why: string): Promise<never> => {
  throw new ModuleMissing(name, why, null);
};

test.each<[library: string, schema: StandardSchemaV1]>([
  ["zod", z.object({ rows: z.number(), day: z.string().optional() })],
  ["arktype", type({ rows: "number", "day?": "string" })],
  ["valibot", v.object({ rows: v.number(), day: v.optional(v.string()) })],
])("a schema of %s gives a JSON Schema", async (_, schema) => {
  expect(await schemaOf(schema)).toMatchObject({
    type: "object",
    properties: { rows: { type: "number" }, day: { type: "string" } },
    required: ["rows"],
  });
  expect(warn).not.toHaveBeenCalled();
});

test("where the package is missing that makes it, that is told once, with what to install", async () => {
  expect(await schemaOf(v.object({ rows: v.number() }), missing)).toBeNull();
  expect(warn.mock.calls).toEqual([
    [expect.stringContaining("npm install @valibot/to-json-schema") as string, warning],
  ]);
});

test("where there is no way to one, that is told too", async () => {
  const own: StandardSchemaV1 = {
    "~standard": { version: 1, vendor: "own", validate: (value) => ({ value }) },
  };
  expect(await schemaOf(own)).toBeNull();
  expect(warn.mock.calls).toEqual([
    [expect.stringContaining("(of own) gives no JSON Schema; describe them by one that does") as string, warning],
  ]);
});
