import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { watchLedger } from "./watch-ledger.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "millrace-watched-"));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

test("tells of what another connection writes, until it is closed", async () => {
  using database = new DatabaseSync(join(home, "ledger.db"));
  database.exec("pragma journal_mode = wal; create table t (n integer)");
  let told = 0;
  const watching = watchLedger(home, () => told++);
  expect(watching.isTold).toBe(true);
  database.exec("insert into t values (1)");
  await expect.poll(() => told).toBeGreaterThan(0);
  watching.close();
  const before = told;
  database.exec("insert into t values (2)");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(told).toBe(before);
});

test("says when it cannot", () => {
  const watching = watchLedger(join(home, "nowhere"), () => undefined);
  expect(watching.isTold).toBe(false);
  watching.close();
});
