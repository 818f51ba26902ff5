/** A server whose disk is full says so, goes on answering, and takes writes again when there is space, without a new start. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLedger, until } from "../cli/millrace.ts";
import { runNode } from "../run-node.ts";
import { startServer } from "./server.ts";
import { mountDisk } from "./small-disk.ts";

const whyNot = "only root can mount a small disk";
const counting = join(import.meta.dirname, "../fixtures/counting.ts");

test("a full disk is told by 507, loses nothing that was answered, and is over when there is space", async ({
  skip,
}) => {
  const disk = mountDisk("4m");
  if (disk === undefined) return skip(whyNot);
  const home = join(disk.folder, "home");
  mkdirSync(home);
  const ledger = createLedger();
  const server = await startServer(ledger, { env: { MILLRACE_HOME: home } });
  const write = async (name: string, length = 20_000): Promise<Response> =>
    fetch(`${server.url}/v1/objects/variable`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, value: JSON.stringify("x".repeat(length)), tags: [] }),
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
  // What is left of it may take something small: once it does not, the server is not ready, and lives.
  let small = 0;
  const problems = await until(async () => {
    await write(`less-${small++}`, 500);
    const ready = await fetch(`${server.url}/readyz`);
    return ready.status === 503 && ((await ready.json()) as { readonly problems: readonly unknown[] }).problems;
  });
  expect(problems).toMatchObject([{ part: "database", code: "LEDGER_FULL" }]);
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  expect(server.running.child.exitCode).toBeNull();

  disk.resize("64m");
  await until(async () => (await write("after")).ok);
  await until(async () => (await fetch(`${server.url}/readyz`)).ok);
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

test("a full disk of results fails what has one, by its code, and the run is retried when there is space", async ({
  skip,
}) => {
  const disk = mountDisk("1m");
  if (disk === undefined) return skip(whyNot);
  const ledger = createLedger();
  const env = { MILLRACE_HOME: ledger.home, MILLRACE_RESULT_STORAGE: join(disk.folder, "results") };
  const { stdout } = await runNode([counting, "40", "60"], env);
  expect(stdout).toMatch(/error LEDGER_FULL: .*Free some space/);
  const [run] = await ledger.json<readonly { id: string }[]>("flow-run", "ls");
  disk.resize("16m");
  const retried = await ledger.run(["flow-run", "retry", run?.id ?? ""], { env });
  expect(retried.code).toBe(0);
  // What had been recorded is not done again, and its results are there.
  expect(retried.stdout.split("\n").filter((line) => line.startsWith("recorded"))).toHaveLength(40);
  expect(await ledger.json<readonly unknown[]>("task-run", "ls", run?.id ?? "", "--limit", "100")).toHaveLength(40);
  const checked = await ledger.run(["ledger", "check", "--full"], { env });
  expect(checked.stdout).toContain("The ledger is sound.");
});

test("a full disk of temporary files is no matter for a server, nor for a flow", async ({ skip }) => {
  const disk = mountDisk("64k");
  if (disk === undefined) return skip(whyNot);
  expect(() => writeFileSync(join(disk.folder, "filling"), "x".repeat(100_000))).toThrow("ENOSPC");
  const ledger = createLedger();
  const env = { MILLRACE_HOME: ledger.home, TMPDIR: disk.folder };
  const server = await startServer(ledger, { env });
  expect((await runNode([counting, "5", "60"], { ...env, MILLRACE_API_URL: server.url })).stdout).toContain("ended 5");
  expect((await runNode([counting, "5", "60"], env)).stdout).toContain("ended 5");
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  await server.end("SIGTERM");
});
