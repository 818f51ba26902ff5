import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { hashModule, versionOf } from "./hash-module.ts";

function project(): { readonly file: string; readonly write: (name: string, text: string) => void } {
  const folder = mkdtempSync(join(tmpdir(), "millrace-module-"));
  mkdirSync(join(folder, "tasks"));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write("flow.ts", 'import { load } from "./tasks/load.ts";\nexport const late = () => import("./late.js");\n');
  write("tasks/load.ts", 'export * from "../shared";\nimport "millrace";\n');
  write("late.ts", 'import "./flow.ts";\n');
  write("shared.ts", "export const one = 1;\n");
  write("unused.ts", "export const two = 2;\n");
  return { file: join(folder, "flow.ts"), write };
}

test("a hash follows the module and what it imports, and nothing else", () => {
  const { file, write } = project();
  const hashes = [hashModule(file)];
  write("unused.ts", "export const two = 3;\n");
  expect(hashModule(file)).toBe(hashes[0]);
  for (const name of ["flow.ts", "tasks/load.ts", "late.ts", "shared.ts"]) {
    write(name, `import "./shared.ts"; import "./tasks/load.ts"; import "./late.ts"; // ${name} is another`);
    const hash = hashModule(file);
    expect(hashes).not.toContain(hash);
    hashes.push(hash);
  }
});

test("the same code in another folder has the same hash", () => {
  expect(hashModule(project().file)).toBe(hashModule(project().file));
});

test("what is more than can be read counts by its size", () => {
  const { file, write } = project();
  const hash = (): string => hashModule(file, { maxBytes: 1000 });
  write("tasks/load.ts", 'import rows from "./rows.json";\n');
  write("tasks/rows.json", JSON.stringify("x".repeat(2000)));
  const before = hash();
  write("tasks/rows.json", JSON.stringify("y".repeat(2000)));
  expect(hash()).toBe(before);
  expect(hashModule(file)).not.toBe(before);
  write("tasks/rows.json", JSON.stringify("y".repeat(2001)));
  expect(hash()).not.toBe(before);
});

test.skipIf(process.platform === "win32")("a pipe is not waited for", () => {
  const { file, write } = project();
  write("tasks/load.ts", 'import "./late.ts";\n');
  const before = hashModule(file);
  execFileSync("mkfifo", [join(dirname(file), "tasks/late.ts")]);
  expect(hashModule(file)).toBe(before);
});

test("a version that was given stays", () => {
  const hashes = { codeHash: "code", contentHash: "0123456789abcdef0123" };
  expect(versionOf({ version: "code" }, hashes)).toBe("0123456789abcdef");
  expect(versionOf({ version: "7" }, hashes)).toBe("7");
  expect(versionOf({ version: "code" }, { ...hashes, contentHash: null })).toBe("code");
});
