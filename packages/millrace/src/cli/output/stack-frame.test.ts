import { expect, test } from "vitest";
import { firstOwnFrame, frameLocation } from "./stack-frame.ts";

const cwd = "/home/u/project";
const stack = (...frames: readonly string[]): string =>
  ["Error: no", ...frames.map((frame) => `    at ${frame}`)].join("\n");

test.each([
  ["train (file:///home/u/project/src/train.ts:12:9)", "train", "src/train.ts:12:9"],
  ["async train (/home/u/project/train.ts:1:2)", "train", "train.ts:1:2"],
  ["file:///home/u/elsewhere/a%20b.ts:3:4", null, "/home/u/elsewhere/a b.ts:3:4"],
  ["async file:///home/u/project/x.ts:3:4", null, "x.ts:3:4"],
  ["Object.fn (/home/u/project/x.ts:1:1)", null, "x.ts:1:1"],
  ["Object.<anonymous> (/home/u/project/x.js:1:1)", null, "x.js:1:1"],
])("at %s", (frame, functionName, location) => {
  const found = firstOwnFrame(stack(frame), { cwd });
  expect(found?.functionName).toBe(functionName);
  expect(found === null ? null : frameLocation(found)).toBe(location);
});

test("frames of Node, of packages and of this package are passed over", () => {
  const found = firstOwnFrame(
    stack(
      "process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
      "call (/home/u/project/node_modules/lib/index.js:1:1)",
      `run (${import.meta.url}:1:1)`,
      "<anonymous>",
      "mine (/home/u/project/x.ts:5:6)",
    ),
    { cwd },
  );
  expect(found).toEqual({ functionName: "mine", file: "x.ts", line: 5, column: 6 });
  expect(firstOwnFrame("no stack at all", { cwd })).toBeNull();
});
