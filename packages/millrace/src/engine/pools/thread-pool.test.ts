import { describe, expect, test } from "vitest";
import { addTo, keepNumbers } from "./fixtures/bodies.ts";
import { callOf } from "./fixtures/calls.ts";
import { testPool } from "./pool.testsuite.ts";
import { createThreadPool } from "./thread-pool.ts";

describe("threads", () => {
  testPool("threads", createThreadPool);

  test("hand big buffers of results over, and copy small ones", async () => {
    const pool = createThreadPool({ limit: 1 });
    for (const [length, left] of [
      [1_000_000, 0],
      [10, 10],
    ] as const) {
      await pool.run(callOf(keepNumbers, [length]));
      expect(await pool.run(callOf(keepNumbers, [length]))).toMatchObject({ before: left });
    }
    await pool.close();
  });

  test("share shared memory", async () => {
    const pool = createThreadPool({ limit: 1 });
    const shared = new Int32Array(new SharedArrayBuffer(4));
    await pool.run(callOf(addTo, [shared]));
    expect(shared[0]).toBe(5);
    await pool.close();
  });
});
