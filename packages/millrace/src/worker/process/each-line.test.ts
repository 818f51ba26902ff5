import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { eachLine } from "./each-line.ts";

async function linesOf(...chunks: readonly string[]): Promise<readonly string[]> {
  const stream = new PassThrough({ encoding: "utf8" });
  const lines: string[] = [];
  eachLine(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once("close", resolve));
  return lines;
}

test("lines come whole, however they were written, and the last one without its end", async () => {
  expect(await linesOf("one\ntw", "o\n\nth", "ree")).toEqual(["one", "two", "", "three"]);
  expect(await linesOf()).toEqual([]);
});

test("a line without end is told in parts", async () => {
  const lines = await linesOf("x".repeat(40_000), "\nnext\n");
  expect(lines.map(({ length }) => length)).toEqual([16_384, 16_384, 7232, 4]);
});
