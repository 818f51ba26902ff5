/** What automations do to runs that execute, each in a process of its own. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "millrace/client";
import { onTestFinished, test, expect } from "vitest";
import { createLedger, until } from "../cli/millrace.ts";
import { linesOf } from "../serve/serving.ts";
import { createRemoteLedger, startServer } from "./server.ts";

type FlowRun = NonNullable<Awaited<ReturnType<Client["readFlowRun"]>>>;

/** How often a process looks what others want of its runs. */
const attentionMs = 100;

async function open() {
  const server = await startServer(createLedger(), { env: { MILLRACE_LEASE_MS: "5s" } });
  const ledger = createRemoteLedger(server.url);
  const [diary, gates] = [join(ledger.home, "diary"), join(ledger.home, "gates")];
  mkdirSync(gates);
  const client = createClient({ url: server.url });
  const file = join(import.meta.dirname, "fixtures/acted.ts");
  const env = { DIARY: diary, GATES: gates, MILLRACE_ATTENTION_MS: `${attentionMs}ms` };
  const serving = ledger.startFile(file, { env });
  onTestFinished(async () => {
    serving.child.kill("SIGKILL");
    await serving.ended;
  });
  await until(() => serving.printed().stderr.includes("Ctrl-C stops it"));
  const automate = (kind: string, action: object) =>
    client.createObject("automation", {
      name: kind,
      enabled: true,
      tags: [],
      owner: null,
      trigger: {
        kind: "event",
        posture: "Reactive",
        match: {},
        matchRelated: [],
        after: [],
        expect: [`act.${kind}`],
        forEach: [],
        threshold: 1,
        withinMs: 0,
      },
      actions: [{ kind, ...action }],
    } as Parameters<typeof client.createObject<"automation">>[1]);
  return {
    client,
    server,
    automate,
    lines: () => linesOf(diary),
    letOn: (gate: string) => writeFileSync(join(gates, gate), ""),
    /** Starts a run, and gives back its id when its body has begun. */
    begin: async (flow: string, run: string): Promise<string> => {
      const made = await client.submitRun({ deployment: `${flow}/served`, parameters: { run } });
      await until(() => linesOf(diary).some((line) => line.startsWith(`${run} `)));
      return made.run.id;
    },
    act: (kind: string, id: string) =>
      client.record({
        processId: "test",
        events: [
          {
            id: crypto.randomUUID(),
            name: `act.${kind}`,
            at: Date.now(),
            flowRunId: null,
            taskRunId: null,
            resource: { id: "test" },
            payload: null,
            related: [{ id: `millrace.flow-run.${id}`, role: "flow-run" }],
          },
        ],
      }),
    untilState: (id: string, name: string): Promise<FlowRun> =>
      until(async () => {
        const run = await client.readFlowRun(id);
        return run?.state.name === name && run;
      }),
  };
}

const pidOf = (lines: readonly string[], start: string): number =>
  Number(/ in (\d+)$/.exec(lines.find((line) => line.startsWith(start)) ?? "")?.[1]);

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

test("each action on a run reaches the process that executes it", async () => {
  const { client, server, automate, act, begin, letOn, lines, untilState } = await open();
  const plain = ["cancel-flow-run", "suspend-flow-run", "resume-flow-run", "delete-flow-run"];
  for (const kind of plain) await automate(kind, {});
  const state = { state: "FAILED", name: "TooLate", message: null, force: true };
  await automate("change-flow-run-state", state);
  const [cancelled, suspended, deleted, forced, asking] = await Promise.all([
    begin("steps", "cancelled"),
    begin("steps", "suspended"),
    begin("steps", "deleted"),
    begin("steps", "forced"),
    begin("asks", "asking"),
  ]);
  await untilState(asking, "Paused");

  await act("cancel-flow-run", cancelled);
  await act("suspend-flow-run", suspended);
  await act("delete-flow-run", deleted);
  await act("change-flow-run-state", forced);
  await act("resume-flow-run", asking);
  await untilState(cancelled, "Cancelled");
  await untilState(suspended, "Suspending");
  await untilState(forced, "TooLate");
  await until(async () => (await client.readFlowRun(deleted)) === null);
  await untilState(asking, "Completed");
  expect(pidOf(lines(), "asking heard true")).toBe(pidOf(lines(), "asking asks"));

  // Their processes have looked by then.
  await sleep(20 * attentionMs);
  // What runs is let end; nothing else begins, and the process ends.
  for (const run of ["cancelled", "suspended", "deleted", "forced"]) letOn(`${run} first`);
  const released = await untilState(suspended, "Suspended");
  expect(released).toMatchObject({ ownerId: null, epoch: 1 });
  for (const run of ["cancelled", "suspended", "deleted", "forced"]) {
    await until(() => isGone(pidOf(lines(), `${run} begins first`)));
  }
  expect(lines().filter((line) => line.includes("begins second"))).toEqual([]);

  await act("resume-flow-run", suspended);
  await until(() => lines().some((line) => line.startsWith("suspended begins second")));
  letOn("suspended second");
  const ended = await untilState(suspended, "Completed");
  expect(ended.epoch).toBe(2);
  const told = lines().filter((line) => line.startsWith("suspended "));
  expect(told.map((line) => line.replace(/ in \d+$/, ""))).toEqual([
    "suspended begins first",
    "suspended ends first",
    "suspended begins second",
    "suspended ends second",
  ]);
  expect(new Set(told.map((line) => pidOf([line], ""))).size).toBe(2);
  const { items } = await client.listObjects("automation-firing");
  expect(items.map(({ status }) => status)).toEqual(items.map(() => "done"));
  await client.close();
  await server.end("SIGTERM");
});
