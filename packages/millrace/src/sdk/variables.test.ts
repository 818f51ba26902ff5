import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openCommandHost } from "../app/command-host.ts";
import { flow, task, variable } from "../exports/index.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());

test("a variable keeps JSON, with its tags, until it is deleted", async () => {
  await variable.set("regions", ["eu", { name: "us", on: true }], { tags: ["nightly"] });
  await expect(variable.get("regions")).resolves.toEqual(["eu", { name: "us", on: true }]);
  expect(await host.api.readVariable("regions")).toMatchObject({
    value: '["eu",{"name":"us","on":true}]',
    tags: ["nightly"],
  });
  await expect(variable.delete("regions")).resolves.toBe(true);
  await expect(variable.delete("regions")).resolves.toBe(false);
  await expect(variable.get("regions")).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: "There is no variable `regions`.",
    fix: expect.stringContaining("millrace variable set regions"),
  });
});

test("is read in tasks and flows as it is now", async () => {
  await variable.set("batch-size", 3);
  const read = task({ name: "read" }, () => variable.get<number>("batch-size"));
  const load = flow({ name: "load" }, async () => {
    const before = await read();
    await variable.set("batch-size", 5);
    return [before, await variable.get<number>("batch-size")];
  });
  await expect(load()).resolves.toEqual([3, 5]);
});

describe("a default", () => {
  test("stands for a variable that is not there, also when it is undefined or null", async () => {
    await expect(variable.get("nowhere", { default: 3 })).resolves.toBe(3);
    await expect(variable.get("nowhere", { default: null })).resolves.toBeNull();
    await expect(variable.get("nowhere", { default: undefined })).resolves.toBeUndefined();
  });

  test("does not stand for one that is", async () => {
    await variable.set("nothing", null);
    await expect(variable.get("nothing", { default: 3 })).resolves.toBeNull();
  });
});

test("a schema checks what is read", async () => {
  await variable.set("limit", "12");
  await expect(variable.get("limit", { schema: z.coerce.number() })).resolves.toBe(12);
  await expect(variable.get("limit", { schema: z.number() })).rejects.toMatchObject({ code: "INPUT_INVALID" });
  await expect(variable.get("no-limit", { schema: z.number(), default: 7 })).resolves.toBe(7);
});

describe("set()", () => {
  test("replaces what is there, unless it is told not to", async () => {
    await variable.set("mode", "slow");
    await variable.set("mode", "fast");
    await expect(variable.set("mode", "none", { overwrite: false })).rejects.toMatchObject({
      code: "VARIABLE_INVALID",
      message: "Variable `mode` cannot be written: it is there already.",
    });
    await expect(variable.get("mode")).resolves.toBe("fast");
    await variable.set("new-mode", "slow", { overwrite: false });
    await expect(variable.get("new-mode")).resolves.toBe("slow");
  });

  test.each([
    [undefined, "`value` is undefined"],
    [{ at: [1n] }, "`value.at[0]` is a bigint"],
    [Number.NaN, "`value` is NaN"],
    [new Map(), "`value` is a Map; make an array or an object of it"],
  ])("refuses %o", async (value, reason) => {
    await expect(variable.set("bad", value)).rejects.toMatchObject({ code: "VARIABLE_INVALID", data: { reason } });
    expect(await host.api.readVariable("bad")).toBeNull();
  });

  test("refuses what is no name", async () => {
    await expect(variable.set("Batch Size", 3)).rejects.toMatchObject({ code: "VARIABLE_NAME_INVALID" });
  });
});
