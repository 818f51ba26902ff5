import { expect, test } from "vitest";
import type { Api } from "../../contract/api.ts";
import { createVirtualClock } from "../../kit/virtual-clock.ts";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { createService } from "../../service/create-service.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";
import { type Claim, type ClaimApi, createClaimant } from "./claim-for-process.ts";
import type { Holder } from "../infrastructure.ts";

test("the process becomes the holder of the run", async () => {
  await using ledger = await openLedger();
  const { api } = ledger;
  const holder = aHolder();
  const claim = await claimFor(holder, { api, runId: await ledger.pending() });
  expect(claim?.run).toMatchObject({ ownerId: holder.id, state: { type: "RUNNING" } });
});

test("what another has is refused, and tried once", async () => {
  await using ledger = await openLedger();
  const { api } = ledger;
  const runId = await ledger.pending();
  await claimFor(aHolder(), { api, runId });
  const claim = await claimFor(aHolder(), { api, runId });
  expect(claim).toMatchObject({ run: null, isRefused: true, error: { code: "RUN_OWNED" } });
});

test("a claim whose answer was lost is its own", async () => {
  await using ledger = await openLedger();
  const { api } = ledger;
  let lost = 0;
  const lossy: ClaimApi = {
    ...api,
    async claimFlowRun(request) {
      const run = await api.claimFlowRun(request);
      if (lost++ === 0) throw new Error("the connection broke");
      return run;
    },
  };
  const holder = aHolder();
  const claim = await claimFor(holder, { api: lossy, runId: await ledger.pending() });
  expect(claim?.run).toMatchObject({ ownerId: holder.id });
  expect(lost).toBe(1);
});

test("an orchestrator that does not answer is given up, and nobody is said to have the run", async () => {
  await using ledger = await openLedger();
  const { api } = ledger;
  let tries = 0;
  const silent: ClaimApi = {
    ...api,
    registerProcess: () => {
      tries += 1;
      return Promise.reject(new Error("nothing listens there"));
    },
  };
  const claim = await claimFor(aHolder(), { api: silent, runId: await ledger.pending() });
  expect(claim).toMatchObject({ run: null, isRefused: false, error: { message: "nothing listens there" } });
  expect(tries).toBe(5);
});

test("there is no claim for a process that is gone before", async () => {
  await using ledger = await openLedger();
  const { api } = ledger;
  const runId = await ledger.pending();
  expect(await claimFor(null, { api, runId })).toBe(null);
  expect((await api.readFlowRun(runId))?.state.type).toBe("PENDING");
});

/** In virtual time, so that no try is waited for. */
async function claimFor(
  holder: Holder | null,
  { api, runId }: { readonly api: ClaimApi; readonly runId: string },
): Promise<Claim | null> {
  const clock = createVirtualClock();
  const claiming = createClaimant({ loaded: Promise.resolve(holder) }, { api, clock }).claim(runId);
  let isDone = false;
  const done = claiming.finally(() => (isDone = true));
  while (!isDone) {
    await new Promise(setImmediate);
    await clock.advance(1000);
  }
  return done;
}

function aHolder(): Holder {
  const { pid } = process;
  return { id: uuidv7(), host: "here", bootId: null, pid, startToken: null, startedAt: 0 };
}

async function openLedger(): Promise<{ api: Api; pending(): Promise<string> } & AsyncDisposable> {
  const ledger = await makeLedger();
  const api = createService({ store: await ledger.open(), clock: systemClock });
  return {
    api,
    /** A run that a worker has claimed. */
    async pending() {
      const { deployment } = await api.saveDeployment({ flowName: "etl", name: uuidv7(), entrypoint: "etl.ts:etl" });
      const { run } = await api.submitRun({ deployment: deployment.id });
      await api.proposeFlowRunState({ id: run.id, state: { type: "PENDING", name: "Pending" }, guest: true });
      return run.id;
    },
    async [Symbol.asyncDispose]() {
      await api.close();
      await ledger.remove();
    },
  };
}
