import { expect, test } from "vitest";
import { type Clock, systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import { isForNode } from "./entrypoint.ts";
import { createLostClaims } from "./lost-claims.ts";

const minuteMs = 60_000;
const startWithinMs = 5 * minuteMs;
const where = { field: "flowName", in: ["etl"] };
const isUnderWay = (): boolean => false;

test("what was claimed and not started in time ends, but for runs of others, and its own", async () => {
  await using ledger = await openLedger();
  const { api, clock } = ledger;
  const lost = await ledger.claim("etl.ts:lost");
  const foreign = await ledger.claim("etl.py:foreign");
  const own = await ledger.claim("etl.ts:own");
  const claims = createLostClaims({
    api,
    clock,
    infrastructure: { canRun: ({ entrypoint }) => isForNode(entrypoint) },
    where,
    isUnderWay: (id) => id === own,
    startWithinMs,
  });
  expect(await claims.end()).toBe(0);
  ledger.advance(4 * minuteMs);
  expect(await claims.end()).toBe(0);
  ledger.advance(2 * minuteMs);
  const recent = await ledger.claim("etl.ts:recent");
  expect(await claims.end()).toBe(1);
  expect(await claims.end()).toBe(0);
  const types = await Promise.all(
    [lost, foreign, own, recent].map(async (id) => (await api.readFlowRun(id))?.state.type),
  );
  expect(types).toEqual(["CRASHED", "PENDING", "PENDING", "PENDING"]);
});

test("one that this machine's clock takes for old is given its time", async () => {
  await using ledger = await openLedger();
  const { api, clock } = ledger;
  const claimed = await ledger.claim("etl.ts:claimed");
  const fast: Clock = { ...clock, now: () => clock.now() + 60 * minuteMs };
  const claims = createLostClaims({
    api,
    clock: fast,
    infrastructure: { canRun: () => true },
    where,
    isUnderWay,
    startWithinMs,
  });
  expect(await claims.end()).toBe(0);
  ledger.advance(4 * minuteMs);
  expect(await claims.end()).toBe(0);
  expect((await api.readFlowRun(claimed))?.state.type).toBe("PENDING");
});

test("one that was cancelled meanwhile is told as cancelled", async () => {
  await using ledger = await openLedger();
  const { api, clock } = ledger;
  const lost = await ledger.claim("etl.ts:lost");
  await api.proposeFlowRunState({ id: lost, state: { type: "CANCELLING", name: "Cancelling" }, guest: true });
  const claims = createLostClaims({
    api,
    clock,
    infrastructure: { canRun: () => true },
    where,
    isUnderWay,
    startWithinMs,
  });
  expect(await claims.end()).toBe(0);
  ledger.advance(6 * minuteMs);
  expect(await claims.end()).toBe(1);
  expect((await api.readFlowRun(lost))?.state.type).toBe("CANCELLED");
});

test("one that is started in the moment in which it counts as lost goes on", async () => {
  await using ledger = await openLedger();
  const { api, clock } = ledger;
  const slow = await ledger.claim("etl.ts:slow");
  const late: typeof api = {
    ...api,
    async readObject(...asked) {
      const processId = uuidv7();
      await api.registerProcess({ id: processId, host: "h", bootId: null, pid: 1, startToken: null, startedAt: 1 });
      await api.claimFlowRun({ id: slow, processId, mode: "start" });
      return api.readObject(...asked);
    },
  };
  const claims = createLostClaims({
    api: late,
    clock,
    infrastructure: { canRun: () => true },
    where,
    isUnderWay,
    startWithinMs,
  });
  expect(await claims.end()).toBe(0);
  ledger.advance(6 * minuteMs);
  expect(await claims.end()).toBe(0);
  expect((await api.readFlowRun(slow))?.state.type).toBe("RUNNING");
});

async function openLedger() {
  const ledger = await makeLedger();
  let passedMs = 0;
  const clock: Clock = { ...systemClock, now: () => Date.UTC(2026, 10, 25) + passedMs, monotonic: () => passedMs };
  const api = createService({ store: await ledger.open(), clock });
  return {
    api,
    clock,
    advance: (ms: number) => (passedMs += ms),
    /** A run of a deployment of this code, claimed now. */
    async claim(entrypoint: string): Promise<string> {
      const { deployment } = await api.saveDeployment({ flowName: "etl", name: entrypoint, entrypoint });
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
