import { expect, test } from "vitest";
import { canary, findCanaries, shapes, spellings } from "./canaries.ts";

test.each(shapes)("a canary that is %s is found however it is written, and when it was cut", (shape) => {
  for (const text of spellings(canary(7, shape))) {
    expect(findCanaries("here", `before ${text} after`)).not.toEqual([]);
    expect(findCanaries("here", text.slice(0, 90))).not.toEqual([]);
  }
  expect(findCanaries("here", "nothing ******** of it")).toEqual([]);
});

test("what may be there is not told, and what else is looked for is", () => {
  expect(findCanaries("here", `${canary(1)} ${canary(2)}`, { allowed: [canary(1)] })).toEqual([
    `here: …${canary(1)} ${canary(2)}…`,
  ]);
  expect(findCanaries("here", "a key-of-somebody", { others: ["key-of-somebody"] })).toHaveLength(1);
});
