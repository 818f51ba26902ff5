import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { startServer } from "../server/server.ts";
import { createLedger, flows, type Ledger } from "./millrace.ts";

/** Runs a flow, and gives back its run's id. */
async function runFlow(ledger: Ledger): Promise<string> {
  const { code } = await ledger.run(["run", `${join(flows, "orders.ts")}:orders`]);
  expect(code).toBe(0);
  const runs = await ledger.json<readonly { id: string; flowName: string }[]>("flow-run", "ls");
  return runs.find(({ flowName }) => flowName === "orders")?.id ?? "";
}

const runsOf = async (ledger: Ledger): Promise<readonly string[]> =>
  (await ledger.json<readonly { id: string }[]>("flow-run", "ls")).map(({ id }) => id);

test("a ledger is backed up, lost, and put back", async () => {
  const ledger = createLedger();
  const first = await runFlow(ledger);
  const backup = await ledger.json<{ path: string; rows: Record<string, number> }>(
    "ledger",
    "backup",
    join(ledger.home, "backup.db"),
  );
  expect(backup.rows.flow_run).toBeGreaterThan(0);
  await runFlow(ledger);
  const refused = await ledger.run(["ledger", "restore", backup.path]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("error[LEDGER_EXISTS]");
  const restored = await ledger.run(["ledger", "restore", backup.path, "--force"]);
  expect(restored.stdout).toMatch(/^Before +kept as .*ledger\.db\.before-restore-/m);
  expect(restored.stdout).toContain("0 deleted: make new ones");
  expect(await runsOf(ledger)).toContain(first);
  expect((await ledger.run(["ledger", "check", "--full"])).stdout).toContain("The ledger is sound.");
});

test("a ledger that a process has open is not replaced, and the process is named", async () => {
  const ledger = createLedger();
  await runFlow(ledger);
  const { path } = await ledger.json<{ path: string }>("ledger", "backup", join(ledger.home, "backup.db"));
  const server = await startServer(ledger);
  const refused = await ledger.run(["ledger", "restore", path, "--force"]);
  expect(refused.stderr).toContain("error[LEDGER_IN_USE]");
  // Elsewhere than on Linux nobody tells whose it is.
  expect(refused.stderr).toContain(
    process.platform === "linux" ? `(${server.running.child.pid})` : "in another process",
  );
  // A backup needs nobody to stop.
  expect((await ledger.run(["ledger", "backup", join(ledger.home, "another.db")])).code).toBe(0);
  await server.end("SIGTERM");
});

test("an import that is killed goes on with the same file, while a server has the ledger", async () => {
  const source = createLedger();
  const run = await runFlow(source);
  addTasks(source, { runId: run, count: 60_000 });
  const file = join(source.home, "ledger.ndjson.zst");
  expect((await source.run(["ledger", "export", file])).stdout).toMatch(/^Secrets +sealed; their key is not in it$/m);
  const target = createLedger();
  const server = await startServer(target);
  const killed = target.start(["ledger", "import", file]);
  while (tasksOf(target) < 5000) await sleep(20);
  killed.child.kill("SIGKILL");
  await killed.ended;
  // The run is there when all that is its own is.
  expect(await runsOf(target)).toEqual([]);
  const done = await target.json<{ done: number; written: Record<string, number>; rows: number; skipped: number }>(
    "ledger",
    "import",
    file,
  );
  expect(done.done).toBeGreaterThan(0);
  expect(done.skipped).toBe(0);
  expect(await runsOf(target)).toContain(run);
  expect(tasksOf(target)).toBe(tasksOf(source));
  expect((await target.run(["ledger", "check"])).code).toBe(0);
  expect((await server.end("SIGTERM")).stderr).not.toContain("error");
});

test("what is no ledger of this machine is refused, and nothing is made where nothing was", async () => {
  const ledger = createLedger();
  const env = { MILLRACE_API_URL: "http://127.0.0.1:9" };
  for (const words of [["check"], ["backup", "b.db"], ["export", "e.ndjson"]]) {
    const refused = await ledger.run(["ledger", ...words], { env });
    expect(refused.stderr).toContain("The ledger is kept by the server at http://127.0.0.1:9");
    expect(refused.code).toBe(2);
  }
  expect((await ledger.run(["ledger", "backup", join(ledger.home, "b.db")])).stderr).toContain("error[BACKUP_FAILED]");
  expect((await ledger.run(["ledger", "import", join(ledger.home, "none")])).stderr).toContain("error[EXPORT_INVALID]");
  expect(readdirSync(ledger.home)).toEqual([]);
});

function addTasks(ledger: Ledger, { runId, count }: { readonly runId: string; readonly count: number }): void {
  const database = new DatabaseSync(join(ledger.home, "ledger.db"));
  const columns = database
    .prepare("select name from pragma_table_info('task_run') where name not in ('seq', 'id')")
    .all()
    .map((row) => String(row.name))
    .join(", ");
  database
    .prepare(
      `insert into task_run (id, ${columns}) with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ?)
       select randomblob(16), ${columns} from numbers, (select * from task_run where flow_run_id = unhex(?, '-') limit 1)`,
    )
    .run(count, runId);
  database.close();
}

function tasksOf(ledger: Ledger): number {
  const path = join(ledger.home, "ledger.db");
  if (!existsSync(path)) return 0;
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return Number(database.prepare("select count(*) as count from task_run").get()?.count);
  } finally {
    database.close();
  }
}
