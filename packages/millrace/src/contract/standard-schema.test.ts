import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { checkBySchema } from "./standard-schema.ts";

/** A schema that always finds this. */
function finding(...issues: readonly StandardSchemaV1.Issue[]): StandardSchemaV1 {
  return { "~standard": { version: 1, vendor: "test", validate: () => ({ issues }) } };
}

const check = async (schema: StandardSchemaV1): Promise<unknown> => checkBySchema(schema, {});

describe("what is wrong is told with its place", () => {
  test.each([
    ["n", "Invalid input: expected number", "n: Invalid input: expected number"],
    ["id", "Invalid input: expected an identifier", "id: Invalid input: expected an identifier"],
    ["in", "Invalid input", "in: Invalid input"],
    ["day", "not a day", "day: not a day"],
  ])("%s, also where its letters are in the message: %s", async (place, message, told) => {
    expect(await check(finding({ path: [place], message }))).toEqual({ issues: told });
  });

  test.each([
    ["n must be a number (was a string)"],
    ['"n" is required'],
    ["n.size must be at least 1"],
    ["`n`: Expected a number"],
  ])("but not twice, where the message begins with it: %s", async (message) => {
    expect(await check(finding({ path: ["n"], message }))).toEqual({ issues: message });
  });

  test("which is a path in the value, and may be the value itself", async () => {
    const path = ["rows", 3, { key: "n" }];
    const issues = [{ path, message: "is wrong" }, { message: "is too much" }];
    expect(await check(finding(...issues))).toEqual({ issues: "rows.3.n: is wrong; is too much" });
  });

  test("and no more than ten are written out", async () => {
    const issue = { path: ["n"], message: "is wrong" };
    const { issues } = (await check(finding(...Array.from({ length: 12 }, () => issue)))) as { issues: string };
    expect(issues).toMatch(/^n: is wrong; .*; 2 more$/);
  });
});

test("what zod says of a parameter names it", async () => {
  const checked = await checkBySchema(z.object({ n: z.number(), id: z.string() }), { n: "4", id: 4 });
  expect(checked).toMatchObject({ issues: expect.stringMatching(/^n: .*; id: /) });
});

test("what is right is given back as the schema makes it", async () => {
  expect(await checkBySchema(z.object({ n: z.coerce.number() }), { n: "4", m: 3 })).toEqual({ value: { n: 4 } });
});
