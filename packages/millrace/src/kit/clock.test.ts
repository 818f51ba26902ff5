import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { createSystemClock, systemClock } from "./clock.ts";

describe("wall time", () => {
  test("is counted on by the finer clock, in whole µs", () => {
    const sources = { wall: 1_000_000, monotonic: 5 };
    const clock = createSystemClock({ wallMs: () => sources.wall, monotonicMs: () => sources.monotonic });
    expect(clock.now()).toBe(1_000_000);
    sources.monotonic += 1.234_567;
    expect(clock.now()).toBe(1_000_001.234);
    // The wall clock shows whole ms and is slewed: a few ms of difference change nothing.
    sources.wall += 15;
    expect(clock.now()).toBe(1_000_001.234);
    expect(clock.monotonic()).toBeCloseTo(6.234_567, 9);
  });

  test.each([3_600_000, -3_600_000, 21, -21])("follows the wall clock when it is set by %d ms", (stepMs) => {
    const sources = { wall: 1_000_000, monotonic: 5 };
    const clock = createSystemClock({ wallMs: () => sources.wall, monotonicMs: () => sources.monotonic });
    sources.wall += stepMs;
    expect(clock.now()).toBe(1_000_000 + stepMs);
    sources.monotonic += 1.25;
    sources.wall += 1;
    expect(clock.now()).toBe(1_000_001.25 + stepMs);
  });

  test("is counted from the origin where that is known finer, and from the wall clock's time where it is far from it", () => {
    const sources = { wallMs: () => 1_000_000, monotonicMs: () => 5 };
    expect(createSystemClock({ ...sources, originMs: 999_995.625 }).now()).toBe(1_000_000.625);
    expect(createSystemClock({ ...sources, originMs: 900_000 }).now()).toBe(1_000_000);
  });

  test("of the system rises", () => {
    const times = Array.from({ length: 1000 }, () => systemClock.now());
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(times[0]).toBe(Math.floor((times[0] ?? 0) * 1000) / 1000);
  });
});

describe("timers", () => {
  test("run once, and not when cancelled", async () => {
    const ran: string[] = [];
    const cancelled = systemClock.setTimer(1, () => ran.push("cancelled"));
    cancelled.cancel();
    await new Promise<void>((resolve) => void systemClock.setTimer(5, resolve));
    cancelled.cancel();
    expect(ran).toEqual([]);
  });

  test.each([2 ** 31, 2 ** 40, Infinity])("a delay of %d ms is not taken for none", async (ms) => {
    let hasRun = false;
    const timer = systemClock.setTimer(ms, () => (hasRun = true));
    await systemClock.sleep(20);
    timer.cancel();
    expect(hasRun).toBe(false);
  });

  test("are not early by what took a while in the turn in which they were set", async () => {
    const begunAt = systemClock.monotonic();
    while (systemClock.monotonic() < begunAt + 30);
    const setAt = systemClock.monotonic();
    await systemClock.sleep(20);
    expect(systemClock.monotonic() - setAt).toBeGreaterThanOrEqual(19);
  });

  test("a delay of NaN is refused", () => {
    expect(() => systemClock.setTimer(Number.NaN, () => {})).toThrow(RangeError);
  });
});

describe("sleep", () => {
  test("ends with the reason of its signal", async () => {
    const abort = new AbortController();
    const sleep = systemClock.sleep(60_000, abort.signal);
    abort.abort("enough");
    await expect(sleep).rejects.toBe("enough");
    await expect(systemClock.sleep(1, AbortSignal.abort("before"))).rejects.toBe("before");
  });

  test("leaves no listener on the signal", async () => {
    const { signal } = new AbortController();
    await systemClock.sleep(1, signal);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
