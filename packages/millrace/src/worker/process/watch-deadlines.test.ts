import { expect, test } from "vitest";
import { createVirtualClock } from "../../kit/virtual-clock.ts";
import { watchDeadlines } from "./watch-deadlines.ts";

function open() {
  const clock = createVirtualClock();
  let ends = 0;
  const watch = watchDeadlines({ clock, graceMs: 10_000, onOverdue: () => ends++ });
  return { clock, watch, ends: () => ends };
}

const flow = { id: 1, of: "Flow", name: "train", timeoutMs: 60_000 } as const;

test("code that has ended by its timeout, or in the grace after it, is left alone", async () => {
  const { clock, watch, ends } = open();
  watch.begin(flow);
  await clock.advance(69_000);
  watch.met(flow.id);
  await clock.advance(3_600_000);
  expect([ends(), watch.overdue]).toEqual([0, null]);
});

test("code that has not is to be ended, and the first that was passed says why", async () => {
  const { clock, watch, ends } = open();
  watch.begin(flow);
  watch.begin({ id: 2, of: "Task", name: "fold 3", timeoutMs: 1000 });
  await clock.advance(11_000);
  expect(ends()).toBe(1);
  expect(watch.overdue).toEqual({
    of: "Task",
    message:
      "Task `fold 3` took longer than its timeout of 1s. Its process did not stop within 10s of that, and was killed",
    error: expect.objectContaining({ code: "TIMED_OUT" }),
  });
  await clock.advance(60_000);
  expect(watch.overdue?.of).toBe("Task");
});

test("nothing is watched any more once it is stopped", async () => {
  const { clock, watch, ends } = open();
  watch.begin(flow);
  watch.stop();
  await clock.advance(3_600_000);
  expect(ends()).toBe(0);
});
