/** The table of what is tried is true: every line is in it, and what it names is there. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const lines = readFileSync(join(import.meta.dirname, "README.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| HX-"));

test("there is a line for each", () => {
  const wanted = Array.from({ length: 35 }, (_, at) => `HX-${String(at + 1).padStart(2, "0")}`);
  expect(lines.map((line) => line.slice(2, 7))).toEqual(wanted);
});

test("what is named as proof is there", () => {
  const named = lines.flatMap((line) => {
    const [, , , proof = ""] = line.split(" | ").length > 2 ? ["", ...line.split(" | ")] : [];
    return Array.from(proof.matchAll(/`([\w./-]+\/[\w./-]*)`/g), ([, path = ""]) => path);
  });
  expect(named.length).toBeGreaterThan(60);
  const isThere = (path: string): boolean =>
    [root, join(root, "packages/millrace/src")].some((folder) => existsSync(join(folder, path)));
  expect(named.filter((path) => !isThere(path))).toEqual([]);
});
