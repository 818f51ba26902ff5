import { describe, expect, test } from "vitest";
import { z } from "zod";
import { brands } from "../contract/runtime.ts";
import { concurrent, flow, inputs, processes, task, threads } from "../exports/index.ts";
import { checkOptions } from "./options.ts";

/** The message of the error that the options cause; null when they are accepted. */
function complaint(kind: "flow" | "task", options: object): string | null {
  try {
    checkOptions(kind, "load", options);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("what is accepted", () => {
  test.each([
    [{ name: "load", description: "Loads", version: "2", tags: ["nightly"] }],
    [{ retries: 0, retryDelay: 100, timeout: "30m" }],
    [{ retries: 1000, retryDelay: ["1s", 500], captureConsole: true }],
    [{ retryDelay: (attempt: number) => attempt, logLevel: "debug", persistResult: false }],
    [{ onCompletion: () => undefined, onFailure: [() => undefined, () => undefined] }],
    [{ retries: undefined, name: undefined }],
  ])("by flows and tasks: %o", (options) => {
    expect(complaint("flow", options)).toBeNull();
    expect(complaint("task", options)).toBeNull();
  });

  test("by flows", () => {
    expect(
      complaint("flow", { parameters: z.object({}), taskRunner: threads(), onCrashed: [], runName: "at {day}" }),
    ).toBeNull();
    expect(complaint("flow", { taskRunner: concurrent({ limit: 1 }), key: "one" })).toBeNull();
    expect(complaint("flow", { key: ({ day }: { day: string }) => day })).toBeNull();
  });

  test("by tasks", () => {
    const options = {
      cache: inputs(),
      expiresIn: "1h",
      isolation: "serializable",
      refreshCache: true,
      durableStart: true,
    };
    expect(complaint("task", options)).toBeNull();
    expect(
      complaint("task", { cache: () => "key", key: "one", runner: threads(), waitFor: [1], retryJitter: 0.5 }),
    ).toBeNull();
    expect(complaint("task", { runner: concurrent() })).toBeNull();
    expect(complaint("task", { concurrency: [{ key: "db", limit: 2 }, { key: () => "user" }] })).toBeNull();
    expect(complaint("task", { fallback: { value: undefined } })).toBeNull();
    expect(complaint("task", { fallback: task(async () => 1) })).toBeNull();
  });
});

describe("what is refused, and in which words", () => {
  test.each([
    ["flow", { retries: -1 }, "option `retries` is not valid: it must be a whole number from 0 to 1,000"],
    ["flow", { retries: 1001 }, "from 0 to 1,000"],
    ["task", { retries: "3" }, "a whole number"],
    ["task", { retryDelay: "10" }, "the unit is missing"],
    ["task", { retryDelay: [] }, "must not be empty"],
    ["task", { retryDelay: ["1s", "2 moons"] }, '"moons" is not a unit'],
    ["task", { timeout: 0 }, "more than zero"],
    ["task", { timeout: -5 }, "cannot be negative"],
    ["task", { name: "" }, "a text that is not empty"],
    ["task", { tags: "nightly" }, "a list of texts"],
    ["task", { tags: [""] }, "a list of texts"],
    ["task", { logLevel: "verbose" }, "one of trace, debug, info, warn, error, fatal"],
    ["task", { cache: "inputs" }, "use inputs(), code(), run(), flowParameters() or a function"],
    ["task", { isolation: "snapshot" }, "one of read-committed, serializable"],
    ["task", { fallback: [] }, "it must be { value }, a function, or a task"],
    ["task", { concurrency: { limit: 2 } }, "each needs a `key`"],
    ["task", { concurrency: { key: "db", limit: 0 } }, "`limit` must be a whole number of at least 1"],
    ["task", { runner: "threads" }, "it must be an object"],
    ["task", { runner: { kind: "gpu" } }, "use concurrent(), threads() or processes()"],
    ["task", { runner: concurrent({ limit: 2 }) }, "use the flow's `taskRunner`, or `concurrency: { key, limit }`"],
    ["task", { runner: threads({ limit: 0 }) }, "`limit` must be a whole number of at least 1"],
    ["flow", { taskRunner: processes({ limit: 1.5 }) }, "`limit` must be a whole number of at least 1"],
    ["flow", { taskRunner: concurrent({ limit: 0 }) }, "`limit` must be a whole number of at least 1"],
    ["flow", { taskRunner: concurrent({ limit: -1 }) }, "`limit` must be a whole number of at least 1"],
    ["task", { expiresIn: "1h" }, "option `expiresIn` is not valid: without `cache` it does nothing"],
    ["task", { isolation: "serializable" }, "without `cache` it does nothing"],
    ["task", { refreshCache: true, cache: undefined }, "without `cache` it does nothing"],
    ["flow", { key: "" }, "it must be a text or a function"],
    ["task", { onCommit: [() => undefined] }, "it must be a function"],
    ["task", { retryJitter: -1 }, "a number from 0 to 100"],
    ["flow", { parameters: { day: "string" } }, "it must be a Standard Schema, for example z.object"],
    ["flow", { onRunning: "log" }, "a function or a list of functions"],
  ] as const)("%s %o", (kind, options, words) => {
    expect(complaint(kind, options)).toContain(words);
  });

  test("an unknown option, with the one that was probably meant", () => {
    expect(complaint("task", { retires: 3 })).toBe("Task `load`: unknown option `retires`. Did you mean `retries`?");
    expect(complaint("flow", { retry_delay: "1s" })).toContain("Did you mean `retryDelay`?");
    expect(complaint("task", { onfailure: () => undefined })).toContain("Did you mean `onFailure`?");
    expect(complaint("task", { colour: "blue" })).toBe("Task `load`: unknown option `colour`.");
  });

  test("what only the other kind has", () => {
    expect(complaint("flow", { cache: inputs() })).toContain("unknown option `cache`");
    expect(complaint("task", { onCrashed: () => undefined })).toContain("unknown option `onCrashed`");
  });

  test("names that every object has", () => {
    expect(complaint("task", { constructor: 1 })).toContain("unknown option `constructor`");
    expect(complaint("task", { toString: 1 })).toContain("unknown option `toString`");
  });
});

test("a definition checks its options where it is written", () => {
  expect(() => task({ name: "load", retries: -1 }, async () => 1)).toThrow(
    expect.objectContaining({ code: "OPTION_INVALID" }),
  );
  expect(() => flow({ timeout: 0 }, async () => 1)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  // @ts-expect-error no such option
  expect(() => flow({ timeuot: "1s" }, async () => 1)).toThrow(expect.objectContaining({ code: "OPTION_UNKNOWN" }));
  const load = task({ name: "load" }, async () => 1);
  expect(() => load.withOptions({ retries: 0.5 })).toThrow("Task `load`: option `retries`");
});

test("a task without its cache says no more of one", () => {
  const load = task({ cache: inputs(), expiresIn: "1h", isolation: "serializable", retries: 2 }, async () => 1);
  const optionsOf = (changes: object) => load.withOptions(changes)[brands.definition];
  expect(optionsOf({ cache: undefined })).toMatchObject({
    expiresInMs: null,
    options: { cache: undefined, expiresIn: undefined, isolation: undefined, retries: 2 },
  });
  expect(optionsOf({ refreshCache: true })).toMatchObject({
    expiresInMs: 3_600_000,
    options: { cache: { parts: inputs().parts }, refreshCache: true, isolation: "serializable" },
  });
  expect(() => optionsOf({ cache: undefined, expiresIn: "2h" })).toThrow("without `cache` it does nothing");
});
