import { expect, test } from "vitest";
import { startPace } from "./pace.ts";

test("what takes long is done in smaller parts, down to some rows; what does not, in larger ones", async () => {
  let now = 0;
  const pace = startPace({ monotonic: () => now });
  const rowsAfter = async (tookMs: number): Promise<number> => {
    now += tookMs;
    await pace.rest();
    return pace.rows;
  };
  expect(pace.rows).toBe(5000);
  expect(await rowsAfter(30)).toBe(2500);
  expect(await rowsAfter(10_000)).toBe(1250);
  for (let part = 0; part < 10; part++) await rowsAfter(10_000);
  expect(pace.rows).toBe(250);
  expect(await rowsAfter(0)).toBe(500);
  for (let part = 0; part < 10; part++) await rowsAfter(0);
  expect(pace.rows).toBe(20_000);
});

test("others go on between two parts", async () => {
  const pace = startPace({ monotonic: () => 0 });
  let hasGoneOn = false;
  setImmediate(() => (hasGoneOn = true));
  await pace.rest();
  expect(hasGoneOn).toBe(true);
});
