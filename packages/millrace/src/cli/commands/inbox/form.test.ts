import { expect, test } from "vitest";
import type { FlowRun } from "../../../contract/flow-run.ts";
import { fieldsOf, schemaOf } from "./form.ts";

test("a form has a field for each property, with what people need to know", () => {
  const schema = {
    type: "object",
    required: ["approve", "reason", "count"],
    properties: {
      approve: { type: "boolean", description: "May it go out?" },
      reason: { type: "string", title: "Reason" },
      channel: { enum: ["mail", 1] },
      count: { type: "integer", default: 3 },
      day: { type: "string", format: "date" },
      tags: { type: "array", items: { type: "string" } },
      note: { type: ["string", "null"] },
      fixed: { const: "x" },
      any: {},
    },
  };
  expect(fieldsOf(schema)).toEqual([
    { name: "approve", type: "boolean", isRequired: true, initial: null, description: "May it go out?" },
    { name: "reason", type: "text", isRequired: true, initial: null, description: "Reason" },
    { name: "channel", type: "one of mail, 1", isRequired: false, initial: null, description: "" },
    { name: "count", type: "integer", isRequired: false, initial: "3", description: "" },
    { name: "day", type: "date", isRequired: false, initial: null, description: "" },
    { name: "tags", type: "list of text", isRequired: false, initial: null, description: "" },
    { name: "note", type: "string or null", isRequired: false, initial: null, description: "" },
    { name: "fixed", type: "x", isRequired: false, initial: null, description: "" },
    { name: "any", type: "JSON", isRequired: false, initial: null, description: "" },
  ]);
});

test("a schema of something else than an object has no fields", () => {
  expect(fieldsOf({ type: "string" })).toEqual([]);
});

test("a run without a schema waits for no answer", () => {
  const paused = (details: object): FlowRun => ({ state: { type: "PAUSED", details } }) as FlowRun;
  expect(schemaOf(paused({}))).toBeNull();
  expect(schemaOf(paused({ inputSchema: { type: "object" } }))).toEqual({ type: "object" });
});
