/** What the process of a run may do by its key: of its own run, of those that it calls, and of others. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OverHttp, startOverHttp } from "../../../client/over-http.testsuite.ts";
import { type Client, createClient } from "../../../client/create-client.ts";
import type { RecordBatch } from "../../../contract/record.ts";
import { apiMethods } from "../../../contract/wire/v1-calls.ts";
import { type CallOfRun, callsOfRun, runRightOf } from "../../../contract/wire/v1-policies.ts";
import { systemClock } from "../../../kit/clock.ts";
import { uuidFromHash, uuidv7 } from "../../../kit/ids.ts";
import { createVirtualClock, type VirtualClock } from "../../../kit/virtual-clock.ts";
import { createRunKeys } from "../../../service/access/run-key-text.ts";
import { aLogLine, anArtifact, anEvent, aState, aTaskRun } from "../../../store/suite/samples.testsuite.ts";
import { makeAccounts, type WithAccounts } from "../with-accounts.testsuite.ts";
import { aCalledRun, makeRun, type RunWithKey } from "./with-runs.testsuite.ts";

let clock: VirtualClock;
let accounts: WithAccounts;
let over: OverHttp;
let mine: RunWithKey;
let other: RunWithKey;
let client: Client;

beforeEach(async () => {
  clock = createVirtualClock({ start: systemClock.now() });
  accounts = await makeAccounts({ clock });
  over = await startOverHttp(accounts.api, { server: { access: accounts.access, clock } });
  mine = await makeRun(accounts.api, accounts.keys.worker, clock);
  other = await makeRun(accounts.api, accounts.keys.worker, clock);
  client = as(mine.key);
});
afterEach(async () => {
  await over.server.close();
  await accounts.remove();
  clock[Symbol.dispose]();
});

const as = (token: string): Client => createClient({ url: over.url, token });

/** The code that it is refused with, else "let in", whatever becomes of the call then. */
async function becomesOf(asked: Promise<unknown>): Promise<string> {
  const code = await asked.then(
    () => null,
    (error: Error & { readonly code?: string }) => error.code ?? error.message,
  );
  return code === "RUN_KEY_REFUSED" || code === "UNAUTHENTICATED" || code === "FORBIDDEN" ? code : "let in";
}

interface About {
  readonly flowRunId: string;
  readonly taskRunId: string;
  readonly processId: string;
}

const cancelling = { type: "CANCELLING", name: "Cancelling" } as const;

/** Each call, about a run with its task and the process that has it. */
const calls: { readonly [Call in CallOfRun]?: (by: Client, about: About) => Promise<unknown> } = {
  record: (by, { flowRunId: id, processId }) => by.record({ processId, proposals: [{ id, state: cancelling }] }),
  proposeFlowRunState: (by, { flowRunId: id }) => by.proposeFlowRunState({ id, state: cancelling }),
  claimFlowRun: (by, { flowRunId: id, processId }) => by.claimFlowRun({ id, processId, mode: "resume" }),
  updateFlowRun: (by, { flowRunId }) => by.updateFlowRun(flowRunId, { extra: { labels: { a: "b" } } }),
  renameTaskRun: (by, { taskRunId }) => by.renameTaskRun(taskRunId, "renamed"),
  submitRun: (by, { taskRunId }) => by.submitRun({ deployment: "a/b", parentTaskRunId: taskRunId }),
  sendRunInput: (by, { flowRunId }) =>
    by.sendRunInput({ flowRunId, key: "approval", id: uuidv7(), value: "1", sender: null }),
  listRunInputs: (by, { flowRunId }) => by.listRunInputs(flowRunId),
  deleteRunInputs: (by, { flowRunId }) => by.deleteRunInputs(flowRunId, "approval"),
  takeSlots: (by, { flowRunId }) =>
    by.takeSlots({ limits: ["gpu"], slots: 1, leaseMs: 60_000, holder: `flow-run:${flowRunId}` }),
  keepOnce: (by, { taskRunId }) =>
    by.keepOnce({ key: `transaction|${taskRunId}`, result: { storage: "inline", data: "{}" }, taskRunId }),
  dropKept: (by, { taskRunId }) => by.dropKept(`transaction|${taskRunId}`, taskRunId),
  acquireSlot: (by, { taskRunId: holder, processId }) =>
    by.acquireSlot({ limitName: "gpu", limit: 1, holder, processId }),
  releaseSlot: (by, { taskRunId }) => by.releaseSlot("gpu", taskRunId),
};

/** Those that are about a process. */
const ofProcess: typeof calls = {
  registerProcess: (by, { processId: id }) =>
    by.registerProcess({ id, host: "h", bootId: null, pid: 1, startToken: null, startedAt: 0 }),
  renewProcess: (by, { processId }) => by.renewProcess(processId),
  readAttention: (by, { processId }) => by.readAttention(processId),
  endProcess: (by, { processId }) => by.endProcess(processId),
};

const withLeases: readonly CallOfRun[] = ["giveBackSlots", "renewSlots", "expireProcesses"];

async function become(table: typeof calls, by: Client, about: About): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const [name, call] of Object.entries(table)) found[name] = await becomesOf(call(by, about));
  return found;
}

const allAs = (table: typeof calls, what: string) =>
  Object.fromEntries(Object.keys(table).map((name) => [name, what] as const));

const aboutOf = ({ run, taskRunId, processId }: RunWithKey): About => ({ flowRunId: run.id, taskRunId, processId });

async function callRun(): Promise<{ readonly flowRunId: string; readonly taskRunId: string }> {
  const called = aCalledRun(mine);
  const task = aTaskRun(called.id, [aState("RUNNING", clock.now())]);
  const { processId } = mine;
  await client.record({ processId, created: [called], taskRuns: [task] });
  return { flowRunId: called.id, taskRunId: task.id };
}

test("each call that is for a run is in a table of this test", () => {
  const named = [...Object.keys(calls), ...Object.keys(ofProcess), ...withLeases];
  expect(named.toSorted()).toEqual([...callsOfRun].toSorted());
});

describe("a call with the key of a run", () => {
  test("is let in where it is about the run itself, or its process", async () => {
    expect(await become(calls, client, aboutOf(mine))).toEqual(allAs(calls, "let in"));
    expect(await become(ofProcess, client, aboutOf(mine))).toEqual(allAs(ofProcess, "let in"));
  });

  test("is let in where it is about a run that it calls, also one that is called by that", async () => {
    const called = { ...(await callRun()), processId: mine.processId };
    expect(await become(calls, client, called)).toEqual(allAs(calls, "let in"));
    const deeper = aCalledRun(
      { ...mine, taskRunId: called.taskRunId },
      { parentRunId: called.flowRunId, rootRunId: mine.run.id },
    );
    await client.record({ processId: mine.processId, created: [deeper] });
    expect(await becomesOf(client.updateFlowRun(deeper.id, { name: "deeper" }))).toBe("let in");
    // Another server knows nothing of what was asked before.
    const elsewhere = await startOverHttp(accounts.api, { server: { access: accounts.access, clock } });
    const there = createClient({ url: elsewhere.url, token: mine.key });
    expect(await becomesOf(there.updateFlowRun(deeper.id, { name: "deepest" }))).toBe("let in");
    await elsewhere.server.close();
  });

  test("is refused in the same words where it is about another run and about none", async () => {
    const before = await accounts.api.readFlowRun(other.run.id);
    const refused = allAs({ ...calls, ...ofProcess }, "RUN_KEY_REFUSED");
    const both = { ...calls, ...ofProcess };
    // The process is its own, what it names is not.
    expect(await become(calls, client, { ...aboutOf(other), processId: mine.processId })).toEqual(
      allAs(calls, "RUN_KEY_REFUSED"),
    );
    expect(await become(both, client, aboutOf(other))).toEqual(refused);
    const nowhere = { flowRunId: uuidv7(), taskRunId: uuidv7(), processId: uuidv7() };
    const { submitRun: _, releaseSlot: __, keepOnce: ___, dropKept: ____, ...known } = both;
    expect(await become(known, client, nowhere)).toEqual(allAs(known, "RUN_KEY_REFUSED"));
    const told = await Promise.all(
      [other.run.id, nowhere.flowRunId].map((id) =>
        client.updateFlowRun(id, { name: "x" }).catch((error: Error) => error.message),
      ),
    );
    expect(told[0]).toBe(told[1]);
    expect(await accounts.api.readFlowRun(other.run.id)).toEqual(before);
  });

  test("is refused where it is none for runs, whatever the account may", async () => {
    const closed = apiMethods.filter((method) => runRightOf(method) === "none");
    for (const workersKey of [accounts.keys.worker, accounts.keys.admin]) {
      const { key } = await makeRun(accounts.api, workersKey, clock);
      const by = as(key);
      const wrong: string[] = [];
      for (const method of closed) {
        const call = by[method] as (...args: readonly unknown[]) => Promise<unknown>;
        const became = await becomesOf(call(uuidv7(), uuidv7(), uuidv7()));
        if (became !== "RUN_KEY_REFUSED") wrong.push(`${method}: ${became}`);
      }
      expect(wrong).toEqual([]);
    }
    expect(closed).toEqual(expect.arrayContaining(["findDueRuns", "heartbeatWorker", "deleteFlowRun", "createObject"]));
  });

  test("reads what a viewer reads, and secrets", async () => {
    expect((await client.readFlowRun(other.run.id))?.id).toBe(other.run.id);
    expect((await client.listFlowRuns({})).items).toHaveLength(2);
    expect(await client.readSecret("none")).toBeNull();
    expect(await client.listObjects("deployment")).toEqual({ items: [], next: null });
    expect((await client.readServerInfo()).runKeys).toBe(true);
  });

  test("sends signals to any run, and answers to its own only", async () => {
    const send = (flowRunId: string, key: string) =>
      becomesOf(client.sendRunInput({ flowRunId, key, id: uuidv7(), value: "1", sender: null }));
    expect(await send(other.run.id, "signal:go")).toBe("let in");
    expect(await send(other.run.id, "approve")).toBe("RUN_KEY_REFUSED");
  });

  test("takes no run of a worker for its process, and leaves where it runs to workers", async () => {
    const { run, processId } = mine;
    const start = {
      process: { id: processId, host: "h", bootId: null, pid: 1, startToken: null, startedAt: 0 },
      version: null,
    };
    const pending = { type: "PENDING", name: "Pending" } as const;
    expect(await becomesOf(client.proposeFlowRunState({ id: run.id, state: pending, guest: true, start }))).toBe(
      "RUN_KEY_REFUSED",
    );
    for (const change of [{ workPoolId: uuidv7() }, { parameters: "{}" }, { extra: { jobVariables: {} } }])
      expect(await becomesOf(client.updateFlowRun(run.id, change))).toBe("RUN_KEY_REFUSED");
  });
});

describe("a batch", () => {
  const run = () => mine.run.id;
  const ofOther = () => other.run.id;

  test("of what is the run's own is recorded, again and again", async () => {
    const { processId } = mine;
    const task = aTaskRun(run(), [aState("RUNNING", clock.now())]);
    const artifact = anArtifact(run());
    const batch: RecordBatch = {
      processId,
      taskRuns: [task],
      logs: [aLogLine(run(), "hello", { taskRunId: task.id, epoch: 1 }), aLogLine(null, "outside")],
      artifacts: [artifact],
      events: [anEvent({ flowRunId: run(), taskRunId: task.id, resource: { id: `millrace.task-run.${task.id}` } })],
    };
    await client.record(batch);
    await client.record({ ...batch, artifacts: [{ ...artifact, data: '"more"' }] });
    expect((await accounts.api.listArtifacts({ flowRunIds: [run()] })).items[0]?.data).toBe('"more"');
    expect((await accounts.api.listLogs({ flowRunIds: [run()] })).items).toHaveLength(2);
  });

  test("with anything of another run is refused as a whole", async () => {
    const { processId } = mine;
    const artifact = anArtifact(ofOther());
    await accounts.api.record({ processId: other.processId, artifacts: [artifact] });
    const before = await accounts.api.readRecords(ofOther());
    const called = aCalledRun(mine);
    const batches: Readonly<Record<string, Omit<RecordBatch, "processId">>> = {
      "a run that nobody calls": { created: [{ ...called, parentRunId: null, parentTaskRunId: null }] },
      "a run that another run calls": { created: [aCalledRun(other, { ownerId: processId })] },
      "a run of another's root": { created: [{ ...called, rootRunId: ofOther() }] },
      "a run for another process": { created: [{ ...called, ownerId: other.processId }] },
      "a run for workers": { created: [{ ...called, workPoolId: uuidv7() }] },
      "a run by a chosen id": { created: [{ ...called, id: uuidv7() }] },
      "a task run": { taskRuns: [aTaskRun(ofOther())] },
      "a task run by its id": { taskRuns: [aTaskRun(run(), undefined, { id: other.taskRunId })] },
      "a task run by its id, as nobody's": { taskRuns: [aTaskRun(null, undefined, { id: other.taskRunId })] },
      "a log line": { logs: [aLogLine(ofOther(), "x")] },
      "a log line of a task": { logs: [aLogLine(run(), "x", { taskRunId: other.taskRunId })] },
      "an artifact": { artifacts: [anArtifact(ofOther())] },
      "an artifact by its id": { artifacts: [{ ...artifact, flowRunId: run() }] },
      "an event": { events: [anEvent({ flowRunId: ofOther() })] },
      "an event about it": { events: [anEvent({ resource: { id: `millrace.flow-run.${ofOther()}` } })] },
      "an event about its task": { events: [anEvent({ resource: { id: `millrace.task-run.${other.taskRunId}` } })] },
      "an event of ours": { events: [anEvent({ name: "millrace.flow-run.Failed", flowRunId: run() })] },
      "a proposal": { proposals: [{ id: ofOther(), state: cancelling, force: "x" }] },
    };
    const own = { logs: [aLogLine(run(), "its own")] };
    const wrong: string[] = [];
    for (const [name, batch] of Object.entries(batches)) {
      const became = await becomesOf(client.record({ processId, ...own, ...batch }));
      if (became !== "RUN_KEY_REFUSED") wrong.push(`${name}: ${became}`);
    }
    expect(wrong).toEqual([]);
    expect(await accounts.api.readRecords(ofOther())).toEqual(before);
    expect((await accounts.api.listLogs({ flowRunIds: [run(), ofOther()] })).items).toEqual([]);
    expect((await accounts.api.listArtifacts({})).items.map(({ flowRunId }) => flowRunId)).toEqual([ofOther()]);
  });

  test("with a run that is another's by its id is refused", async () => {
    const id = uuidFromHash(`${mine.taskRunId}/flow`);
    await accounts.api.record({ processId: other.processId, created: [aCalledRun(other, { id })] });
    expect(await becomesOf(client.record({ processId: mine.processId, created: [aCalledRun(mine)] }))).toBe(
      "RUN_KEY_REFUSED",
    );
  });
});

describe("slots", () => {
  beforeEach(() =>
    accounts.api.createObject("concurrency-limit", {
      name: "gpu",
      slots: 5,
      active: true,
      taken: 0,
      takenAt: 0,
      decayPerSecond: 0,
      denied: 0,
      tags: [],
    } as never),
  );

  test("are given back and renewed by who has taken them", async () => {
    const take = async (by: Client, holder?: string): Promise<string> => {
      const answer = await by.takeSlots({
        limits: ["gpu"],
        slots: 1,
        leaseMs: 60_000,
        ...(holder === undefined ? {} : { holder }),
      });
      return (answer.granted ? answer.leaseId : null) ?? "none";
    };
    const own = await take(client);
    const others = await take(as(other.key), `task-run:${other.taskRunId}`);
    expect(await client.renewSlots(own, 60_000)).toBe(true);
    expect(await becomesOf(client.renewSlots(others, 60_000))).toBe("RUN_KEY_REFUSED");
    expect(await becomesOf(client.giveBackSlots({ leaseId: others }))).toBe("RUN_KEY_REFUSED");
    expect(await becomesOf(client.giveBackSlots({ limits: ["gpu"], slots: 1 }))).toBe("RUN_KEY_REFUSED");
    expect(await client.giveBackSlots({ leaseId: own })).toBe(true);
    expect(await becomesOf(client.takeSlots({ limits: ["gpu"], slots: 1 }))).toBe("RUN_KEY_REFUSED");
    expect(await becomesOf(client.expireProcesses())).toBe("let in");
  });
});

describe("the key of a run", () => {
  const end = (at = clock.now()) =>
    client.record({
      processId: mine.processId,
      proposals: [{ id: mine.run.id, epoch: 1, state: { type: "COMPLETED", name: "Completed", at } }],
    });
  const isLetIn = () => becomesOf(client.readFlowRun(mine.run.id));

  test("is good for the last words of its process, and then no more", async () => {
    await clock.advance(3_600_000);
    await end();
    expect(await becomesOf(client.endProcess(mine.processId))).toBe("let in");
    await clock.advance(50_000);
    expect(await isLetIn()).toBe("let in");
    await clock.advance(15_000);
    expect(await isLetIn()).toBe("UNAUTHENTICATED");
    expect(await become(calls, client, aboutOf(mine))).toEqual(allAs(calls, "UNAUTHENTICATED"));
  });

  test("does not last longer because its process says that the run ended in years to come", async () => {
    await end(clock.now() + 1e11);
    await clock.advance(125_000);
    expect(await isLetIn()).toBe("UNAUTHENTICATED");
  });

  test("is worth nothing when another process has the run, after that process has had time to hear it", async () => {
    await accounts.api.endProcess(mine.processId);
    const processId = uuidv7();
    await accounts.api.registerProcess({
      id: processId,
      host: "h",
      bootId: null,
      pid: 2,
      startToken: null,
      startedAt: 0,
    });
    await accounts.api.claimFlowRun({ id: mine.run.id, processId, mode: "resume" });
    await clock.advance(65_000);
    expect(await isLetIn()).toBe("UNAUTHENTICATED");
  });

  test("ends within 5 s with the worker's key, and with its account", async () => {
    expect(await isLetIn()).toBe("let in");
    await accounts.api.updateAccount(accounts.accounts.worker.id, { isDisabled: true });
    await clock.advance(5000);
    expect(await isLetIn()).toBe("UNAUTHENTICATED");
    await accounts.api.updateAccount(accounts.accounts.worker.id, { isDisabled: false });
    await clock.advance(5000);
    expect(await isLetIn()).toBe("let in");
    const [key] = (await accounts.api.listApiKeys({ accountId: accounts.accounts.worker.id })).items;
    await accounts.api.deleteApiKey(key?.id ?? "");
    await clock.advance(5000);
    expect(await isLetIn()).toBe("UNAUTHENTICATED");
  });

  test("is none where a part of it is another's", async () => {
    const [body = "", epoch = "", mac = ""] = mine.key.split(".");
    const [bodyOfOther = ""] = other.key.split(".");
    const keys = createRunKeys(`${accounts.keys.worker.slice(0, -3)}AAA`);
    const scope = { kind: "run", flowRunId: mine.run.id, processId: mine.processId, epoch: 1 } as const;
    const forged = [
      `${bodyOfOther}.${epoch}.${mac}`,
      `${body}.2.${mac}`,
      `${body}.${epoch}.${mac.slice(0, -1)}`,
      `${body}.${epoch}.${mac.slice(0, -2)}${mac.at(-2) === "A" ? "B" : "A"}${mac.slice(-1)}`,
      `${body.slice(0, -44)}.${epoch}.${mac}`,
      keys?.ofRun(scope) ?? "",
    ];
    for (const key of forged) expect(await becomesOf(as(key).readFlowRun(mine.run.id))).toBe("UNAUTHENTICATED");
  });

  test("lets nobody in whose account may not", async () => {
    const { key } = await makeRun(accounts.api, accounts.keys.viewer, clock);
    expect(await becomesOf(as(key).renewProcess(uuidv7()))).toBe("RUN_KEY_REFUSED");
    const none = await makeRun(accounts.api, accounts.keys.none, clock);
    expect(await becomesOf(as(none.key).readFlowRun(mine.run.id))).toBe("RUN_KEY_REFUSED");
  });

  test("is in the audit log with its worker and its run where it was refused", async () => {
    await becomesOf(client.updateFlowRun(other.run.id, { name: "x" }));
    const { items } = await accounts.api.listAuditEntries({ outcomes: ["denied"] });
    expect(items).toMatchObject([
      { accountName: `worker, flow run ${mine.run.id}`, means: "key", action: "updateFlowRun", status: 403 },
    ]);
  });
});

test("the key of a process that loads its code reads, until it expires, and does nothing else", async () => {
  const loading = as(createRunKeys(accounts.keys.worker)?.forLoading(clock.now() + 60_000) ?? "");
  expect(await loading.readVariable("none")).toBeNull();
  expect(await loading.readSecret("none")).toBeNull();
  const all = { ...calls, ...ofProcess };
  expect(await become(all, loading, aboutOf(mine))).toEqual(allAs(all, "RUN_KEY_REFUSED"));
  await clock.advance(62_000);
  expect(await becomesOf(loading.readVariable("none"))).toBe("UNAUTHENTICATED");
});

test("a key that is no account's makes no keys of runs", () => {
  for (const key of ["", "secret-of-a-proxy", mine.key]) expect(createRunKeys(key)).toBeNull();
});
