import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-compiled-"));
  home = join(folder, "home");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Loads a module after having asked for it, in a process of its own. */
function run(env: Readonly<Record<string, string>> = {}): void {
  const asked = pathToFileURL(join(import.meta.dirname, "compiled-code.ts")).href;
  writeFileSync(join(folder, "module.mjs"), "export const value = 1;");
  const program = `(await import(${JSON.stringify(asked)})).keepCompiledCode(); await import("./module.mjs");`;
  writeFileSync(join(folder, "program.mjs"), program);
  execFileSync(process.execPath, ["--conditions=millrace-source", "program.mjs"], {
    cwd: folder,
    env: { ...process.env, NODE_COMPILE_CACHE: "", MILLRACE_HOME: home, ...env },
  });
}

const kept = (): readonly string[] =>
  existsSync(join(home, "compiled")) ? readdirSync(join(home, "compiled"), { recursive: true }).map(String) : [];

test("what is loaded afterwards is kept in the home folder", () => {
  mkdirSync(home);
  run();
  expect(kept().length).toBeGreaterThan(1);
});

test("a home that is not there is not made", () => {
  run();
  expect(existsSync(home)).toBe(false);
});

test("nothing is kept where Node is told not to, and nothing fails where it cannot be", () => {
  mkdirSync(home);
  run({ NODE_DISABLE_COMPILE_CACHE: "1" });
  expect(kept()).toEqual([]);
  writeFileSync(join(home, "compiled"), "a file is in the way");
  run();
  run({ MILLRACE_HOME: "" });
});
