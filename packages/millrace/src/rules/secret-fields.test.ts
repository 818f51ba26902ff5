import { describe, expect, test } from "vitest";
import { maskedText, maskSecretFields } from "./secret-fields.ts";

const secret = { type: "string", format: "password", writeOnly: true };

describe("fields that a form marks as secret", () => {
  test("are masked, and nothing else is", () => {
    const schema = { type: "object", properties: { user: { type: "string" }, password: secret } };
    const shown = maskSecretFields(schema, { user: "ada", password: "swordfish", more: 1 });
    expect(shown).toEqual({ user: "ada", password: maskedText, more: 1 });
  });

  test("are found in lists, references, alternatives and further properties", () => {
    const schema = {
      $defs: { Key: { properties: { token: { type: "string", writeOnly: true } } } },
      properties: {
        keys: { type: "array", items: { $ref: "#/$defs/Key" } },
        pin: { anyOf: [{ type: "string", format: "password" }, { type: "null" }] },
      },
      additionalProperties: secret,
    };
    expect(maskSecretFields(schema, { keys: [{ token: "a" }, { token: "b" }], pin: "1234", other: "x" })).toEqual({
      keys: [{ token: maskedText }, { token: maskedText }],
      pin: maskedText,
      other: maskedText,
    });
    expect(maskSecretFields(schema, { pin: null })).toEqual({ pin: null });
  });

  test("may be the whole answer, and a form that refers to itself ends", () => {
    expect(maskSecretFields(secret, "swordfish")).toBe(maskedText);
    const endless = { $ref: "#" };
    expect(maskSecretFields(endless, { a: 1 })).toEqual({ a: 1 });
    expect(maskSecretFields(null, { a: 1 })).toEqual({ a: 1 });
  });
});
