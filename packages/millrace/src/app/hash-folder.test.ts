import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hashFolder } from "./hash-folder.ts";

function makeFolder() {
  const folder = mkdtempSync(join(tmpdir(), "millrace-hash-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): void => {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  write("flows/etl.ts", "one");
  write("package.json", "{}");
  return { folder, write, hash: () => hashFolder(folder) };
}

test("equal folders have equal hashes, and a change of a name or a text is another one", () => {
  const [a, b] = [makeFolder(), makeFolder()];
  expect(a.hash()).toBe(b.hash());
  b.write("flows/etl.ts", "two");
  const changed = b.hash();
  expect(changed).not.toBe(a.hash());
  b.write("flows/other.ts", "");
  expect(b.hash()).not.toBe(changed);
});

test("what is installed, made or hidden does not count", () => {
  const { hash, write } = makeFolder();
  const before = hash();
  for (const name of ["node_modules/x/index.js", "dist/etl.js", ".env", ".cache/a"]) write(name, "x");
  expect(hash()).toBe(before);
});

test("in a work tree, what Git ignores does not count", () => {
  const { folder, hash, write } = makeFolder();
  execFileSync("git", ["init", "--quiet"], { cwd: folder });
  write(".gitignore", "*.log\n");
  const before = hash();
  write("run.log", "x");
  expect(hash()).toBe(before);
  write("flows/new.ts", "x");
  expect(hash()).not.toBe(before);
});
