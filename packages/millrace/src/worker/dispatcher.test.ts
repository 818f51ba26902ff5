/** The dispatcher over a real ledger; what executes the runs is the seam, and writes down what it is told. */

import { expect, onTestFinished, test } from "vitest";
import type { FlowRun } from "../contract/flow-run.ts";
import type { FlowRunProposal } from "../contract/record.ts";
import type { Deployment, JsonObject } from "../contract/objects.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createVirtualClock } from "../kit/virtual-clock.ts";
import { createService } from "../service/create-service.ts";
import { makeSqliteLedger } from "../store/sqlite/sqlite-ledger.testsuite.ts";
import { type DispatcherApi, startDispatcher } from "./dispatcher.ts";
import type { Holder, Infrastructure, JobEnd } from "./infrastructure.ts";

interface Taken {
  readonly holder: Holder | null;
  readonly deployment: Deployment;
  started: FlowRun | null;
  left: "given back" | "given up" | null;
  interrupts: number;
}

test("a run whose process is ready is begun by the write that takes it", async () => {
  const { submit, taken, untilStarted } = await open();
  const run = await submit();
  const [place] = await untilStarted();
  expect(place?.started).toMatchObject({ id: run.id, ownerId: place?.holder?.id, state: { type: "RUNNING" } });
  expect(taken).toHaveLength(1);
});

test("one whose process is not there yet, or whose code is still to be written down, is taken only", async () => {
  for (const options of [{ isReady: false }, { pinnedSteps: [{ clone: { commit: "abc" } }] }]) {
    const { submit, untilStarted } = await open(options);
    await submit();
    const [place] = await untilStarted();
    expect(place?.started).toMatchObject({ ownerId: null, state: { type: "PENDING" } });
  }
});

test("a deployment that was changed a moment ago is started as it is now, by a process with its code", async () => {
  const { api, deployment, submit, taken, untilStarted } = await open();
  await submit();
  await untilStarted();
  await api.updateDeployment(deployment.id, { parameters: { x: 2 }, entrypoint: "etl.ts:second" });
  const run = await submit();
  await untilStarted(2);
  expect(taken.map(({ left, deployment: { entrypoint } }) => [entrypoint, left])).toEqual([
    ["etl.ts:first", null],
    ["etl.ts:first", "given back"],
    ["etl.ts:second", null],
  ]);
  expect(taken.at(-1)?.started).toMatchObject({ id: run.id, state: { type: "PENDING" }, extra: { startedVersion: 2 } });
});

test("a run that was begun although the answer was lost is this process's own", async () => {
  const { submit, taken, untilStarted, loseAnswers } = await open();
  loseAnswers(2);
  await submit();
  const [place] = await untilStarted();
  expect(place?.started).toMatchObject({ ownerId: place?.holder?.id, state: { type: "RUNNING" } });
  expect(taken).toHaveLength(1);
});

test("a process that may have been given a run, which nobody could tell, takes no other", async () => {
  const { submit, taken, until, loseAnswers } = await open();
  loseAnswers(5);
  await submit();
  await until(() => taken[0]?.left !== null && taken.length > 0);
  expect(taken[0]).toMatchObject({ left: "given up", started: null });
});

test("a run that waits for a slot is not asked for again before its time, however far this machine's clock is ahead", async () => {
  const { submit, pass, proposals, endJobs, untilStarted } = await open({
    limit: 1,
    aheadMs: 120_000,
    isLasting: true,
  });
  await submit();
  await untilStarted();
  const { id } = await submit();
  await pass(10_000);
  expect(proposals.filter((proposal) => proposal.id === id)).toHaveLength(1);
  endJobs();
  await untilStarted(2);
});

test("the slot of a run that lasts longer than its start may take is kept", async () => {
  const { api, submit, pass, untilStarted } = await open({ limit: 1, isLasting: true });
  await submit();
  await untilStarted();
  await pass(10_000);
  expect(await api.expireSlots()).toBe(0);
  expect((await api.listObjects("slot-lease")).items).toHaveLength(1);
});

test("a process that does not hear that its run was taken from it is stopped; one that has its run is not", async () => {
  const { api, submit, pass, taken, untilStarted } = await open({ isLasting: true });
  const lost = await submit();
  await submit();
  await untilStarted(2);
  const [place, other] = taken;
  for (const each of [place, other]) if (each?.holder) await api.registerProcess(each.holder);
  await pass(10_000);
  expect([place?.interrupts, other?.interrupts]).toEqual([0, 0]);
  // Taken for dead.
  await api.endProcess((place?.started?.id === lost.id ? place : other)?.holder?.id ?? "");
  expect(await api.readFlowRun(lost.id)).toMatchObject({ state: { type: "CRASHED" } });
  await pass(4000);
  expect([place?.interrupts, other?.interrupts]).toEqual([0, 0]);
  await pass(6000);
  expect(new Set([place?.interrupts, other?.interrupts])).toEqual(new Set([0, 1]));
});

test("answers that wait are asked for as often as they wait, and what they tell of is begun at once", async () => {
  const { submit, pass, questions, untilStarted } = await open({ waitMs: 15_000 });
  for (let wait = 0; wait < 4; wait++) await pass(15_000);
  const waiting = questions.filter(({ waitMs }) => waitMs !== undefined);
  expect(waiting.length).toBeGreaterThanOrEqual(4);
  expect(waiting.length).toBeLessThanOrEqual(5);
  expect(questions.length).toBeLessThanOrEqual(2 * waiting.length + 2);
  const run = await submit();
  const [place] = await untilStarted();
  expect(place?.started?.id).toBe(run.id);
});

test("who answers at once although there is nothing is asked every so often", async () => {
  const { pass, questions } = await open({ waitMs: 15_000, isHasty: true });
  await pass(10_000);
  expect(questions.length).toBeGreaterThan(15);
  expect(questions.length).toBeLessThanOrEqual(30);
});

test("a run whose process was killed is Crashed, and its flow's hooks are told", async () => {
  const { api, submit, tellings, until } = await open({ jobEnd: { how: "its process was ended by SIGKILL" } });
  const run = await submit();
  await until(() => tellings.length > 0);
  expect(tellings).toMatchObject([
    { id: run.id, state: { type: "CRASHED", message: "its process was ended by SIGKILL" } },
  ]);
  expect((await api.readFlowRun(run.id))?.state.type).toBe("CRASHED");
});

test("a run whose flow took longer than its timeout, and blocked its process, is TimedOut", async () => {
  const { submit, tellings, until } = await open({ jobEnd: { how: "it was killed", overdue: "Flow" } });
  await submit();
  await until(() => tellings.length > 0);
  expect(tellings).toMatchObject([{ state: { type: "FAILED", name: "TimedOut", message: "it was killed" } }]);
});

async function open({
  isReady = true,
  pinnedSteps = null,
  limit = null,
  aheadMs = 0,
  isLasting = false,
  waitMs = 0,
  isHasty = false,
  jobEnd = {},
}: {
  readonly isReady?: boolean;
  readonly pinnedSteps?: readonly JsonObject[] | null;
  /** Runs of the deployment at once. */
  readonly limit?: number | null;
  /** How far the clock of the dispatcher's machine is ahead. */
  readonly aheadMs?: number;
  /** Whether jobs go on until they are ended. */
  readonly isLasting?: boolean;
  /** How long answers may wait. */
  readonly waitMs?: number;
  /** Whether they come at once all the same. */
  readonly isHasty?: boolean;
  /** How they end. */
  readonly jobEnd?: Partial<JobEnd>;
} = {}) {
  const ledger = await makeSqliteLedger();
  const clock = createVirtualClock();
  const api = createService({ store: await ledger.open(), clock });
  const { deployment } = await api.saveDeployment({
    flowName: "etl",
    name: "etl",
    entrypoint: "etl.ts:first",
    concurrencyLimit: limit,
    startGraceMs: 5000,
  });
  const proposals: FlowRunProposal[] = [];
  const questions: { readonly waitMs?: number }[] = [];
  const jobs: PromiseWithResolvers<void>[] = [];
  const taken: Taken[] = [];
  const tellings: FlowRun[] = [];
  let lost = 0;
  const lossy: DispatcherApi = {
    ...api,
    async proposeFlowRunState(proposal) {
      proposals.push(proposal);
      const outcome = await api.proposeFlowRunState(proposal);
      if (lost-- > 0) throw new Error("the connection broke");
      return outcome;
    },
  };
  const infrastructure: Infrastructure = {
    type: "process",
    canRun: () => true,
    keep: () => undefined,
    prepare: () => undefined,
    async take({ deployment: asked }) {
      const holder = isReady ? aHolder() : null;
      const place: Taken = { holder, deployment: asked, started: null, left: null, interrupts: 0 };
      taken.push(place);
      return {
        pinnedSteps,
        holder,
        start(run) {
          place.started = run;
          const end: JobEnd = {
            how: "it ended",
            error: null,
            processId: holder?.id ?? null,
            isRefused: false,
            ...jobEnd,
          };
          const nothing = (): undefined => undefined;
          const job = Promise.withResolvers<void>();
          jobs.push(job);
          if (!isLasting) job.resolve();
          const ended = job.promise.then(() => end);
          const processId = (): string | null => holder?.id ?? null;
          const interrupt = (): void => {
            place.interrupts++;
            job.resolve();
          };
          const tell = async (told: FlowRun): Promise<void> => void tellings.push(told);
          return { infrastructureId: "here:1", processId, entrypoint: null, ended, cancel: nothing, interrupt, tell };
        },
        giveBack: () => void (place.left = "given back"),
        giveUp: () => void (place.left = "given up"),
      };
    },
    close: async () => undefined,
  };
  const dispatcher = startDispatcher({
    api: lossy,
    clock: { ...clock, now: () => clock.now() + aheadMs },
    infrastructure,
    limit: 10,
    everyMs: 500,
    headStartMs: 20,
    drainMs: 0,
    startWithinMs: 60_000,
    where: { field: "deploymentId", in: [deployment.id] },
    waitMs,
    async findDue({ waitMs: given, before, limit: most }) {
      questions.push(given === undefined ? {} : { waitMs: given });
      const until = clock.monotonic() + (isHasty ? 0 : (given ?? 0));
      const lookaheadMs = before - clock.now();
      for (;;) {
        const due = { deploymentIds: [deployment.id], before: clock.now() + lookaheadMs, limit: most };
        const found = await api.findDueRunsOfDeployments(due);
        if (found.length > 0 || clock.monotonic() >= until) return found;
        await clock.sleep(100);
      }
    },
    onReport: () => undefined,
  });
  /** In virtual time, so that nothing is waited for. */
  async function until(isSo: () => boolean): Promise<void> {
    for (let turns = 0; !isSo(); turns++) {
      if (turns > 2000) expect.unreachable("it does not come");
      await new Promise(setImmediate);
      await clock.advance(10);
    }
  }
  onTestFinished(async () => {
    for (const job of jobs) job.resolve();
    const stopping = dispatcher.stop();
    let isStopped = false;
    void stopping.then(() => (isStopped = true));
    await until(() => isStopped);
    await api.close();
    await ledger.remove();
  });
  async function pass(ms: number): Promise<void> {
    const isOver = clock.monotonic() + ms;
    await until(() => clock.monotonic() >= isOver);
  }
  return {
    api,
    proposals,
    questions,
    pass,
    endJobs: () => jobs.forEach((job) => job.resolve()),
    deployment,
    taken,
    tellings,
    until,
    loseAnswers: (count: number) => (lost = count),
    submit: async () => (await api.submitRun({ deployment: deployment.id })).run,
    untilStarted: async (count = 1) => {
      const started = (): readonly Taken[] => taken.filter((place) => place.started !== null);
      await until(() => started().length >= count);
      return started();
    },
  };
}

function aHolder(): Holder {
  return { id: uuidv7(), host: "here", bootId: null, pid: process.pid, startToken: null, startedAt: 0 };
}
