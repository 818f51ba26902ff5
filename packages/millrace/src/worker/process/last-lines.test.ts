import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createMasker } from "../../kit/mask.ts";
import { keepLastLines } from "./last-lines.ts";

test("the last ten lines are told, without those that are empty", () => {
  const stream = new PassThrough();
  const told = keepLastLines(stream, createMasker());
  stream.write(Array.from({ length: 12 }, (_, index) => `line ${index}\n\n`).join(""));
  stream.read();
  expect(told().split("\n")).toEqual(Array.from({ length: 10 }, (_, index) => `line ${index + 2}`));
});

test("a secret that is longer than what is told leaves no part of itself", () => {
  const secret = "part-of-a-secret-".repeat(2000);
  const masker = createMasker();
  const stream = new PassThrough();
  const told = keepLastLines(stream, masker);
  stream.write(`signed in with ${secret}\n`);
  stream.write(`and ${Buffer.from(secret).toString("base64")}, in vain\n`);
  stream.write(`and ${secret.slice(0, 20_000)}`);
  stream.read();
  // It may be known only after it was written.
  masker.add(secret);
  expect(told()).toBe("signed in with ********\nand ********, in vain\nand ********");
});

test("a secret that Node's last report cuts off leaves no part of itself", () => {
  const secret = "part-of-a-secret-".repeat(2000);
  const stream = new PassThrough();
  const told = keepLastLines(stream, createMasker([secret]));
  // What waits to be written is lost, and the report goes past it.
  stream.write(`dies with ${secret.slice(0, 20_000)}`);
  stream.write("----- Native stack trace -----\n\n 1: node::Abort()\n");
  stream.read();
  expect(told()).toBe("dies with ********----- Native stack trace -----\n 1: node::Abort()");
});

test("however much is written, no secret is cut where what is kept begins", () => {
  const secret = "part-of-a-secret-".repeat(5000);
  const stream = new PassThrough();
  const told = keepLastLines(stream, createMasker([secret]));
  for (let times = 0; times < 8; times++) stream.write(`${secret}\n`);
  stream.read();
  expect(new Set(told().split("\n"))).toEqual(new Set(["********"]));
});
