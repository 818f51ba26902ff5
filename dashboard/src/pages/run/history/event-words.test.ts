import { expect, test } from "vitest";
import { toEventWords } from "./event-words.ts";

test.each([
  ["millrace.flow-run.Failed", "Flow run: Failed"],
  ["millrace.task-run.AwaitingRetry", "Task run: Awaiting retry"],
  ["millrace.flow-run.heartbeat", "Flow run: heartbeat"],
  ["millrace.automation.action.failed", "Automation: action failed"],
  ["millrace.work-pool.not-ready", "Work pool: not ready"],
])("%s reads as words", (name, words) => {
  expect(toEventWords(name)).toBe(words);
});

test.each(["order.shipped", "millrace", "millrace.Order.shipped", ""])("%j is somebody else's, and stays", (name) => {
  expect(toEventWords(name)).toBe(name);
});
