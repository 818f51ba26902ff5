import { expectTypeOf, test } from "vitest";
import { concurrency, rateLimit } from "../exports/index.ts";

test("concurrency gives back what the body does", () => {
  expectTypeOf(concurrency("database", () => 1)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(concurrency(["gpu", "disk"], { slots: 2 }, async ({ signal }) => signal.aborted)).toEqualTypeOf<
    Promise<boolean>
  >();
  // @ts-expect-error The body is missing.
  void concurrency("database", { slots: 2 });
});

test("rateLimit gives nothing back", () => {
  expectTypeOf(rateLimit("api", { timeout: "5s", strict: true })).toEqualTypeOf<Promise<void>>();
});
