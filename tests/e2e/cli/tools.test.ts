import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createLedger, type Ledger } from "./millrace.ts";

const run = promisify(execFile);
const modules = join(import.meta.dirname, "../../../node_modules");

describe("init", () => {
  /** As `npm install` would leave it. */
  async function makeProject(ledger: Ledger): Promise<string> {
    const folder = join(ledger.home, "Shop Reports");
    expect((await ledger.run(["init", folder])).code).toBe(0);
    symlinkSync(modules, join(folder, "node_modules"));
    return folder;
  }

  test("makes a project that runs, whose tests pass, and which the compiler accepts", async () => {
    const ledger = createLedger();
    const folder = await makeProject(ledger);
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toMatchObject({ name: "shop-reports" });
    const env = { ...process.env, MILLRACE_HOME: ledger.home, NODE_OPTIONS: "--conditions=millrace-source" };
    const report = await run(process.execPath, ["report.ts"], { cwd: folder, env });
    expect(report.stdout).toContain("best: 531");
    const tests = await run(process.execPath, ["--test"], { cwd: folder, env });
    expect(tests.stdout).toMatch(/pass 2\b/);
    const tsc = join(modules, "typescript/bin/tsc");
    const args = [tsc, "--customConditions", "millrace-source", "--exactOptionalPropertyTypes"];
    const compiled = await run(process.execPath, args, { cwd: folder }).catch((error: { stdout: string }) => error);
    // With the sources in place of the package, what is wrong there is told too.
    expect(compiled.stdout.split("\n").filter((line) => line.startsWith("report"))).toEqual([]);
    const started = await ledger.run(["run", "report.ts", "-p", "day=2026-11-03", "--quiet"], { cwd: folder });
    expect(started.stdout).toContain("day: '2026-11-03'");
  });

  test("keeps what is there, and can be run again", async () => {
    const ledger = createLedger();
    const folder = await makeProject(ledger);
    writeFileSync(join(folder, "report.ts"), "// mine");
    const again = await ledger.json<{ created: readonly string[]; kept: readonly string[] }>("init", folder);
    expect(again.created).toEqual([]);
    expect(again.kept).toContain("report.ts");
    expect(readFileSync(join(folder, "report.ts"), "utf8")).toBe("// mine");
  });

  test("a dry run makes nothing", async () => {
    const ledger = createLedger();
    const folder = join(ledger.home, "dry");
    const { stdout } = await ledger.run(["init", folder, "--dry-run"]);
    expect(stdout).toContain("package.json would be made");
    expect(existsSync(folder)).toBe(false);
  });
});

describe("doctor", () => {
  test("finds everything in order", async () => {
    const ledger = createLedger();
    await ledger.run(["variable", "set", "x", "1"]);
    const { code, stdout } = await ledger.run(["doctor"]);
    expect(stdout).toMatch(/✓ Ledger +sound, SQLite/);
    expect(stdout).toContain("Everything is in order.");
    expect(code).toBe(0);
  });

  test("makes nothing where nothing has been recorded yet", async () => {
    const home = join(createLedger().home, "later");
    const { code, stdout } = await createLedger().run(["doctor", "--home", home]);
    expect(stdout).toMatch(/✓ Home +.*later is made when something is recorded/);
    expect(stdout).toMatch(/✓ Ledger +there is none yet: it is made when something is recorded/);
    expect(stdout).toContain("Everything is in order.");
    expect({ code, isMade: existsSync(home) }).toEqual({ code: 0, isMade: false });
  });

  test("finds a ledger that is damaged, and secrets whose key is gone", async () => {
    const damaged = createLedger();
    writeFileSync(join(damaged.home, "ledger.db"), "this is no database, whatever its name says".repeat(100));
    const found = await damaged.run(["doctor"]);
    expect(found.stdout).toMatch(/✗ Ledger +The ledger at .* is damaged/s);
    expect(found.code).toBe(1);

    const sealed = createLedger();
    await sealed.run(["secret", "set", "token"], { input: "value of it" });
    writeFileSync(join(sealed.home, "secrets.key"), `${Buffer.alloc(32, 7).toString("base64url")}\n`, { mode: 0o600 });
    const findings = await sealed.json<readonly { name: string; status: string }[]>("doctor");
    expect(findings.find(({ name }) => name === "Secrets")).toMatchObject({ status: "problem" });
  });

  test("finds a home that cannot be written, and settings that are wrong", async () => {
    const ledger = createLedger();
    writeFileSync(join(ledger.home, "file"), "");
    const blocked = await ledger.run(["doctor", "--home", join(ledger.home, "file", "home")]);
    expect(blocked.code).toBe(1);
    const wrong = await ledger.run(["doctor"], { env: { MILLRACE_LEASE_MS: "soon" } });
    expect(wrong.stdout).toMatch(/✗ Settings/);
    expect(wrong.code).toBe(1);
  });
});

test("version, in words and as JSON", async () => {
  const ledger = createLedger();
  const { version } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../../packages/millrace/package.json"), "utf8"),
  ) as { version: string };
  expect((await ledger.run(["version"])).stdout).toContain(`millrace ${version} (Node 24`);
  expect((await ledger.run(["--version"])).stdout).toContain(`millrace ${version}`);
  expect(await ledger.json("version")).toMatchObject({ millrace: version });
});

test("errors are explained, and listed", async () => {
  const ledger = createLedger();
  expect((await ledger.run(["errors", "explain", "resume_drift"])).stdout).toContain("--on-drift rerun");
  const unknown = await ledger.run(["errors", "explain", "RESUME_DRFT"]);
  expect(unknown.stderr).toContain("Did you mean RESUME_DRIFT?");
  expect(unknown.code).toBe(3);
  const all = await ledger.json<readonly { code: string }[]>("errors", "explain");
  expect(all.length).toBeGreaterThan(30);
});

describe("completion", () => {
  async function complete(...words: readonly string[]): Promise<readonly string[]> {
    const { stdout: script } = await createLedger().run(["completion", "bash"]);
    const array = words.map((word) => `'${word}'`).join(" ");
    const ask = `COMP_WORDS=(millrace ${array}); COMP_CWORD=${words.length}; _millrace; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run("bash", ["--norc", "-c", `${script}\n${ask}`]);
    return stdout.trim().split("\n");
  }

  test("bash completes commands, options and their values", async () => {
    expect(await complete("flow-run", "re")).toEqual(["resume", "retry", "rerun", "rename"]);
    expect(await complete("fl")).toEqual(["flow-run", "flow"]);
    expect(await complete("flow-run", "resume", "--on")).toEqual(["--on-drift"]);
    expect(await complete("flow-run", "resume", "--on-drift", "r")).toEqual(["rerun"]);
    expect(await complete("flow-run", "state", "")).toEqual(["set"]);
  });

  test("there are scripts for zsh and fish, and no other shell", async () => {
    const ledger = createLedger();
    expect((await ledger.run(["completion", "zsh"])).stdout).toMatch(/^#compdef millrace\n/);
    expect((await ledger.run(["completion", "fish"])).stdout).toContain("complete -c millrace");
    expect((await ledger.run(["completion", "tcsh"])).code).toBe(2);
  });
});

test("every command has help, with examples that name it", async () => {
  const ledger = createLedger();
  mkdirSync(ledger.home, { recursive: true });
  const top = await ledger.run(["--help"]);
  expect(top.stdout).toContain("flow-run …");
  expect(top.stdout).toContain("Exit codes");
  const logs = await ledger.run(["flow-run", "logs", "--help"]);
  expect((await ledger.run(["help", "flow-run", "logs"])).stdout).toBe(logs.stdout);
  expect(logs.stdout).toMatch(/millrace flow-run logs <run> \[options\]/);
  expect(logs.stdout).toMatch(/-f, --follow +Print new lines/);
  expect(logs.stdout).toMatch(/Examples\n {2}# .*\n {2}millrace flow-run logs/);
});

test.each([
  [["flow-rn", "ls"], "did you mean `millrace flow-run`?"],
  [["flow-run", "lst"], "did you mean `millrace flow-run ls`?"],
  [["flow-run", "ls", "--limt", "3"], "did you mean --limit?"],
  [["flow-run", "ls", "--limit", "many"], "--limit takes a whole number"],
  [["flow-run", "ls", "extra"], "`extra` is one argument too many"],
])("%s is answered with what was probably meant", async (args, says) => {
  const { code, stdout, stderr } = await createLedger().run(args);
  expect(stderr).toContain(says);
  expect(stdout).toBe("");
  expect(code).toBe(2);
});

test.each([
  [["nonsense", "--json"], 2, "USAGE"],
  [["flow-run", "--json"], 2, "USAGE"],
  [["flow-run", "lst", "--json"], 2, "USAGE"],
  [["--json", "flow-run", "ls", "--limt", "3"], 2, "USAGE"],
] as const)("with --json a wrong word is told as JSON: %s", async (args, exitCode, errorCode) => {
  const { code, stdout, stderr } = await createLedger().run(args);
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: "" });
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: errorCode } });
});

test("with --json help and completion are JSON", async () => {
  const ledger = createLedger();
  const top = await ledger.json<{ commands: readonly unknown[] }>("--help");
  expect(top.commands).toContainEqual({ command: "flow-run", isGroup: true, summary: expect.any(String) });
  const { commands } = await ledger.json<{ commands: readonly unknown[] }>("flow-run", "--help");
  expect(commands).toContainEqual({ command: "flow-run ls", isGroup: false, summary: expect.any(String) });
  const help = await ledger.json<{ options: readonly unknown[] }>("task-run", "ls", "--help");
  expect(help).toMatchObject({ command: "task-run ls", usage: "millrace task-run ls [run] [options]" });
  expect(help.options).toContainEqual(expect.objectContaining({ option: "--limit", short: "-n", value: "N" }));
  const script = expect.stringMatching(/^#compdef millrace\n/);
  expect(await ledger.json("completion", "zsh")).toEqual({ shell: "zsh", script });
});

test("with --json what the ledger keeps as JSON is JSON", async () => {
  const ledger = createLedger();
  await ledger.run(["run", "orders.ts:orders", "-p", 'regions=["abc"]', "-q"]);
  const parameters = { regions: ["abc"] };
  const result = { storage: "inline", data: { total: 11, note: null } };
  expect(await ledger.json("flow-run", "inspect", "latest")).toMatchObject({ parameters, result });
  expect(await ledger.json("flow-run", "ls", "--flow", "orders")).toMatchObject([{ parameters }]);
  expect(await ledger.json("artifact", "inspect", "orders-by-region")).toMatchObject({
    data: { columns: ["region", "orders"], rows: [["north", 5]] },
  });
});

test("with --json an error is JSON too", async () => {
  const { code, stdout, stderr } = await createLedger().run(["flow-run", "inspect", "00000000", "--json"]);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: "RUN_NOT_FOUND" } });
  expect(stdout).toBe("");
  expect(code).toBe(3);
});
