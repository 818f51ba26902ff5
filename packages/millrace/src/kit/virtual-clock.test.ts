import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import { createVirtualClock, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.ts";

const day = 86_400_000;
const clocks: VirtualClock[] = [];

afterEach(() => {
  for (const clock of clocks.splice(0)) clock[Symbol.dispose]();
});

function open(options?: VirtualClockOptions): VirtualClock {
  const clock = createVirtualClock(options);
  clocks.push(clock);
  return clock;
}

describe("moved by the test", () => {
  test("runs timers when they come due, in order, and shows each its time", async () => {
    const clock = open({ start: 1000 });
    const ran: string[] = [];
    for (const [name, ms] of [
      ["c", 20],
      ["a", 5],
      ["b", 20],
      ["late", 21],
    ] as const) {
      clock.setTimer(ms, () => ran.push(`${name}@${clock.now()}`));
    }
    await clock.advance(20);
    expect(ran).toEqual(["a@1005", "c@1020", "b@1020"]);
    expect(clock.pending).toBe(1);
    expect(clock.monotonic()).toBe(20);
  });

  test("lets what waited for a timer go on before the next, also into timers of its own", async () => {
    const clock = open();
    const seen: number[] = [];
    const tick = async (): Promise<void> => {
      for (let count = 0; count < 3; count++) {
        await clock.sleep(10);
        seen.push(clock.monotonic());
      }
    };
    const ticking = tick();
    clock.setTimer(25, () => seen.push(-1));
    await clock.advance(30);
    await ticking;
    expect(seen).toEqual([10, 20, -1, 30]);
  });

  test("a cancelled timer does not run", async () => {
    const clock = open();
    const ran: number[] = [];
    const timers = [1, 2, 3].map((ms) => clock.setTimer(ms, () => ran.push(ms)));
    timers[1]?.cancel();
    timers[1]?.cancel();
    await clock.advance(10);
    timers[0]?.cancel();
    expect(ran).toEqual([1, 3]);
    expect(clock.pending).toBe(0);
  });

  test("a sleep ends with the reason of its signal, and leaves no timer", async () => {
    const clock = open();
    const abort = new AbortController();
    const sleep = clock.sleep(day, abort.signal);
    abort.abort("enough");
    await expect(sleep).rejects.toBe("enough");
    await expect(clock.sleep(1, AbortSignal.abort("before"))).rejects.toBe("before");
    expect(clock.pending).toBe(0);
  });

  test("the wall clock is set without moving timers", async () => {
    const clock = open();
    const woke = clock.sleep(100).then(() => clock.now());
    await clock.advance(40);
    clock.setWallTime(5000);
    expect(clock.now()).toBe(5000);
    await clock.advance(60);
    expect(await woke).toBe(5060);
    expect(() => clock.setTimer(Number.NaN, () => {})).toThrow(RangeError);
  });

  test("time stands still otherwise", async () => {
    const clock = open();
    let isAwake = false;
    void clock.sleep(1).then(() => (isAwake = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isAwake).toBe(false);
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1));
  });
});

describe("moved by itself", () => {
  test("sleeps of years end in order, at their times", async () => {
    const clock = open({ autoAdvance: true });
    const woke: number[] = [];
    await Promise.all(
      [400, 1, 30].map((days) => clock.sleep(days * day).then(() => woke.push(clock.monotonic() / day))),
    );
    expect(woke).toEqual([1, 30, 400]);
  });

  test("work of the program is not overtaken", async () => {
    const clock = open({ autoAdvance: true });
    const order: string[] = [];
    const work = async (): Promise<void> => {
      for (let turn = 0; turn < 20; turn++) await readFile(new URL(import.meta.url));
      await new Promise((resolve) => setTimeout(resolve, 15));
      order.push("work");
    };
    await Promise.all([work(), clock.sleep(5).then(() => order.push("sleep"))]);
    expect(order).toEqual(["work", "sleep"]);
  });

  test("nor by what is set for now as time comes to what woke it", async () => {
    const clock = open({ autoAdvance: true });
    const order: string[] = [];
    const work = async (): Promise<void> => {
      for (let turn = 0; turn < 20; turn++) await readFile(new URL(import.meta.url));
      order.push("work");
    };
    clock.setTimer(day, () => void work());
    await clock.sleep(day);
    await clock.sleep(0);
    order.push("sleep");
    expect(order).toEqual(["work", "sleep"]);
  });

  test("a real timer that beats in the background does not hold time up for ever", async () => {
    const clock = open({ autoAdvance: true });
    const beats = setInterval(() => {}, 5);
    await clock.sleep(day);
    await clock.sleep(day);
    clearInterval(beats);
    expect(clock.monotonic()).toBe(2 * day);
  });

  test("waits while it is told that something is under way", async () => {
    let isBusy = true;
    const clock = open({ autoAdvance: true, isBusy: () => isBusy });
    const woke = clock.sleep(1).then(() => isBusy);
    // Without a hold on the process, the timer of the test is not what time waits for.
    await new Promise((resolve) => setTimeout(resolve, 30).unref());
    isBusy = false;
    expect(await woke).toBe(false);
  });

  test("background timers run on the way, and do not move time", async () => {
    const clock = open({ autoAdvance: true });
    const beats: number[] = [];
    const beat = (): void =>
      void clock.setTimer(10, () => (beats.push(clock.monotonic()), beat()), { background: true });
    beat();
    await clock.sleep(35);
    expect(beats).toEqual([10, 20, 30]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(beats).toHaveLength(3);
  });

  test("ends when the clock is disposed of", async () => {
    const clock = open({ autoAdvance: true });
    let isAwake = false;
    void clock.sleep(1).then(() => (isAwake = true));
    clock[Symbol.dispose]();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isAwake).toBe(false);
  });
});
