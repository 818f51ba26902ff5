import { getEventListeners } from "node:events";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Semaphore } from "./semaphore.ts";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("lets in as many as its limit, then in the order they came", async () => {
  const semaphore = new Semaphore(2);
  const entered: number[] = [];
  const waits = [1, 2, 3, 4].map((id) => semaphore.acquire().then(() => entered.push(id)));
  await settle();
  expect(entered).toEqual([1, 2]);
  expect(semaphore).toMatchObject({ held: 2, waiting: 2 });
  expect(semaphore.tryAcquire()).toBe(false);
  semaphore.release();
  semaphore.release();
  await Promise.all(waits);
  expect(entered).toEqual([1, 2, 3, 4]);
});

test("who waits is not overtaken", async () => {
  const semaphore = new Semaphore(1);
  await semaphore.acquire();
  const waiter = semaphore.acquire();
  semaphore.limit = 0;
  semaphore.release();
  semaphore.limit = 1;
  await waiter;
  expect(semaphore.tryAcquire()).toBe(false);
});

test("who is aborted waits no more, and does not come in later", async () => {
  const semaphore = new Semaphore(1);
  await semaphore.acquire();
  const aborts = [0, 1, 2].map(() => new AbortController());
  const waits = aborts.map(({ signal }) => semaphore.acquire(signal).then(() => "in", String));
  aborts[1]?.abort("enough");
  expect(semaphore.waiting).toBe(2);
  expect(await waits[1]).toBe("enough");
  semaphore.release();
  expect(await waits[0]).toBe("in");
  aborts[0]?.abort("too late");
  expect(semaphore.held).toBe(1);
  semaphore.release();
  expect(await waits[2]).toBe("in");
  await expect(semaphore.acquire(AbortSignal.abort("before"))).rejects.toBe("before");
});

test("leaves no listener on a signal that outlives it", async () => {
  const semaphore = new Semaphore(1);
  const { signal } = new AbortController();
  await semaphore.acquire(signal);
  const wait = semaphore.acquire(signal);
  semaphore.release();
  await wait;
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("run() leaves also when the body throws", async () => {
  const semaphore = new Semaphore(1);
  expect(await semaphore.run(async () => 1)).toBe(1);
  await expect(semaphore.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await expect(
    semaphore.run(() => {
      throw new Error("at once");
    }),
  ).rejects.toThrow("at once");
  expect(semaphore.held).toBe(0);
});

test.each([-1, 1.5, Number.NaN])("refuses the limit %d", (limit) => {
  expect(() => new Semaphore(limit)).toThrow(RangeError);
  expect(() => Object.assign(new Semaphore(1), { limit })).toThrow(RangeError);
});

test("a release too many is a bug that is told", () => {
  expect(() => new Semaphore(1).release()).toThrow(/more often/);
});

test("behaves as a queue does, whatever is asked in whatever order", () => {
  type Waiter = { id: number; abort: AbortController };
  const step = fc.oneof(
    fc.record({ do: fc.constant("acquire" as const), at: fc.constant(0) }),
    fc.record({ do: fc.constant("release" as const), at: fc.constant(0) }),
    fc.record({ do: fc.constant("abort" as const), at: fc.nat({ max: 100 }) }),
    fc.record({ do: fc.constant("limit" as const), at: fc.nat({ max: 4 }) }),
  );
  return fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const semaphore = new Semaphore(2);
      const entered: number[] = [];
      const expected: number[] = [];
      const queue: Waiter[] = [];
      let limit = 2;
      let held = 0;
      let ids = 0;
      const admit = (): void => {
        for (; held < limit && queue.length > 0; held++) expected.push(queue.shift()?.id ?? -1);
      };
      for (const { do: what, at } of steps) {
        if (what === "acquire") {
          const waiter = { id: ids++, abort: new AbortController() };
          semaphore.acquire(waiter.abort.signal).then(
            () => entered.push(waiter.id),
            () => {},
          );
          queue.push(waiter);
        } else if (what === "release" && held > 0) {
          semaphore.release();
          held--;
        } else if (what === "abort") {
          queue.splice(at % Math.max(1, queue.length), 1)[0]?.abort.abort();
        } else if (what === "limit") {
          semaphore.limit = at;
          limit = at;
        }
        admit();
        expect(semaphore).toMatchObject({ held, waiting: queue.length, limit });
      }
      await settle();
      expect(entered).toEqual(expected);
    }),
  );
});
