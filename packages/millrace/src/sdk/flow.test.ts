/** Flows as their callers see them. */

import { type } from "arktype";
import * as v from "valibot";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openCommandHost } from "../app/command-host.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import { cancelled, completed, context, failed, flow, type State, task } from "../exports/index.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());

async function runsOf(flowName: string): Promise<readonly FlowRun[]> {
  return (await host.api.listFlowRuns({ flowNames: [flowName] }, "created-asc")).items;
}

async function stateOf(flowName: string): Promise<Pick<State, "type" | "name" | "message"> | undefined> {
  const state = (await runsOf(flowName)).at(-1)?.state;
  return (
    state && { type: state.type, name: state.name, ...(state.message === undefined ? {} : { message: state.message }) }
  );
}

describe("a call", () => {
  test("runs the function, gives its value, and is recorded", async () => {
    const add = flow(
      { name: "add", description: "Adds", tags: ["sum"] },
      async ({ a, b }: { a: number; b: number }) => a + b,
    );
    await expect(add({ a: 1, b: 2 })).resolves.toBe(3);
    const [run, ...others] = await runsOf("add");
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      state: { type: "COMPLETED", name: "Completed" },
      parameters: '{"a":1,"b":2}',
      tags: ["sum"],
      parentRunId: null,
      runCount: 1,
      environment: { pid: process.pid, node: process.version },
    });
    expect(run?.history.map(({ name }) => name)).toEqual(expect.arrayContaining(["Running", "Completed"]));
  });

  test("throws what the function throws, as it is", async () => {
    const broken = new TypeError("broken");
    const breaking = flow({ name: "breaking" }, () => {
      throw broken;
    });
    await expect(breaking()).rejects.toBe(broken);
    const [run] = await runsOf("breaking");
    expect(run).toMatchObject({ state: { type: "FAILED" }, error: { name: "TypeError", message: "broken" } });
  });

  test("is tried again as often as it may be, with the delays it was given", async () => {
    const attempts: (number | undefined)[] = [];
    const flaky = flow({ name: "flaky", retries: 2, retryDelay: [1, 2] }, async () => {
      attempts.push(context().flowRun?.attempt);
      if (attempts.length < 3) throw new Error("not yet");
      return "done";
    });
    await expect(flaky()).resolves.toBe("done");
    expect(attempts).toEqual([1, 2, 3]);
    expect(await runsOf("flaky")).toHaveLength(1);
  });

  test("runs tasks that have completed only once, in all its attempts", async () => {
    let bodies = 0;
    let attempts = 0;
    const count = task({ name: "count" }, async () => ++bodies);
    const flaky = flow({ name: "flaky-with-task", retries: 1 }, async () => {
      const counted = await count();
      if (++attempts === 1) throw new Error("not yet");
      return counted;
    });
    await expect(flaky()).resolves.toBe(1);
    expect([bodies, attempts]).toEqual([1, 2]);
  });

  test("ends at its timeout, also when the function does not listen", async () => {
    const stuck = flow({ name: "stuck", timeout: 20 }, () => new Promise<never>(() => undefined));
    await expect(stuck()).rejects.toMatchObject({ code: "TIMED_OUT" });
    expect(await stateOf("stuck")).toMatchObject({ type: "FAILED", name: "TimedOut" });
  });
});

describe("parameters", () => {
  const day = z.iso.date().transform((text) => new Date(text));
  const schemas = [
    ["zod", z.object({ days: z.coerce.number().default(1), since: day })],
    [
      "valibot",
      v.object({
        days: v.optional(v.pipe(v.unknown(), v.transform(Number)), 1),
        since: v.pipe(
          v.string(),
          v.isoDate(),
          v.transform((text) => new Date(text)),
        ),
      }),
    ],
    ["arktype", type({ days: "number | string.numeric.parse = 1", since: "string.date.iso.parse" })],
  ] as const;

  test.each(schemas)("are given to the function as %s makes them, and recorded so", async (name, parameters) => {
    const load = flow(
      { name: `load-${name}`, parameters: parameters as (typeof schemas)[0][1] },
      async (given) => given,
    );
    await expect(load({ since: "2026-11-22", days: "3" })).resolves.toEqual({ days: 3, since: new Date("2026-11-22") });
    await expect(load({ since: "2026-11-22" })).resolves.toMatchObject({ days: 1 });
    const [run] = await runsOf(`load-${name}`);
    expect(host.decode(run?.parameters ?? "")).toEqual({ days: 3, since: new Date("2026-11-22") });
  });

  test.each(schemas)("that %s refuses start nothing, and are named", async (name, parameters) => {
    let bodies = 0;
    const load = flow(
      { name: `refuse-${name}`, parameters: parameters as (typeof schemas)[0][1] },
      async () => bodies++,
    );
    await expect(load({ since: "yesterday" })).rejects.toMatchObject({
      code: "PARAMETERS_INVALID",
      message: expect.stringMatching(/^Parameters of flow `refuse-\w+` are not valid: .*since/),
    });
    expect(bodies).toBe(0);
    expect(await runsOf(`refuse-${name}`)).toEqual([]);
  });

  test("that cannot be recorded are named by their place", async () => {
    const load = flow({ name: "load-handle" }, async ({ read }: { read: () => number }) => read());
    await expect(load({ read: () => 1 })).rejects.toMatchObject({
      code: "PARAMETERS_UNSERIALIZABLE",
      message: expect.stringContaining("read"),
    });
    expect(await runsOf("load-handle")).toEqual([]);
  });
});

describe("the name of a run", () => {
  test("is a template of the parameters, or a function of them, or two words", async () => {
    const body = async ({ day }: { day: string }): Promise<string | undefined> =>
      `${context().flowRun?.name} at ${day}`;
    const parameters = z.object({ day: z.string() });
    const names = [
      await flow({ name: "named", runName: "train {day}" }, body)({ day: "1" }),
      await flow({ name: "named", parameters, runName: ({ day }) => `day ${day}` }, body)({ day: "2" }),
      await flow({ name: "named" }, body)({ day: "3" }),
    ];
    expect(names).toEqual(["train 1 at 1", "day 2 at 2", expect.stringMatching(/^[a-z]+-[a-z]+ at 3$/)]);
    expect((await runsOf("named")).map(({ name }) => `${name}`)).toEqual(["train 1", "day 2", expect.any(String)]);
  });
});

describe("the final state follows what the function returns", () => {
  const good = task({ name: "good" }, async () => 1);
  const bad = task({ name: "bad" }, async () => {
    throw new Error("bad");
  });

  test("a state of its own", async () => {
    await expect(
      flow({ name: "skipping" }, async () => completed({ name: "Skipped", message: "nothing new", value: 3 }))(),
    ).resolves.toBe(3);
    expect(await stateOf("skipping")).toEqual({ type: "COMPLETED", name: "Skipped", message: "nothing new" });
    await expect(
      flow({ name: "failing" }, async () => failed({ message: "accuracy too low" }))(),
    ).rejects.toMatchObject({
      code: "FLOW_RUN_FAILED",
      message: expect.stringContaining("accuracy too low"),
    });
    expect(await stateOf("failing")).toMatchObject({ type: "FAILED", message: "accuracy too low" });
    await expect(flow({ name: "cancelling" }, async () => cancelled())()).rejects.toThrow(Error);
    expect(await stateOf("cancelling")).toMatchObject({ type: "CANCELLED" });
  });

  test("futures, whose values it gives", async () => {
    await expect(flow({ name: "futures" }, async () => [good.submit(), good.submit()])()).resolves.toEqual([1, 1]);
    expect(await stateOf("futures")).toMatchObject({ type: "COMPLETED" });
    await expect(flow({ name: "bad-futures" }, async () => [good.submit(), bad.submit()])()).rejects.toThrow(Error);
    expect(await stateOf("bad-futures")).toMatchObject({ type: "FAILED" });
  });

  test("data, whatever became of tasks whose errors it has caught", async () => {
    await expect(flow({ name: "caught" }, async () => bad().catch(() => "caught"))()).resolves.toBe("caught");
    expect(await stateOf("caught")).toMatchObject({ type: "COMPLETED" });
  });
});

test("hooks are told of each state after it is recorded, and change nothing by throwing", async () => {
  const told: string[] = [];
  const hook =
    (name: string) =>
    (event: { readonly flow: string; readonly run: { readonly id: string }; readonly state: State }) => {
      told.push(`${name} ${event.flow} ${event.state.name}`);
      throw new Error("a hook that is broken");
    };
  const options = {
    onRunning: hook("running"),
    onCompletion: [hook("done"), hook("done too")],
    onFailure: hook("failed"),
  };
  await expect(flow({ name: "hooked", ...options }, async () => 1)()).resolves.toBe(1);
  const broken = flow({ name: "hooked", ...options }, async () => {
    throw new Error("broken");
  });
  await expect(broken()).rejects.toThrow("broken");
  expect(told).toEqual([
    "running hooked Running",
    "done hooked Completed",
    "done too hooked Completed",
    "running hooked Running",
    "failed hooked Failed",
  ]);
});

describe("a flow called in a flow", () => {
  const child = flow({ name: "child" }, async ({ id }: { id: number }) => ({
    id,
    parent: context().flowRun?.parentRunId,
  }));

  test("has a run of its own, whose parent is the caller", async () => {
    const parent = flow({ name: "parent" }, async () => ({
      own: context().flowRun?.id,
      children: await Promise.all([child({ id: 1 }), child({ id: 2 })]),
    }));
    const { own, children } = await parent();
    expect(children).toEqual([
      { id: 1, parent: own },
      { id: 2, parent: own },
    ]);
    expect((await runsOf("child")).map(({ parentRunId, rootRunId }) => [parentRunId, rootRunId])).toEqual([
      [own, own],
      [own, own],
    ]);
    const { items } = await host.api.listTaskRuns({ flowRunIds: [own ?? ""], kinds: ["flow"] });
    expect(items.map(({ taskName, state }) => [taskName, state.type])).toEqual([
      ["child", "COMPLETED"],
      ["child", "COMPLETED"],
    ]);
  });

  test("throws in its caller", async () => {
    const broken = flow({ name: "broken-child" }, async () => {
      throw new RangeError("too far");
    });
    const parent = flow({ name: "parent-of-broken" }, () => broken().catch((error: Error) => error.message));
    await expect(parent()).resolves.toBe("too far");
    expect(await stateOf("broken-child")).toMatchObject({ type: "FAILED" });
    expect(await stateOf("parent-of-broken")).toMatchObject({ type: "COMPLETED" });
  });
});

test("withOptions() runs the same function under other options", async () => {
  const load = flow({ name: "load" }, async () => context().flowRun?.name);
  await expect(load.withOptions({ name: "load-again", runName: "again" })()).resolves.toBe("again");
  expect(await runsOf("load")).toEqual([]);
  expect(await runsOf("load-again")).toHaveLength(1);
});
