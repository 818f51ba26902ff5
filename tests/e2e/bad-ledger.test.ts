/** Ledgers that cannot be used: each is told by its code and what to do, and nothing that was recorded is lost. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { runNode } from "./run-node.ts";

const folder = import.meta.dirname;
const counting = join(folder, "fixtures/counting.ts");
const cli = join(folder, "../../packages/millrace/src/cli/main.ts");
const scratch = mkdtempSync(join(tmpdir(), "millrace-bad-ledger-"));
const mounts: string[] = [];
afterAll(() => {
  for (const mount of mounts) execFileSync("umount", [mount]);
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});

let homes = 0;
function newHome(): string {
  const home = join(scratch, `home-${++homes}`);
  mkdirSync(home);
  return home;
}

async function count(home: string, ...args: readonly (string | number)[]): Promise<string> {
  return (await runNode([counting, ...args.map(String)], { MILLRACE_HOME: home })).stdout;
}

async function runs(home: string): Promise<readonly { id: string; state: { type: string } }[]> {
  return JSON.parse((await runNode([cli, "flow-run", "ls", "--json"], { MILLRACE_HOME: home })).stdout);
}

describe("a ledger", () => {
  it("of a newer Millrace is left alone", async () => {
    const home = newHome();
    await count(home, 1);
    const ledger = new DatabaseSync(join(home, "ledger.db"));
    ledger.exec("pragma user_version = 9999");
    ledger.close();
    const before = readFileSync(join(home, "ledger.db"));
    expect(await count(home, 1)).toMatch(/^error LEDGER_NEWER: .*schema 9999.*Upgrade Millrace/);
    expect(readFileSync(join(home, "ledger.db")).equals(before)).toBe(true);
  });

  it("that is no database is left alone", async () => {
    const home = newHome();
    const text = "This is a letter to somebody, and no ledger.\n".repeat(200);
    writeFileSync(join(home, "ledger.db"), text);
    expect(await count(home, 1)).toMatch(/^error LEDGER_CORRUPT: /);
    expect(readFileSync(join(home, "ledger.db"), "utf8")).toBe(text);
  });

  it("that was cut off is told as damaged", async () => {
    const home = newHome();
    await count(home, 200, 1);
    truncateSync(join(home, "ledger.db"), 40_000);
    const { stdout } = await runNode([cli, "doctor"], { MILLRACE_HOME: home });
    expect(`${await count(home, 1)}${stdout}`).toMatch(/LEDGER_CORRUPT|malformed|damaged/);
  });

  it("held by another process is waited for", async () => {
    const home = newHome();
    await count(home, 1);
    const holder = new DatabaseSync(join(home, "ledger.db"));
    holder.exec("begin immediate");
    const counted = count(home, 2);
    const release = setTimeout(() => holder.exec("commit"), 1500);
    expect(await counted).toContain("ended 2");
    clearTimeout(release);
    holder.close();
  });
});

/** Mounts a small disk; undefined where that is not allowed. */
function mountDisk(size: string, ...options: readonly string[]): string | undefined {
  const disk = newHome();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", [`size=${size}`, ...options].join(","), "tmpfs", disk], {
      stdio: "ignore",
    });
  } catch {
    return undefined;
  }
  mounts.push(disk);
  return disk;
}

describe("a disk", () => {
  it("that is full stops the run, and the run goes on when there is space", async ({ skip }) => {
    const disk = mountDisk("2m");
    if (disk === undefined) return skip("only root can mount a small disk");
    const home = join(disk, "home");
    const output = await count(home, 400, 12);
    expect(output).toMatch(/error LEDGER_FULL: .*Free some space/);
    const recorded = output.split("\n").filter((line) => line.startsWith("recorded")).length;
    expect(recorded).toBeGreaterThan(5);

    execFileSync("mount", ["-o", "remount,size=40m", disk]);
    const [run] = await runs(home);
    const resumed = await runNode([cli, "flow-run", "resume", run?.id ?? ""], { MILLRACE_HOME: home });
    expect(resumed.exitCode).toBe(0);
    expect((await runs(home)).map(({ state }) => state.type)).toEqual(["COMPLETED"]);
    const explained = await runNode([cli, "flow-run", "explain", run?.id ?? "", "--json"], { MILLRACE_HOME: home });
    expect(explained.exitCode).toBe(0);
  });

  it("that is read-only is told", async ({ skip }) => {
    const disk = mountDisk("2m", "ro");
    if (disk === undefined) return skip("only root can mount a disk that cannot be written");
    expect(await count(join(disk, "home"), 1)).toMatch(/^error LEDGER_UNWRITABLE: .*Make the folder writable/);
  });
});
