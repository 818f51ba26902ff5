/** A run is in the ledger when its function begins, also while that blocks the event loop. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runNode } from "./run-node.ts";
import { postgresSkipped, startPostgresSchema } from "./server/postgres-schema.ts";
import { startServerOn } from "./server/server.ts";

const busy = join(import.meta.dirname, "fixtures/busy.ts");
const cli = join(import.meta.dirname, "../../packages/millrace/src/cli/main.ts");
const begun = "RUNNING\nRUNNING\nRUNNING\n";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "millrace-busy-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));

test("in SQLite", async () => {
  expect((await runNode([busy, cli], { MILLRACE_HOME: home })).stdout).toBe(begun);
});

test.skipIf(postgresSkipped !== undefined)("in PostgreSQL", async () => {
  const schema = await startPostgresSchema();
  try {
    expect((await runNode([busy, cli], { MILLRACE_HOME: home, MILLRACE_DATABASE: schema.url })).stdout).toBe(begun);
  } finally {
    await schema.drop();
  }
});

test("on a server", async () => {
  const { url } = await startServerOn("SQLite");
  expect((await runNode([busy, cli], { MILLRACE_HOME: home, MILLRACE_API_URL: url })).stdout).toBe(begun);
});
