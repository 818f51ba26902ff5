import { expect, test } from "vitest";
import { openStore } from "../../../app/open-store.ts";
import { readSettings } from "../../../app/settings.ts";
import type { Account, AuditEntry, NewAuditEntry } from "../../../contract/access.ts";
import { systemClock } from "../../../kit/clock.ts";
import { createCommandLine } from "../../in-process.testsuite.ts";

const ledger = createCommandLine();
const now = systemClock.now();

async function seed(entries: readonly Partial<NewAuditEntry>[]): Promise<void> {
  const store = await openStore(readSettings({ home: ledger.home, database: ledger.database }), systemClock);
  const entry: NewAuditEntry = {
    at: now,
    accountId: null,
    accountName: null,
    means: null,
    keyId: null,
    address: "192.0.2.1",
    action: "deleteFlowRun",
    path: "/v1/flow-runs/019a",
    outcome: "done",
    status: 200,
    requestId: "r",
  };
  await store.access.insertAuditEntries(entries.map((each) => ({ ...entry, ...each })));
  await store.close();
}

test("the log is listed from the newest, by account, outcome, action, text and time", async () => {
  expect(await ledger.stdout("audit", "ls")).toBe("There are no such entries.\n");
  const ada = await ledger.json<Account>("account", "create", "ada", "--role", "admin", "--no-password");
  await seed([
    { at: now - 2 * 86_400_000, accountId: ada.id, accountName: "ada", means: "key" },
    { at: now - 60_000, accountName: "m\u001b[31mallory", outcome: "denied", status: 401, action: "signIn" },
    { accountId: ada.id, accountName: "ada", means: "password", outcome: "failed", status: 404 },
  ]);
  const table = await ledger.stdout("audit", "ls");
  expect(table).not.toContain("\u001b");
  expect(table.split("\n").map((line) => /done|failed|denied/.exec(line)?.[0])).toEqual(
    expect.arrayContaining(["failed", "denied", "done"]),
  );
  expect(table).toMatch(/denied +"mallory"\? /);

  const statuses = async (...words: readonly string[]) =>
    (await ledger.json<readonly AuditEntry[]>("audit", "ls", ...words)).map(({ status }) => status);
  expect(await statuses()).toEqual([404, 401, 200]);
  expect(await statuses("--limit", "1")).toEqual([404]);
  expect(await statuses("--account", "ada")).toEqual([404, 200]);
  expect(await statuses("--account", ada.id, "--since", "24h")).toEqual([404]);
  expect(await statuses("--until", "24h")).toEqual([200]);
  expect(await statuses("--outcome", "denied,failed")).toEqual([404, 401]);
  expect(await statuses("--action", "signIn")).toEqual([401]);
  expect(await statuses("--search", "019A")).toEqual([404, 401, 200]);
  const gone = await ledger.run("audit", "ls", "--account", "mallory");
  expect([gone.code, gone.stderr]).toEqual([3, expect.stringContaining("`--search` finds")]);
  expect((await ledger.run("audit", "ls", "--since", "ever")).code).toBe(2);
});
