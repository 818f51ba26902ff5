import { expect, test } from "vitest";
import { createDeferred } from "./deferred.ts";

test("is settled from outside, by the first who does", async () => {
  const deferred = createDeferred<number>();
  expect(deferred.isSettled).toBe(false);
  deferred.resolve(1);
  deferred.reject(new Error("too late"));
  deferred.resolve(2);
  expect(deferred.isSettled).toBe(true);
  expect(await deferred.promise).toBe(1);
});

test("passes a rejection on, its own and that of a promise", async () => {
  const one = createDeferred();
  one.reject("no");
  expect(one.isSettled).toBe(true);
  await expect(one.promise).rejects.toBe("no");
  const other = createDeferred<number>();
  other.resolve(Promise.reject(new Error("nor this")));
  await expect(other.promise).rejects.toThrow("nor this");
});
