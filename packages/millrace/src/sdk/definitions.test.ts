/** What flow() and task() make of a function. */

import { describe, expect, test } from "vitest";
import { brands, runtimeSlot } from "../contract/runtime.ts";
import { flow, type Task, task } from "../exports/index.ts";

async function loadRows(file: string, { limit = 10 } = {}): Promise<string> {
  return `${file} ${limit}`;
}

describe("a task", () => {
  test("is named after its function, or by its option", () => {
    expect(task(loadRows).taskName).toBe("loadRows");
    expect(task({ name: "load-rows" }, loadRows).taskName).toBe("load-rows");
    expect(task(async () => 1).taskName).toBe("task");
    expect(task({ name: "load-rows" }, loadRows).name).toBe("load-rows");
  });

  test("keeps the bare function", async () => {
    expect(task(loadRows).fn).toBe(loadRows);
    await expect(task({ retries: 3 }, loadRows).fn("rows.csv")).resolves.toBe("rows.csv 10");
  });

  test("is resolved once, where it is defined", () => {
    const options = { retries: 2, timeout: "1m", expiresIn: "1h", cache: () => "key" } as const;
    expect(task(options, loadRows)[brands.definition]).toMatchObject({
      kind: "task",
      retries: 2,
      timeoutMs: 60_000,
      expiresInMs: 3_600_000,
      isGenerator: false,
    });
    expect(task(loadRows)[brands.definition]).toMatchObject({ retries: 0, timeoutMs: null, expiresInMs: null });
    expect(task(loadRows)[brands.definition].parameterNames[0]).toBe("file");
  });

  test("knows a generator", () => {
    expect(task(function* () {})[brands.definition].isGenerator).toBe(true);
    expect(task(async function* () {})[brands.definition].isGenerator).toBe(true);
  });

  test("knows where it was written", () => {
    const { site } = task(loadRows)[brands.definition];
    expect(site?.module).toBe(import.meta.url);
    expect(site?.line).toBeGreaterThan(1);
  });

  test("has a code hash that follows its text, or its version", () => {
    const hashOf = (defined: Pick<Task<never[], unknown>, typeof brands.definition>): string =>
      defined[brands.definition].codeHash;
    const one = task(async () => 1);
    expect(hashOf(task(one.fn))).toBe(hashOf(one));
    expect(hashOf(task(async () => 2))).not.toBe(hashOf(one));
    expect(hashOf(task({ version: "v7" }, one.fn))).toBe("v7");
  });

  test("withOptions() makes another one, of the same name", () => {
    const one = task({ name: "load", retries: 1, tags: ["a"] }, loadRows);
    const other = one.withOptions({ retries: 5 });
    expect(other.taskName).toBe("load");
    expect(other[brands.definition]).toMatchObject({ retries: 5, options: { tags: ["a"], retries: 5 } });
    expect(one[brands.definition].retries).toBe(1);
    expect(one.withOptions({ name: "load-again" }).taskName).toBe("load-again");
  });

  test("withOptions() leaves nothing behind, and reads the function's text no second time", () => {
    const one = task({ name: "load" }, loadRows);
    const known = runtimeSlot().definitions.length;
    const variants = Array.from({ length: 100 }, () => one.withOptions({ waitFor: [] }));
    expect(runtimeSlot().definitions).toHaveLength(known);
    const { codeHash } = one[brands.definition];
    expect(new Set(variants.map((variant) => variant[brands.definition].codeHash))).toEqual(new Set([codeHash]));
  });

  test("needs a function", () => {
    // @ts-expect-error options alone are no task
    expect(() => task({ name: "load" })).toThrow(TypeError);
  });

  test("cannot be mapped outside a flow before anything has run", () => {
    expect(runtimeSlot().runtime).toBeUndefined();
    expect(() => task(loadRows).map(["a"])).toThrow(expect.objectContaining({ code: "MAP_TOO_EARLY" }));
  });
});

describe("a flow", () => {
  test("is named, resolved and located as a task is", () => {
    const load = flow({ retries: 1, timeout: "2s" }, loadRows);
    expect(load.flowName).toBe("loadRows");
    expect(load.fn).toBe(loadRows);
    expect(load[brands.definition]).toMatchObject({ kind: "flow", retries: 1, timeoutMs: 2000 });
    expect(load[brands.definition].site?.module).toBe(import.meta.url);
    expect(load.withOptions({ name: "other" })[brands.definition].site?.module).toBe(import.meta.url);
  });

  test("needs a function", () => {
    // @ts-expect-error options alone are no flow
    expect(() => flow({ name: "load" })).toThrow(TypeError);
  });
});

test("every definition is found again in the slot, newest last, and none has started anything", () => {
  const load = flow({ name: "newest" }, async () => 1);
  expect(runtimeSlot().definitions.at(-1)).toBe(load[brands.definition]);
  expect(runtimeSlot().runtime).toBeUndefined();
});
