import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { FlowRun } from "../contract/flow-run.ts";
import { systemClock } from "../kit/clock.ts";
import { type RunProcess, startRunProcess } from "../worker/process/run-process.ts";
import { failing, marked, stuck, telling } from "./fixtures/marked-flow.ts";
import { type OpenedLedger, openLedger } from "./open-ledger.ts";
import { openVault } from "./open-vault.ts";
import { childEnvironment, readSettings } from "./settings.ts";

const hourMs = 3_600_000;
const module = fileURLToPath(new URL("./fixtures/marked-flow.ts", import.meta.url));

let home: string;
let api: OpenedLedger["api"];
let mark: string;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "millrace-one-run-"));
  mark = join(home, "mark");
  ({ api } = await openLedger(readSettings({ home, env: {} }), { clock: systemClock }));
  return async () => {
    await api.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
});

/** A process that has loaded the flow, and a run that is claimed for it. */
async function claimForProcess(
  flow: typeof marked | typeof stuck | typeof telling = marked,
): Promise<{ readonly process: RunProcess; readonly run: FlowRun }> {
  const { planned } = flow.toDeployment();
  const process = startRunProcess({
    entry: new URL("./run-process.ts", import.meta.url),
    file: module,
    exportName: null,
    flowName: planned.deployment.flowName,
    ledger: { home, database: null, apiUrl: null },
    folder: home,
    env: childEnvironment({ apiKey: null }),
    keys: null,
    added: { GIVEN_TOKEN: "given-canary" },
    secrets: ["given-canary"],
    execArgv: ["--conditions=millrace-source", "--disable-warning=ExperimentalWarning"],
    graceMs: 10 * hourMs,
    clock: systemClock,
    onOverdue: async () => undefined,
    onStarted: () => () => undefined,
  });
  onTestFinished(() => process.kill());
  const holder = await process.loaded;
  if (holder === null) throw new Error(`The process ended: ${(await process.ended).how}`);
  const { deployment } = await api.saveDeployment(planned.deployment);
  const { run } = await api.submitRun({ deployment: deployment.id, parameters: { mark } });
  await api.registerProcess(holder);
  return { process, run: await api.claimFlowRun({ id: run.id, processId: holder.id, mode: "start" }) };
}

/** The run when its process is gone, and whether its function was called. */
async function endOf(process: RunProcess, { id }: FlowRun): Promise<readonly [FlowRun | null, boolean]> {
  await process.ended;
  return [await api.readFlowRun(id), existsSync(mark)];
}

const late = (): number => systemClock.now() + hourMs;

test("a run begins at once when its time has come, and heeds no profile that is chosen beside its code", async () => {
  writeFileSync(join(home, "millrace.toml"), 'profile = "of-another-home"');
  const { process, run } = await claimForProcess();
  process.run(run, systemClock.now() - 1);
  expect(await endOf(process, run)).toMatchObject([{ state: { type: "COMPLETED" } }, true]);
});

test("what a process has read or was given is in nothing that is told of its end", async () => {
  const sealed = await openVault(readSettings({ home, env: {} })).seal("read", "read-canary");
  await api.writeSecret({ name: "read", sealed });
  const { process, run } = await claimForProcess(telling);
  process.run(run, null);
  const { how } = await process.ended;
  expect(how).toContain("It said last: read ********, given ********");
  expect(existsSync(mark)).toBe(true);
});

test("a secret of its environment is hidden in what a run records", async () => {
  const { process, run } = await claimForProcess(failing);
  process.run(run, null);
  expect(await endOf(process, run)).toMatchObject([{ state: { message: "refused ********" } }, true]);
});

test("a run that waits for what never comes ends as such, as in a process without a worker", async () => {
  const { process, run } = await claimForProcess(stuck);
  process.run(run, null);
  expect(await endOf(process, run)).toMatchObject([
    { state: { type: "CRASHED" }, error: { code: "RUN_STALLED" }, ownerId: null },
    true,
  ]);
});

test.each(["before it is handed over", "while it waits for its time"])(
  "a run that is interrupted %s ends as such, and its function is not called",
  async (when) => {
    const { process, run } = await claimForProcess();
    if (when === "before it is handed over") process.interrupt();
    process.run(run, late());
    process.interrupt();
    expect(await endOf(process, run)).toMatchObject([
      { state: { type: "CRASHED" }, error: { code: "INTERRUPTED" }, ownerId: null },
      false,
    ]);
  },
);

test.each(["before it is handed over", "while it waits for its time"])(
  "a run that is cancelled %s ends as such, and its function is not called",
  async (when) => {
    const { process, run } = await claimForProcess();
    await api.proposeFlowRunState({ id: run.id, state: { type: "CANCELLING", name: "Cancelling" } });
    if (when === "before it is handed over") process.cancel();
    process.run(run, late());
    process.cancel();
    expect(await endOf(process, run)).toMatchObject([{ state: { type: "CANCELLED", name: "Cancelled" } }, false]);
  },
);
