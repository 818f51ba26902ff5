/** A server whose disk is full says so, goes on answering, and takes writes again when there is space, without a new start. */

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLedger, until } from "../cli/millrace.ts";
import { startServer } from "./server.ts";

/** A small disk; undefined where mounting is not allowed. */
function mountDisk(size: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "millrace-full-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  onTestFinished(() => {
    execFileSync("umount", ["--lazy", folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

test("a full disk is told by 507, loses nothing that was answered, and is over when there is space", async ({
  skip,
}) => {
  const disk = mountDisk("4m");
  if (disk === undefined) return skip("only root can mount a small disk");
  const home = join(disk, "home");
  mkdirSync(home);
  const ledger = createLedger();
  const server = await startServer(ledger, { env: { MILLRACE_HOME: home } });
  const write = async (name: string): Promise<Response> =>
    fetch(`${server.url}/v1/objects/variable`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, value: JSON.stringify("x".repeat(20_000)), tags: [] }),
    });
  const kept: string[] = [];
  let refused: Response | null = null;
  while (refused === null && kept.length < 1000) {
    const name = `value-${kept.length}`;
    const response = await write(name);
    if (response.ok) kept.push(name);
    else refused = response;
  }
  expect(refused?.status).toBe(507);
  expect(await refused?.json()).toMatchObject({ error: { code: "LEDGER_FULL", retryable: true } });
  expect(kept.length).toBeGreaterThan(10);

  // It is there, says what it has, and refuses again.
  const status = (await (await fetch(`${server.url}/v1/status`)).json()) as {
    disk: { freeBytes: number; totalBytes: number };
  };
  expect(status.disk.freeBytes).toBeLessThan(status.disk.totalBytes / 10);
  expect((await write("more")).status).toBe(507);
  expect(server.running.child.exitCode).toBeNull();

  execFileSync("mount", ["-o", "remount,size=64m", disk]);
  await until(async () => (await write("after")).ok);
  const listed = await fetch(`${server.url}/v1/objects/variable/filter`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ page: { limit: 1000 } }),
  });
  const names = ((await listed.json()) as { items: readonly { name: string }[] }).items.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...kept, "after"]));
  await server.end("SIGTERM");
  const checked = await ledger.run(["ledger", "check", "--full"], { env: { MILLRACE_HOME: home } });
  expect(checked.stdout).toContain("The ledger is sound.");
});
