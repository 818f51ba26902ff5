import { expect, it } from "vitest";
import { withoutSecrets } from "./kept-requests.ts";

it("leaves out what the schema says is a secret", () => {
  const given = { rows: 1, token: "x", nested: { password: "x" }, model: {} };
  const properties = {
    rows: { type: "integer" },
    token: { type: "string", format: "password" },
    nested: { type: "object", properties: { password: { type: "string", writeOnly: true } } },
    model: { $ref: "#/$defs/Model" },
  };
  expect(withoutSecrets(given, { properties: { rows: properties.rows, model: properties.model }, $defs: {} })).toEqual(
    given,
  );
  expect(withoutSecrets(given, { properties })).toEqual({ rows: 1 });
  expect(withoutSecrets(given, null)).toEqual(given);
});
