import { expect, test } from "vitest";
import { readAnswer } from "./answer-values.ts";

const schema = {
  properties: { version: { type: "string" }, note: { type: ["string", "null"] }, count: { type: "integer" }, any: {} },
};
const read = (param: readonly string[], initialValues: Parameters<typeof readAnswer>[1]["initialValues"] = null) =>
  readAnswer({ param, input: undefined }, { schema, initialValues });

test("a field of text takes what is written, every other one JSON where it is that", async () => {
  expect(await read(["version=1.0", "note=true", "count=3", "any=[1]"])).toEqual({
    version: "1.0",
    note: "true",
    count: 3,
    any: [1],
  });
  expect(await read(['version="1.0"', "note=null", "any=word"])).toEqual({ version: "1.0", note: null, any: "word" });
});

test("of a field that is written twice the last counts", async () => {
  expect(await read(["version=1.0", "version=2.0"])).toEqual({ version: "2.0" });
});

test("what is not written is as the form has it at first; nothing written is no answer", async () => {
  expect(await read(["count=3"], { note: "as usual", count: 1 })).toEqual({ note: "as usual", count: 3 });
  expect(await read([], { note: "as usual" })).toBeUndefined();
});

test("the answer in whole is taken as it is, and not with fields beside", async () => {
  const item = { schema, initialValues: { note: "as usual" } };
  expect(await readAnswer({ param: [], input: '{"count":1}' }, item)).toEqual({ count: 1 });
  expect(await readAnswer({ param: [], input: "null" }, item)).toBeNull();
  await expect(readAnswer({ param: ["count=1"], input: "{}" }, item)).rejects.toThrow("are not for one answer");
});
