/** What a process has written of its own runs it does not read again, and heeds what others have written all the same. */

import { expect, test } from "vitest";
import { systemClock } from "../kit/clock.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import { createService } from "./create-service.ts";
import { createKnownRuns } from "./known-runs.ts";
import { aFlowRun } from "../store/suite/samples.testsuite.ts";
import { begin, register } from "./suite/api-under-test.testsuite.ts";

async function open() {
  const ledger = await makeLedger();
  const store = await ledger.open();
  let reads = 0;
  const counted = {
    ...store,
    readFlowRuns: (ids: readonly string[]) => {
      reads++;
      return store.readFlowRuns(ids);
    },
  };
  const service = createService({ store: counted, clock: systemClock });
  const other = createService({ store, clock: systemClock });
  const processId = await register(service);
  const run = await begin(service, processId);
  const propose = async (type: "COMPLETED" | "CANCELLED" | "FAILED") => {
    const proposal = { id: run.id, epoch: run.epoch, state: { type, name: type } } as const;
    return (await service.record({ processId, proposals: [proposal] })).proposals[0];
  };
  return {
    run,
    other,
    propose,
    reads: () => reads,
    async [Symbol.asyncDispose]() {
      await store.close();
      await ledger.remove();
    },
  };
}

test("the end of a run that this process began is written without reading the run", async () => {
  await using opened = await open();
  const before = opened.reads();
  const outcome = await opened.propose("COMPLETED");
  expect(outcome).toMatchObject({ decision: { answer: "ACCEPT" }, run: { state: { type: "COMPLETED" } } });
  expect(opened.reads()).toBe(before);
  expect((await opened.propose("FAILED"))?.decision.answer).toBe("ABORT");
});

test("what another process has written meanwhile is heeded", async () => {
  await using opened = await open();
  const { run, other, propose } = opened;
  await other.proposeFlowRunState({ id: run.id, state: { type: "CANCELLING", name: "Cancelling" } });
  expect(await propose("COMPLETED")).toMatchObject({
    decision: { answer: "REJECT", state: { type: "CANCELLING" } },
    run: { state: { type: "CANCELLING" } },
  });
  expect((await propose("CANCELLED"))?.run?.state.type).toBe("CANCELLED");
});

test("runs without an owner, and those that have ended, are not kept, and of many the oldest are forgotten", () => {
  const known = createKnownRuns();
  const runs = Array.from({ length: 1001 }, () => ({ ...aFlowRun({ ownerId: "me" }), ownerId: "me" }));
  const asRun = (run: (typeof runs)[number], type: "RUNNING" | "COMPLETED" = "RUNNING") =>
    ({ ...run, state: { type, name: type, at: 1 }, epoch: 1, startedAt: null, runCount: 1 }) as unknown as Parameters<
      typeof known.note
    >[0];
  for (const run of runs) known.note(asRun(run));
  expect(known.get(runs[0]?.id ?? "")).toBeUndefined();
  const [last] = runs.slice(-1).map((run) => asRun(run, "COMPLETED"));
  expect(known.get(last?.id ?? "")).toMatchObject({ id: last?.id, epoch: 1 });
  for (const each of last === undefined ? [] : [last]) known.note(each);
  expect(known.get(last?.id ?? "")).toBeUndefined();
});
