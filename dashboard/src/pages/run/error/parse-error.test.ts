import { expect, test } from "vitest";
import { toErrorChain, toErrorText, toFrameGroups } from "./parse-error.ts";

const stack = [
  "Error: no disk",
  "    at write (file:///home/me/flows/etl.ts:12:5)",
  "    at load (/home/me/flows/etl.ts:20:3)",
  "    at TaskWork.body (file:///home/me/node_modules/millrace/dist/chunk-A.js:1:1)",
  "    at AsyncLocalStorage.run (node:internal/async_local_storage:65:14)",
  "    at new Promise (<anonymous>)",
  "    at main (file:///home/me/flows/etl.ts:30:1)",
].join("\n");

test("frames of the flow's own code stand by themselves, others together", () => {
  expect(toFrameGroups(stack).map(({ isOwn, frames }) => [isOwn, frames.length])).toEqual([
    [true, 2],
    [false, 3],
    [true, 1],
  ]);
  expect(toFrameGroups("Error: nothing at all")).toEqual([]);
});

test("causes follow, with what they say of themselves", () => {
  const data = JSON.stringify({
    "!error": {
      name: "Error",
      message: "no disk",
      own: { code: "E_DISK", disk: 3 },
      cause: { "!error": { name: "TypeError", message: "socket", own: { code: "E_SOCKET" }, cause: "a word" } },
    },
  });
  const chain = toErrorChain({ name: "Error", message: "no disk", code: "E_DISK", stack, data });
  expect(chain.map(({ name, message, code }) => [name, message, code])).toEqual([
    ["Error", "no disk", "E_DISK"],
    ["TypeError", "socket", "E_SOCKET"],
    ["Cause", "a word", null],
  ]);
  expect(chain[0]?.properties).toBe('{\n  "disk": 3\n}');
});

test("our own errors say what to do", () => {
  const data = JSON.stringify({
    "!error": { own: { code: "X", fix: "Do it.", status: 409, retryable: false, data: {} } },
  });
  const [parts] = toErrorChain({ name: "MillraceError", message: "m", code: "X", stack: null, data });
  expect([parts?.fix, parts?.properties]).toEqual(["Do it.", null]);
});

test("what was cut off is shown as far as it can be read", () => {
  const error = { name: "Error", message: "long", code: null, stack, data: '{"!error":{"name":"Er' };
  expect(toErrorChain(error)).toHaveLength(1);
  expect(toErrorText(error)).toContain("Error: long\n    at write");
});
