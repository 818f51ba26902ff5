/** Tasks as their callers see them. */

import { afterAll, describe, expect, test } from "vitest";
import { openCommandHost } from "../app/command-host.ts";
import type { TaskRun } from "../contract/task-run.ts";
import {
  allowFailure,
  cancelled,
  code,
  completed,
  concurrent,
  context,
  exponential,
  failed,
  flow,
  inputs,
  opaque,
  run,
  task,
  unmapped,
} from "../exports/index.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());

let flows = 0;

/** Runs a body in a flow, and gives its value with the task runs that were recorded. */
async function inFlow<T>(
  body: () => Promise<T> | T,
): Promise<{ readonly value: T; readonly runs: readonly TaskRun[] }> {
  let id = "";
  const around = flow({ name: `around-${++flows}` }, async () => {
    id = context().flowRun?.id ?? "";
    return { value: await body() };
  });
  const { value } = await around();
  return { value, runs: (await host.api.listTaskRuns({ flowRunIds: [id] })).items };
}

const double = task({ name: "double" }, async (count: number) => count * 2);
const bad = task({ name: "bad" }, async (message: string): Promise<number> => {
  throw new RangeError(message);
});

describe("a call", () => {
  test("runs the function, gives its value, and is recorded", async () => {
    const { value, runs } = await inFlow(() => double(3));
    expect(value).toBe(6);
    expect(runs).toMatchObject([
      { taskName: "double", name: "double", kind: "task", state: { type: "COMPLETED" }, attempt: 1, reason: "ran" },
    ]);
    expect(runs[0]?.inputPreview).toContain("3");
  });

  test("throws what the function throws, as it is", async () => {
    const { value, runs } = await inFlow(() => bad("too far").catch((error: unknown) => error));
    expect(value).toBeInstanceOf(RangeError);
    expect(runs).toMatchObject([{ state: { type: "FAILED" }, error: { name: "RangeError", message: "too far" } }]);
  });

  test("of a plain function is awaited as well", async () => {
    const plain = task({ name: "plain" }, (name: string) => name.toUpperCase());
    expect((await inFlow(() => plain("a"))).value).toBe("A");
  });

  test("in another task's body belongs to it", async () => {
    const outer = task({ name: "outer" }, async () => (await double(1)) + (await double(2)));
    const { value, runs } = await inFlow(() => outer());
    expect(value).toBe(6);
    const outerId = runs.find(({ taskName }) => taskName === "outer")?.id;
    expect(runs.filter(({ taskName }) => taskName === "double").map(({ parentId }) => parentId)).toEqual([
      outerId,
      outerId,
    ]);
  });

  test("outside any flow is a run that stands alone", async () => {
    const alone = task({ name: "alone" }, async () => context().taskRun?.id);
    const id = await alone();
    expect(await host.api.readTaskRun(id ?? "")).toMatchObject({ flowRunId: null, state: { type: "COMPLETED" } });
  });

  test("is named after its arguments", async () => {
    const named = task(
      { name: "load", runName: "load {day} of {region}" },
      async (day: string, region: string) => day + region,
    );
    const called = task(
      { name: "call", runName: (day) => `call ${day}` },
      async (day: string, region: string) => day + region,
    );
    const { runs } = await inFlow(async () => [await named("1", "eu"), await called("2", "us")]);
    expect(runs.map(({ name }) => name)).toEqual(["load 1 of eu", "call 2"]);
  });

  test("may return a state", async () => {
    const skip = task({ name: "skip" }, async () => completed({ name: "Skipped", value: 3 }));
    const refuse = task({ name: "refuse" }, async () => failed({ message: "too low" }));
    const stop = task({ name: "stop" }, async () => cancelled());
    const { value, runs } = await inFlow(async () => [
      await skip(),
      await refuse().catch((error: Error) => error.message),
      await stop().catch(() => "stopped"),
    ]);
    expect(value).toEqual([3, expect.stringContaining("too low"), "stopped"]);
    expect(runs.map(({ state }) => [state.type, state.name])).toEqual([
      ["COMPLETED", "Skipped"],
      ["FAILED", "Failed"],
      ["CANCELLED", "Cancelled"],
    ]);
  });
});

describe("retries", () => {
  const flaky = (options: object, failures: number): (() => Promise<number>) => {
    let attempts = 0;
    return task({ name: "flaky", ...options }, async () => {
      if (++attempts <= failures) throw new Error(`attempt ${attempts}`);
      return attempts;
    });
  };

  test.each([
    [{ retries: 2 }],
    [{ retries: 2, retryDelay: 1 }],
    [{ retries: 2, retryDelay: ["1ms", "2ms"], retryJitter: 1 }],
    [{ retries: 2, retryDelay: (attempt: number) => attempt }],
    [{ retries: 2, retryDelay: exponential({ initial: 1, max: 2 }) }],
  ])("are made until it succeeds: %o", async (options) => {
    const { value, runs } = await inFlow(flaky(options, 2));
    expect(value).toBe(3);
    expect(runs).toMatchObject([{ attempt: 3, state: { type: "COMPLETED" } }]);
  });

  test("end with the last error", async () => {
    await expect(inFlow(flaky({ retries: 1 }, 5))).rejects.toThrow("attempt 2");
  });

  test("are made only for errors that are worth it", async () => {
    const asked: unknown[] = [];
    const retryIf = (error: unknown, attempt: number): boolean => {
      asked.push([(error as Error).message, attempt]);
      return attempt < 2;
    };
    await expect(inFlow(flaky({ retries: 5, retryIf }, 5))).rejects.toThrow("attempt 2");
    expect(asked).toEqual([
      ["attempt 1", 1],
      ["attempt 2", 2],
    ]);
  });

  test("spent, leave it to the fallback: a value, a function, a task", async () => {
    const always = async (message: string): Promise<string> => {
      throw new Error(message);
    };
    const rescue = task({ name: "rescue" }, async (message: string) => `rescued ${message}`);
    const { value, runs } = await inFlow(async () => [
      await task({ name: "value", retries: 1, fallback: { value: "none" } }, always)("a"),
      await task({ name: "function", fallback: (error, message) => `${message}: ${String(error)}` }, always)("b"),
      await task({ name: "task", fallback: rescue }, always)("c"),
    ]);
    expect(value).toEqual(["none", "b: Error: b", "rescued c"]);
    expect(
      runs.filter(({ reason }) => reason === "fallback").map(({ taskName, state }) => [taskName, state.type]),
    ).toEqual([
      ["value", "COMPLETED"],
      ["function", "COMPLETED"],
      ["task", "COMPLETED"],
    ]);
  });
});

describe("a timeout", () => {
  test("aborts the signal, and ends the wait of a body that does not listen", async () => {
    let heard: unknown;
    const stuck = task({ name: "stuck", timeout: 20 }, () => {
      const { signal } = context();
      signal.addEventListener("abort", () => (heard = signal.reason));
      return new Promise<never>(() => undefined);
    });
    await expect(inFlow(() => stuck())).rejects.toMatchObject({ code: "TIMED_OUT" });
    expect(heard).toMatchObject({ code: "TIMED_OUT" });
  });

  test("is for each attempt", async () => {
    let attempts = 0;
    const slow = task({ name: "slow", timeout: 50, retries: 1 }, async () => {
      if (++attempts === 1) await new Promise(() => undefined);
      return attempts;
    });
    expect((await inFlow(() => slow())).value).toBe(2);
  });
});

describe("futures as inputs", () => {
  test("are waited for, and recorded as dependencies", async () => {
    const add = task(
      { name: "add" },
      async (a: number, b: { of: number[] }) => a + b.of.reduce((sum, each) => sum + each, 0),
    );
    const { value, runs } = await inFlow(() => add(double.submit(1), { of: [double.submit(2), 3] }));
    expect(value).toBe(9);
    const ids = runs.filter(({ taskName }) => taskName === "double").map(({ id }) => id);
    const added = runs.find(({ taskName }) => taskName === "add");
    expect(added?.inputs.map(({ parameter, taskRunId }) => [parameter, ids.indexOf(taskRunId)])).toEqual([
      ["a", 0],
      ["b", 1],
    ]);
  });

  test("that fail keep the task from running, unless that is allowed", async () => {
    let bodies = 0;
    const use = task({ name: "use" }, async (input: number) => {
      bodies++;
      return (input as unknown) instanceof Error ? "an error" : "a value";
    });
    const { value, runs } = await inFlow(async () => {
      const future = bad.submit("no input");
      return [await use(future).catch((error: { code: string }) => error.code), await use(allowFailure(future))];
    });
    expect(value).toEqual(["UPSTREAM_FAILED", "an error"]);
    expect(bodies).toBe(1);
    expect(runs.filter(({ taskName }) => taskName === "use").map(({ state, reason }) => [state.name, reason])).toEqual([
      ["NotReady", "upstream-failed"],
      ["Completed", "ran"],
    ]);
  });

  test("are not looked for in what is opaque", async () => {
    const keep = task({ name: "keep" }, async (holder: { readonly future: unknown }) => typeof holder.future);
    const { value, runs } = await inFlow(() => keep(opaque({ future: double.submit(1) })));
    expect(value).toBe("object");
    expect(runs.find(({ taskName }) => taskName === "keep")?.inputs).toEqual([]);
  });
});

describe("map()", () => {
  test("makes a call of each item, and passes the rest whole", async () => {
    const scale = task(
      { name: "scale" },
      async (count: number, by: readonly number[], plus: number) => count * by.length + plus,
    );
    const { value, runs } = await inFlow(() => Promise.all(scale.map([1, 2, 3], unmapped([7, 8]), 1)));
    expect(value).toEqual([3, 5, 7]);
    expect(runs).toHaveLength(3);
  });

  test("takes futures of items", async () => {
    const { value } = await inFlow(() => Promise.all(double.map(double.map([1, 2]))));
    expect(value).toEqual([4, 8]);
  });

  test("refuses lists that differ in length", async () => {
    const add = task({ name: "add" }, async (a: number, b: number) => a + b);
    await expect(inFlow(() => Promise.all(add.map([1, 2], [1])))).rejects.toThrow(/length/);
  });

  test("keeps to the limit of the flow's runner", async () => {
    let running = 0;
    let most = 0;
    const crowd = task({ name: "crowd" }, async (_item: number) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    const limited = flow({ name: "limited", taskRunner: concurrent({ limit: 3 }) }, async () => {
      await Promise.all(crowd.map(Array.from({ length: 20 }, (_, index) => index)));
    });
    await limited();
    expect(most).toBe(3);
  });
});

describe("a cache", () => {
  test("gives the result of an earlier call of the same inputs, in another run too", async () => {
    let bodies = 0;
    const embed = task({ name: "embed", cache: inputs() }, async (text: string, _attempt: number) => {
      bodies++;
      return text.length;
    });
    const forgetful = embed.withOptions({ name: "embed-too", cache: inputs().without("_attempt") });
    await inFlow(async () => [await embed("mill", 1), await embed("race", 1), await forgetful("mill", 1)]);
    const { runs } = await inFlow(async () => [
      await embed("mill", 1),
      await embed("mill", 2),
      await forgetful("mill", 2),
    ]);
    expect(bodies).toBe(4);
    expect(runs.map(({ reason, state }) => [reason, state.name])).toEqual([
      ["cache-hit", "Cached"],
      ["cache-miss", "Completed"],
      ["cache-hit", "Cached"],
    ]);
  });

  test("within one run only, by a function, by the code, or computed again", async () => {
    let bodies = 0;
    const body = async (text: string): Promise<string> => `${text} ${++bodies}`;
    const inRun = task({ name: "in-run", cache: inputs().and(run()) }, body);
    const byKey = task({ name: "by-key", cache: ({ args }) => String(args[0]).toLowerCase() }, body);
    const byCode = task({ name: "by-code", cache: code() }, body);
    const first = await inFlow(async () => [
      await inRun("a"),
      await inRun("a"),
      await byKey("A"),
      await byKey("a"),
      await byCode("a"),
    ]);
    expect(first.value).toEqual(["a 1", "a 1", "A 2", "A 2", "a 3"]);
    const second = await inFlow(async () => [await inRun("a"), await byKey("a"), await byCode("b")]);
    expect(second.value).toEqual(["a 4", "A 2", "a 3"]);
    const again = await inFlow(() => byKey.withOptions({ refreshCache: true })("a"));
    expect([again.value, again.runs[0]?.reason]).toEqual(["a 5", "cache-refresh"]);
  });
});

describe("a generator", () => {
  test("streams its values, and is recorded as their list", async () => {
    const lines = task({ name: "lines" }, async function* (count: number) {
      for (let line = 1; line <= count; line++) yield `line ${line}`;
    });
    const { value, runs } = await inFlow(async () => {
      const seen: string[] = [];
      for await (const line of lines(3)) seen.push(line);
      return [seen, await lines.submit(2)];
    });
    expect(value).toEqual([
      ["line 1", "line 2", "line 3"],
      ["line 1", "line 2"],
    ]);
    expect(runs.map(({ state }) => state.type)).toEqual(["COMPLETED", "COMPLETED"]);
  });
});

describe("concurrency keys", () => {
  test("let so many calls of a key run at once", async () => {
    const running = new Map<string, number>();
    let most = 0;
    const query = task(
      { name: "query", concurrency: { key: (tenant) => `tenant-${tenant}`, limit: 1 } },
      async (tenant: string, _item: number) => {
        running.set(tenant, (running.get(tenant) ?? 0) + 1);
        most = Math.max(most, running.get(tenant) ?? 0);
        await new Promise((resolve) => setImmediate(resolve));
        running.set(tenant, (running.get(tenant) ?? 0) - 1);
      },
    );
    await inFlow(() => Promise.all(["a", "b", "a", "b", "a"].map((tenant, index) => query(tenant, index))));
    expect(most).toBe(1);
  });
});

describe("a future", () => {
  test("can be cancelled, which its task hears", async () => {
    let heard = false;
    const endless = task({ name: "endless" }, async () => {
      const { signal } = context();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      heard = true;
    });
    const { value } = await inFlow(async () => {
      const future = endless.submit();
      await double(1);
      future.cancel("nobody needs it");
      const { type } = await future.wait();
      return [type, await future.result().catch((error: { code: string }) => error.code)];
    });
    expect(value).toEqual(["CANCELLED", "CANCELLED"]);
    expect(heard).toBe(true);
  });

  test("waits for so long only", async () => {
    const { value } = await inFlow(async () => {
      let open: () => void = () => undefined;
      const gated = task({ name: "gated" }, () => new Promise<number>((resolve) => (open = () => resolve(3))));
      const future = gated.submit();
      const early = await future.result({ timeoutMs: 5 }).catch((error: { code: string }) => error.code);
      open();
      return [early, await future];
    });
    expect(value).toEqual(["TIMED_OUT", 3]);
  });
});
