import { expect, test } from "vitest";
import { jitterOf } from "./jitter.ts";

test("the jitter of a slot is the same wherever it is asked", () => {
  const slot = { scheduleId: "s1", dueMs: 1_700_000_000_000, jitterMs: 60_000 };
  expect(jitterOf(slot)).toBe(jitterOf({ ...slot }));
  expect(jitterOf(slot)).not.toBe(jitterOf({ ...slot, dueMs: slot.dueMs + 60_000 }));
  expect(jitterOf(slot)).not.toBe(jitterOf({ ...slot, scheduleId: "s2" }));
});

test("without a jitter a run starts when it is due", () => {
  expect(jitterOf({ scheduleId: "s1", dueMs: 5, jitterMs: 0 })).toBe(0);
});

test("jitters are whole ms, spread evenly from none to all", () => {
  const counts = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < 10_000; index++) {
    const ms = jitterOf({ scheduleId: `s${index}`, dueMs: 1_700_000_000_000, jitterMs: 9 });
    counts[ms] = (counts[ms] ?? 0) + 1;
  }
  expect(counts).toHaveLength(10);
  expect(counts.every((count) => count > 850 && count < 1150)).toBe(true);
});
