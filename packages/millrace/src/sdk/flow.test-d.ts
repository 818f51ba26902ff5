import { type } from "arktype";
import * as v from "valibot";
import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { completed, failed, type Flow, flow, type FlowOptions, type TaskFuture, task } from "../exports/index.ts";

describe("a flow without a schema", () => {
  test("takes its parameters from the function, and gives a promise of its result", () => {
    const load = flow(async ({ day, limit }: { day: string; limit?: number }) => day.length + (limit ?? 0));
    expectTypeOf(load).toEqualTypeOf<Flow<{ day: string; limit?: number }, Promise<number>>>();
    expectTypeOf(load({ day: "2026-11-22" })).toEqualTypeOf<Promise<number>>();
    expectTypeOf(load({ day: "2026-11-22", limit: 3 })).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error a parameter is missing
    void load({});
    // @ts-expect-error its type is wrong
    void load({ day: 22 });
    // @ts-expect-error there is no such parameter
    void load({ day: "2026-11-22", days: 3 });
    // @ts-expect-error parameters are one object
    void load();
  });

  test("without parameters takes no argument", () => {
    const nightly = flow({ name: "nightly" }, async () => "done");
    expectTypeOf(nightly()).toEqualTypeOf<Promise<string>>();
    // @ts-expect-error it has no parameters
    void nightly({ day: "2026-11-22" });
  });

  test("may be called without an object where every parameter is optional", () => {
    const load = flow({ name: "load" }, async ({ limit = 10 }: { limit?: number }) => limit);
    expectTypeOf(load()).toEqualTypeOf<Promise<number>>();
    expectTypeOf(load({ limit: 1 })).toEqualTypeOf<Promise<number>>();
    const maybe = flow(async (given?: { limit: number }) => given?.limit ?? 10);
    expectTypeOf(maybe()).toEqualTypeOf<Promise<number>>();
  });

  test("gives a promise also of what a plain function returns", () => {
    const sync = flow(() => 3 as const);
    expectTypeOf(sync()).toEqualTypeOf<Promise<3>>();
    expectTypeOf(sync.fn()).toEqualTypeOf<3>();
  });

  test("gives the value of a state that is returned", () => {
    expectTypeOf(flow(async () => completed({ message: "nothing to do" }))()).toEqualTypeOf<Promise<undefined>>();
    expectTypeOf(flow(async () => completed({ value: 3 as number }))()).toEqualTypeOf<Promise<number>>();
    expectTypeOf(flow(async () => failed({ message: "too low" }))()).toEqualTypeOf<Promise<never>>();
    const either = flow(async ({ ok }: { ok: boolean }) => (ok ? "fine" : failed()));
    expectTypeOf(either({ ok: true })).toEqualTypeOf<Promise<"fine">>();
  });

  test("gives the values of futures that are returned", () => {
    const double = task(async (count: number) => count * 2);
    const name = task(async () => "one");
    expectTypeOf(flow(async () => double.map([1, 2]))()).toEqualTypeOf<Promise<number[]>>();
    expectTypeOf(flow(async () => double.submit(1))()).toEqualTypeOf<Promise<number>>();
    const both = flow(async () => [double.submit(1), name.submit()] as const);
    expectTypeOf(both()).toEqualTypeOf<Promise<[number, string]>>();
    // Only a list of nothing else: an object with futures in it is not looked into.
    expectTypeOf(flow(async () => ({ one: double.submit(1) }))()).toEqualTypeOf<Promise<{ one: TaskFuture<number> }>>();
  });
});

describe("a flow with a schema takes what the schema accepts, and its function what the schema gives", () => {
  test("zod", () => {
    const parameters = z.object({
      days: z.coerce.number().default(1),
      since: z.string().transform((day) => new Date(day)),
    });
    const load = flow({ name: "load", parameters }, async ({ days, since }) => {
      expectTypeOf(days).toEqualTypeOf<number>();
      expectTypeOf(since).toEqualTypeOf<Date>();
      return since.getTime() + days;
    });
    expectTypeOf(load({ since: "2026-11-22" })).toEqualTypeOf<Promise<number>>();
    expectTypeOf(load({ since: "2026-11-22", days: "3" })).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error the schema takes a text
    void load({ since: new Date(0) });
    // @ts-expect-error a parameter is missing
    void load({ days: 3 });
  });

  test("zod, every parameter with a default", () => {
    const load = flow({ parameters: z.object({ days: z.number().default(1) }) }, async ({ days }) => days);
    expectTypeOf(load()).toEqualTypeOf<Promise<number>>();
    expectTypeOf(load({})).toEqualTypeOf<Promise<number>>();
  });

  test("valibot", () => {
    const parameters = v.object({
      days: v.optional(v.number(), 1),
      since: v.pipe(
        v.string(),
        v.transform((day) => new Date(day)),
      ),
    });
    const load = flow({ name: "load", parameters }, ({ days, since }) => {
      expectTypeOf(days).toEqualTypeOf<number>();
      expectTypeOf(since).toEqualTypeOf<Date>();
      return days;
    });
    expectTypeOf(load({ since: "2026-11-22" })).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error the schema takes a text
    void load({ since: 22 });
  });

  test("arktype", () => {
    const parameters = type({ days: "number = 1", since: "string.date.parse" });
    const load = flow({ name: "load", parameters }, ({ days, since }) => {
      expectTypeOf(days).toEqualTypeOf<number>();
      expectTypeOf(since).toEqualTypeOf<Date>();
      return days;
    });
    expectTypeOf(load({ since: "2026-11-22" })).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error the schema takes a text
    void load({ since: 22 });
  });

  test("a function that wants what the schema does not give is refused", () => {
    const parameters = z.object({ days: z.number() });
    // @ts-expect-error days is a number
    flow({ parameters }, async ({ days }: { days: string }) => days);
    const wider = flow({ parameters }, async ({ days }: { days: number | string }) => days);
    expectTypeOf(wider({ days: 1 })).toEqualTypeOf<Promise<number | string>>();
  });
});

describe("the options of a flow", () => {
  test("run names are made of what the schema gives", () => {
    flow(
      {
        parameters: z.object({ since: z.string().transform((day) => new Date(day)) }),
        runName: ({ since }) => {
          expectTypeOf(since).toEqualTypeOf<Date>();
          return since.toISOString();
        },
      },
      ({ since }) => since,
    );
  });

  test("are those of flows, of their types", () => {
    // @ts-expect-error a misspelt option
    flow({ nmae: "load" }, async () => 1);
    // @ts-expect-error a duration without a unit
    flow({ timeout: "10" }, async () => 1);
    // @ts-expect-error caching is for tasks
    flow({ cache: () => "key" }, async () => 1);
    expectTypeOf<FlowOptions["retries"]>().toEqualTypeOf<number | undefined>();
  });

  test("may be changed, but not the schema", () => {
    const load = flow({ parameters: z.object({ day: z.string() }) }, async ({ day }) => day);
    expectTypeOf(load.withOptions({ retries: 3 })).toEqualTypeOf<typeof load>();
    // @ts-expect-error its function was written for the schema it has
    load.withOptions({ parameters: z.object({}) });
  });
});

test("tasks and flows are called in a flow as functions are", () => {
  const double = task(async (count: number) => count * 2);
  const inner = flow(async ({ count }: { count: number }) => double(count));
  const outer = flow(async () => (await inner({ count: 1 })) + (await double(2)));
  expectTypeOf(outer()).toEqualTypeOf<Promise<number>>();
});
