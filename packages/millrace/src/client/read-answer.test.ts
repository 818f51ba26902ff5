import { expect, test } from "vitest";
import { maxAnswerBytes, readAnswer } from "./read-answer.ts";

/** An answer of so many chunks of 1 MiB, which counts those that were asked for. */
function answerOf(chunks: number): { readonly response: Response; readonly read: () => number } {
  let given = 0;
  const chunk = new Uint8Array(2 ** 20).fill(0x20);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (given++ < chunks) controller.enqueue(chunk);
      else controller.close();
    },
  });
  return { response: new Response(body), read: () => given };
}

test("an answer without an end is read as far as one of ours may go, and no further", async () => {
  const { response, read } = answerOf(Number.POSITIVE_INFINITY);
  await expect(readAnswer(response, "http://server")).rejects.toMatchObject({ code: "SERVER_ANSWER_INVALID" });
  expect(read()).toBeLessThan(maxAnswerBytes / 2 ** 20 + 3);
});

test("an answer in parts is put together", async () => {
  const parts = new TextEncoder().encode('{"name":"é"}');
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const byte of parts) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  expect(await readAnswer(new Response(body), "http://server")).toEqual({ error: null, value: { name: "é" } });
});
