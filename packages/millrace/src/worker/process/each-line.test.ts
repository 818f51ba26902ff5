import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createMasker, type Masker } from "../../kit/mask.ts";
import { eachLine } from "./each-line.ts";

const linesOf = (...chunks: readonly string[]): Promise<readonly string[]> => maskedLinesOf(createMasker(), chunks);

async function maskedLinesOf(masker: Masker, chunks: readonly string[]): Promise<readonly string[]> {
  const stream = new PassThrough({ encoding: "utf8" });
  const lines: string[] = [];
  eachLine(stream, { masker, onLine: (line) => void lines.push(line) });
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

test("a line that has an address beside one that is secret is told as it is", async () => {
  const masker = createMasker(["https://bot:hunter22@example.com/hook/7"]);
  const line = "read https://other.example.com/data in 3 s";
  expect(await maskedLinesOf(masker, [`${line}\n`, "then https://bot:hunter22@example.com/hook/7\n"])).toEqual([
    line,
    "then ********",
  ]);
});

test.each([
  ["with its end", "\n"],
  ["without it", ""],
])("a secret that is longer than a part of a line is hidden as a whole, %s", async (_, end) => {
  const secret = "part-of-a-secret-".repeat(3000);
  const masker = createMasker([secret]);
  const text = `${"x".repeat(16_000)}${secret}${"y".repeat(200_000)}${end}`;
  const chunks = text.match(/[^]{1,10000}/g) ?? [];
  const lines = await maskedLinesOf(masker, chunks);
  expect(lines.join("")).toBe(`${"x".repeat(16_000)}********${"y".repeat(200_000)}`);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(16_384);
});
