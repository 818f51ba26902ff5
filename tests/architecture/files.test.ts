import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { importTable } from "./import-table.ts";
import { readSources, root } from "./source-file.ts";

const biggestTextBytes = 2_000_000;

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)));

test("code has kebab-case names", () => {
  const code = files.filter((file) =>
    /^(packages|integrations|dashboard|tools|tests|bench|examples)\/.*\.[cm]?[jt]sx?$/.test(file),
  );
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
  expect(code.filter((file) => !file.split("/").every((part) => kebab.test(part)))).toEqual([]);
});

test("no layer has a barrel", () => {
  expect(readSources().filter(({ path }) => /(^|\/)index\.ts$/.test(path) && !path.startsWith("exports/"))).toEqual([]);
});

test("each top folder of the sources has a row in the import table", () => {
  const layers = new Set(readSources().map(({ path }) => path.split("/")[0] ?? ""));
  expect([...layers].filter((layer) => !(layer in importTable))).toEqual([]);
});

test("no file tells where this machine keeps things or where it gets packages from", () => {
  const isTelling = (file: string): boolean => {
    const path = join(root, file);
    if (statSync(path).size > biggestTextBytes) return false;
    const text = readFileSync(path, "utf8");
    return text.includes(`${root}/`) || /https?:\/\/registry\.[a-z]/.test(text) || /"resolved": "https?:/.test(text);
  };
  expect(files.filter(isTelling)).toEqual([]);
});
