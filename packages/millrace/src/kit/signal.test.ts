import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { abortable, anySignal, timeoutSignal } from "./signal.ts";
import { createVirtualClock } from "./virtual-clock.ts";

describe("abortable", () => {
  test("gives the promise's outcome, and leaves no listener", async () => {
    const { signal } = new AbortController();
    expect(await abortable(Promise.resolve(1), signal)).toBe(1);
    expect(await abortable(Promise.resolve(2), undefined)).toBe(2);
    await expect(abortable(Promise.reject(new Error("no")), signal)).rejects.toThrow("no");
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("gives up when the signal is aborted, and ignores what comes of the promise", async () => {
    const abort = new AbortController();
    const { promise, reject } = Promise.withResolvers<void>();
    const waiting = abortable(promise, abort.signal);
    abort.abort("enough");
    await expect(waiting).rejects.toBe("enough");
    // An unhandled rejection would fail the test run.
    reject(new Error("later"));
    await expect(abortable(new Promise(() => {}), AbortSignal.abort("before"))).rejects.toBe("before");
  });
});

test("anySignal is aborted with the first of its signals, for its reason", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const any = anySignal([undefined, one.signal, other.signal]);
  expect(any?.aborted).toBe(false);
  other.abort("other");
  expect(any?.reason).toBe("other");
  one.abort("one");
  expect(any?.reason).toBe("other");
  expect(anySignal([undefined, one.signal])).toBe(one.signal);
  expect(anySignal([undefined])).toBeUndefined();
});

describe("timeoutSignal", () => {
  test("is aborted after its time, for a reason of its own", async () => {
    const clock = createVirtualClock();
    const { signal } = timeoutSignal({ ms: 100, clock });
    const named = timeoutSignal({ ms: 100, clock, reason: () => "slow" });
    await clock.advance(99);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(signal.reason).toMatchObject({ name: "TimeoutError", message: "Timed out after 100 ms" });
    expect(named.signal.reason).toBe("slow");
  });

  test("is not aborted once it is cancelled", async () => {
    const clock = createVirtualClock();
    const timeout = timeoutSignal({ ms: 100, clock });
    {
      using disposed = timeoutSignal({ ms: 100, clock });
      expect(disposed.signal.aborted).toBe(false);
    }
    timeout.cancel();
    expect(clock.pending).toBe(0);
    await clock.advance(200);
    expect(timeout.signal.aborted).toBe(false);
  });
});
