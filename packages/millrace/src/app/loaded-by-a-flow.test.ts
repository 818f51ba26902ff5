/**
 * What the smallest flow loads of us, from the sources. Each file is found, read and linked before the flow begins, so what most
 * flows do not need is loaded by the first that asks for it: see kit/late.ts. When this fails, look at what is new in the list.
 */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const sources = fileURLToPath(new URL("../", import.meta.url));

const maxFiles = 285;
const maxBytes = 1_060_000;

test("the smallest flow loads few files, and nothing that only pages, servers, commands and S3 need", async () => {
  const home = mkdtempSync(join(tmpdir(), "millrace-loaded-"));
  try {
    const env = { ...process.env, MILLRACE_HOME: home };
    const program = ["--import", fixture("tell-loaded.ts"), fixture("hello-flow.ts")];
    // The first makes the ledger, for which it needs more.
    await promisify(execFile)(process.execPath, program, { env });
    const { stdout } = await promisify(execFile)(process.execPath, program, { env });
    const files = stdout.trim().split("\n");
    const names = files.map((file) => relative(sources, file).replaceAll("\\", "/"));
    expect(names).toEqual(expect.arrayContaining(["engine/engine.ts", "store/sqlite/store.ts"]));
    const asked =
      /^store\/sql\/(asked-store|aggregates|timeline|objects|access)|^results\/s3|^cli\/live\/tree-(view|frame)|^store\/postgres/;
    expect(names.filter((name) => asked.test(name))).toEqual([]);
    expect(files.length).toBeLessThanOrEqual(maxFiles);
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).toBeLessThanOrEqual(maxBytes);
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
});
