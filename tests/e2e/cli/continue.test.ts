import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLedger, type Ledger, until } from "./millrace.ts";

interface FlowRunJson {
  readonly id: string;
  readonly parentRunId: string | null;
  readonly state: { readonly type: string; readonly name: string };
}

const newest = async (ledger: Ledger): Promise<FlowRunJson | undefined> =>
  (await ledger.json<readonly FlowRunJson[]>("flow-run", "ls", "--limit", "1"))[0];

const linesOf = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];

test("what was recorded before kill -9 does not run again", async () => {
  const ledger = createLedger();
  const diary = join(ledger.home, "diary");
  const { child, ended } = ledger.startFile("long.ts", { env: { DIARY: diary, STEP_3_MS: "60000" } });
  await until(() => linesOf(diary).includes("step 3"));
  child.kill("SIGKILL");
  await ended;

  const run = await newest(ledger);
  expect(run?.state.type).toBe("CRASHED");
  const resumed = await ledger.run(["flow-run", "resume", run?.id.slice(0, 13) ?? ""], { env: { DIARY: diary } });
  expect(resumed.code).toBe(0);
  expect(resumed.stdout).toBe("15\n");
  expect(resumed.stderr).toContain("step 1: taken from the record");
  expect(linesOf(diary)).toEqual(["step 1", "step 2", "step 3", "step 3", "step 4", "step 5"]);

  const explained = await ledger.json<readonly { name: string; verdict: string }[]>("flow-run", "explain", "latest");
  expect(explained.map(({ name, verdict }) => `${name}: ${verdict}`)).toEqual([
    "step 1: recorded",
    "step 2: recorded",
    "step 3: ran",
    "step 4: ran",
    "step 5: ran",
  ]);
  const again = await ledger.run(["flow-run", "resume", "latest"]);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain("error[RUN_NOT_RESUMABLE]");
});

test("a retry runs what failed, and a run from a step runs that step", async () => {
  const ledger = createLedger();
  const env = { DIARY: join(ledger.home, "diary"), MENDED: join(ledger.home, "mended") };
  expect((await ledger.run(["run", "failing.ts"], { env })).code).toBe(1);
  writeFileSync(env.MENDED, "");

  const retried = await ledger.run(["flow-run", "retry", "latest"], { env });
  expect(retried).toMatchObject({ code: 0, stdout: "2\n" });
  expect(linesOf(env.DIARY)).toEqual(["prepare", "publish", "publish"]);

  const from = await ledger.run(["flow-run", "rerun", "latest", "--from", "publish", "--quiet"], { env });
  expect(from).toMatchObject({ code: 0, stdout: "2\n" });
  expect(linesOf(env.DIARY).slice(3)).toEqual(["publish"]);
  const afresh = await ledger.run(["flow-run", "rerun", "latest", "--quiet"], { env });
  expect(afresh).toMatchObject({ code: 0, stdout: "2\n" });
  expect(linesOf(env.DIARY).slice(4)).toEqual(["prepare", "publish"]);
  expect(await ledger.json("flow-run", "ls")).toHaveLength(3);

  const unknown = await ledger.run(["flow-run", "retry", "latest", "--from", "nothing"], { env });
  expect(unknown.code).toBe(3);
});

test("a paused run is answered from another terminal; an answer that does not fit is refused", async () => {
  const ledger = createLedger();
  const running = ledger.start(["run", "waiting.ts:approval"]);
  await until(async () => (await newest(ledger))?.state.type === "PAUSED");
  expect(running.printed().stderr).toMatch(/Paused; what it asks: millrace inbox inspect [0-9a-f-]{13}/);

  const refused = await ledger.run(["flow-run", "resume", "latest", "--input", '{"approved":"perhaps"}']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("did not accept the answer, and goes on waiting: ");
  expect(refused.stderr).toContain("`approved` must be true or false");
  const answered = await ledger.run(["flow-run", "resume", "latest", "--input", '{"approved":true}']);
  expect(answered).toMatchObject({ code: 0 });
  expect(await running.ended).toMatchObject({ code: 0, stdout: "shipped\n" });
});

test("a suspended run gives up its process, and goes on in the one that answers it", async () => {
  const ledger = createLedger();
  const suspended = await ledger.run(["run", "waiting.ts:later"]);
  expect(suspended).toMatchObject({ code: 0, stdout: "" });
  expect(suspended.stderr).toMatch(/Suspended/);
  const answered = await ledger.run(["flow-run", "resume", "latest", "--input", '{"approved":true}']);
  expect(answered).toMatchObject({ code: 0, stdout: "shipped later\n" });
});

test("a subflow that is suspended goes on with its root, whichever of them is named", async () => {
  const ledger = createLedger();
  for (const isRoot of [true, false]) {
    await ledger.run(["run", "waiting.ts:around", "--quiet"]);
    const [child, root] = await ledger.json<readonly FlowRunJson[]>("flow-run", "ls", "--all", "-n", "2");
    expect(child?.parentRunId).toBe(root?.id);
    const { holds } = await ledger.json<{ readonly holds: readonly object[] }>("flow-run", "why", root?.id ?? "");
    expect(holds).toMatchObject([{ kind: "pause", subject: { id: child?.id } }]);
    const none = await ledger.run(["flow-run", "resume", child?.id ?? ""]);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain(`millrace inbox inspect ${child?.id.slice(0, 13) ?? ""}`);
    const named = (isRoot ? root : child)?.id ?? "";
    const answered = await ledger.run(["flow-run", "resume", named, "--input", '{"approved":true}']);
    expect(answered).toMatchObject({ code: 0, stdout: "around: shipped later\n" });
  }
});

test("a signal reaches a running flow", async () => {
  const ledger = createLedger();
  const running = ledger.start(["run", "waiting.ts:signalled", "--quiet"]);
  await until(async () => (await newest(ledger))?.state.type === "RUNNING");
  const sent = await ledger.json<{ isNew: boolean }>("signal", "send", "latest", "go", '{"by":"Ada"}', "--id", "one");
  expect(sent).toEqual({ id: "one", isNew: true });
  expect(await running.ended).toMatchObject({ code: 0, stdout: "sent by Ada\n" });
  expect((await ledger.run(["signal", "send", "latest", "go", "{}"])).code).toBe(2);
});

test("a running run is cancelled, and can be resumed", async () => {
  const ledger = createLedger();
  const running = ledger.start(["run", "long.ts"], { env: { STEP_3_MS: "60000" } });
  await until(() => running.printed().stderr.includes("step 2: Completed"));
  const watching = ledger.start(["flow-run", "watch", "latest"]);
  const cancelled = await ledger.run(["flow-run", "cancel", "latest"]);
  expect(cancelled.stdout).toMatch(/^long · [a-z-]+ is Cancelled\.$/m);
  expect(cancelled.code).toBe(0);
  expect((await running.ended).code).toBe(1);
  const watched = await watching.ended;
  expect(watched.code).toBe(1);
  expect(watched.stderr).toMatch(/Cancelled/);
  expect(await ledger.run(["flow-run", "resume", "latest", "-q"])).toMatchObject({ code: 0, stdout: "15\n" });
});

test("Ctrl-C ends the run in good order, with exit code 130", async () => {
  const ledger = createLedger();
  const running = ledger.start(["run", "long.ts"], { env: { STEP_3_MS: "60000" } });
  await until(() => running.printed().stderr.includes("step 2: Completed"));
  running.child.kill("SIGINT");
  const { code, stderr } = await running.ended;
  expect(stderr).toContain("Stopping, so that the run can be resumed.");
  expect(code).toBe(130);
  expect((await newest(ledger))?.state.type).toBe("CRASHED");
  expect(await ledger.run(["flow-run", "resume", "latest", "-q"])).toMatchObject({ code: 0, stdout: "15\n" });
});

test("a state is set by the rules, or by force with who did it", async () => {
  const ledger = createLedger();
  await ledger.run(["run", "long.ts", "--quiet"]);
  const refused = await ledger.run(["flow-run", "state", "set", "latest", "FAILED"]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("error[TRANSITION_REFUSED]");
  const words = ["flow-run", "state", "set", "latest", "failed", "--force-reason", "wrong data"];
  const forced = await ledger.json<{ state: { type: string; details: { forcedBy: string } } }>(...words);
  expect(forced.state.type).toBe("FAILED");
  expect(forced.state.details.forcedBy).toMatch(/: wrong data$/);
});
