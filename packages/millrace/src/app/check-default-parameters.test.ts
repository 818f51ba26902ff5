import { expect, test, vi } from "vitest";
import type { JsonObject } from "../contract/objects.ts";
import { checkDefaultParameters } from "./check-default-parameters.ts";

const parameterSchema = {
  type: "object",
  properties: { rows: { type: "integer" }, day: { type: "string" } },
  required: ["rows", "day"],
};

const check = (parameters: JsonObject, more = {}): Promise<void> =>
  checkDefaultParameters({ flowName: "etl", name: "nightly", parameters, parameterSchema, ...more });

test("wrong defaults are refused, missing ones are not", async () => {
  await check({ rows: 3 });
  await check({});
  await expect(check({ rows: "many" })).rejects.toMatchObject({
    code: "DEPLOYMENT_INVALID",
    message: expect.stringContaining("rows must be integer") as string,
  });
});

test("what is not enforced, or becomes a value later, is not checked", async () => {
  const checks = [
    check({ rows: "many" }, { enforcesSchema: false }),
    check({ rows: "many" }, { parameterSchema: null }),
    check({ rows: "{{ $ROWS }}" }),
    check({ rows: { __prefect_kind: "workspace_variable", variable_name: "rows" } }),
  ];
  await expect(Promise.all(checks)).resolves.toHaveLength(checks.length);
});

test("names that the schema does not have are warned of", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  try {
    await check({ row: 3 });
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("Did you mean `rows`?"), "MillraceWarning");
  } finally {
    warn.mockRestore();
  }
});
