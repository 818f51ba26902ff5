import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { SettingDescription } from "../../../app/settings.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";

const ledger = createCommandLine();

test("config view shows where each value is from, what it overrules, and the order", async () => {
  const project = mkdtempSync(join(tmpdir(), "millrace-config-"));
  writeFileSync(join(project, "millrace.toml"), 'graceMs = "5s"\nserverPort = 4271\n');
  await ledger.stdout("config", "set", "graceMs", "7s");
  const before = process.cwd();
  process.chdir(project);
  vi.stubEnv("MILLRACE_SERVER_PORT", "4272");
  try {
    const text = await ledger.stdout("config", "view");
    expect(text).toMatch(/^serverPort +4272 +environment MILLRACE_SERVER_PORT\b/m);
    expect(text).toMatch(/^graceMs +5000 +millrace\.toml\b/m);
    expect(text).toContain("  serverPort: environment MILLRACE_SERVER_PORT goes before 4271 (millrace.toml)\n");
    expect(text).toContain("  graceMs: millrace.toml goes before 7000 (profile default)\n");
    expect(text).toContain("First found wins: option, environment, .env, millrace.toml, profile, default.\n");
    expect(text).toContain(`Profile: default. File: ${join(process.cwd(), "millrace.toml")}.\n`);
    const described = await ledger.json<readonly SettingDescription[]>("config", "view");
    expect(described.find(({ name }) => name === "serverPort")).toMatchObject({
      value: 4272,
      from: "environment MILLRACE_SERVER_PORT",
      overruled: [{ value: 4271, from: "millrace.toml" }],
    });
  } finally {
    vi.unstubAllEnvs();
    process.chdir(before);
  }
});

test("a worker's pool and a limit that is none may be set, and are checked", async () => {
  const none = await ledger.run("worker", "start");
  expect(none.code).toBe(2);
  expect(none.stderr).toContain("--pool is missing");
  expect(none.stderr).toContain("MILLRACE_WORKER_POOL sets it too");
  expect((await ledger.run("worker", "start", "--pool", "p", "--limit", "0")).stderr).toContain(
    "--limit takes a whole number from 1 up to 1000, not `0`",
  );
  await ledger.stdout("config", "set", "workerPool", "nowhere");
  expect((await ledger.run("worker", "start")).stderr).toContain("nowhere");
  expect((await ledger.run("config", "set", "workerLimit", "0")).stderr).toContain(
    "`0` is not a whole number from 1 to 1000",
  );
});
