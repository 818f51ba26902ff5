import { inspect, stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { firstOwnFrame, frameLocation, hideEngineFrames } from "./stack-frame.ts";

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

describe("the engine's frames are hidden", () => {
  const ours = `run (${import.meta.url}:1:1)`;
  const node = "process.processTicksAndRejections (node:internal/process/task_queues:105:5)";
  const mine = "mine (/home/u/project/x.ts:5:6)";
  const other = "async file:///home/u/project/y.ts:3:4";

  test.each([
    ["at the end", stack(mine, ours, node), stack(mine)],
    ["at the start", stack(ours, mine), stack(mine)],
    ["in between", stack(mine, node, ours, other, ours), stack(mine, other)],
    [
      "with what has no place between them",
      stack(mine, "new Promise (<anonymous>)", ours, "async Promise.all (index 0)"),
      stack(mine),
    ],
    [
      "but not what has no place in the user's",
      stack(mine, "Array.map (<anonymous>)", other, ours),
      stack(mine, "Array.map (<anonymous>)", other),
    ],
    ["but not where there are no others", stack(node, ours), stack(node, ours)],
    [
      "but not those of packages",
      stack("call (/p/node_modules/lib/index.js:1:1)", ours),
      stack("call (/p/node_modules/lib/index.js:1:1)"),
    ],
    ["of causes too", `${stack(mine, ours)}\n${stack(other, node)}`, `${stack(mine)}\n${stack(other)}`],
    ["and nothing else", `x\n  at home\n\n${stack(mine)}\nat 5:6:7`, `x\n  at home\n\n${stack(mine)}\nat 5:6:7`],
  ])("%s", (_, text, shown) => {
    expect(hideEngineFrames(text)).toBe(shown);
  });

  test.each([false, true])("in what inspect has written (colours: %s)", (colors) => {
    const show = (frames: readonly string[], causeFrames: readonly string[]): string => {
      const cause = Object.assign(new TypeError("why"), { stack: stack(...causeFrames) });
      const error = Object.assign(new Error("no", { cause }), { stack: stack(...frames), code: "E", rows: [1] });
      return inspect({ errors: [error, 2] }, { colors, depth: 8 });
    };
    const hidden = (...frames: readonly (readonly string[])[]): string =>
      stripVTControlCharacters(hideEngineFrames(show(frames[0] ?? [], frames[1] ?? [])));
    const shown = (...frames: readonly (readonly string[])[]): string =>
      stripVTControlCharacters(show(frames[0] ?? [], frames[1] ?? []));
    const why = ["why (/home/u/z.ts:1:1)", "because (/home/u/z.ts:9:9)"];
    expect(hidden([mine, other, ours, node], [...why, node])).toBe(shown([mine, other], why));
    // Node shortens what an error and its cause have in common.
    const common = hidden([mine, other, ours, node], ["why (/home/u/z.ts:1:1)", mine, other, ours, node]);
    expect(common).toMatch(/\.\.\. \d+ lines matching cause stack trace \.\.\. ?\{?\n\s+code: 'E',/);
    expect(common).not.toMatch(/task_queues|stack-frame/);
  });
});
