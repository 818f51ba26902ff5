import { expect, test } from "vitest";
import * as z from "zod";
import { checkAnswer } from "./check-answer.ts";

const schema = z.object({ name: z.string(), tags: z.array(z.string()) });

test("an answer is seen as it is sent", () => {
  const check = (): void => {
    checkAnswer(schema, { route: "listThings", answer: { name: "a", tags: [], left: undefined } });
    checkAnswer(z.object({ at: z.string() }), { route: "listThings", answer: { at: new Date(0) } });
  };
  expect(check).not.toThrow();
});

test("what does not hold is told with its place", () => {
  const check = (): void => checkAnswer(schema, { route: "listThings", answer: { name: "a", tags: ["b", null] } });
  expect(check).toThrow(/The answer of listThings.*tags\[1\]/s);
});
