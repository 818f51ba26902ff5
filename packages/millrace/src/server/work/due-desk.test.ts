import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Api } from "../../contract/api.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { WorkPool } from "../../contract/objects.ts";
import type { DueRunsRequest } from "../../contract/work.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { createVirtualClock, type VirtualClock } from "../../kit/virtual-clock.ts";
import { createService } from "../../service/create-service.ts";
import { makeSqliteLedger } from "../../store/sqlite/sqlite-ledger.testsuite.ts";
import type { TestLedger } from "../../store/suite/ledger.testsuite.ts";
import { aFlowRun, aState } from "../../store/suite/samples.testsuite.ts";
import { createEventFeed } from "../events/event-feed.ts";
import { createDueDesk, type DueDesk } from "./due-desk.ts";

let ledger: TestLedger;
let clock: VirtualClock;
let api: Api;
let desk: DueDesk;
/** The pools that the ledger was asked for. */
let asked: string[] = [];
let pools: readonly WorkPool[] = [];
let gone: AbortController;

beforeEach(async () => {
  ledger = await makeSqliteLedger();
  clock = createVirtualClock();
  api = createService({ store: await ledger.open(), clock });
  asked = [];
  gone = new AbortController();
  desk = openDesk();
  pools = await Promise.all(["one", "other"].map((name) => api.createWorkPool({ name, type: "process" })));
});
afterEach(async () => {
  desk.close();
  await clock.advance(1000);
  await api.close();
  await ledger.remove();
});

function openDesk(max = 1000): DueDesk {
  const counted: Api = {
    ...api,
    findDueRuns: (request) => (asked.push(request.workPoolId), api.findDueRuns(request)),
  };
  const feed = createEventFeed({ api, clock });
  return createDueDesk({ api: counted, clock, feed, max, maxOfClient: max });
}

const poolAt = (index: number): WorkPool => pools[index] as WorkPool;

/** What became of a question; null while it waits. */
interface Asked {
  runs: readonly FlowRun[] | null;
}

function ask(name: string, more: Partial<DueRunsRequest> = {}): Asked {
  const outcome: Asked = { runs: null };
  const request = {
    workPoolId: poolAt(0).id,
    before: clock.now() + 4000,
    limit: 10,
    waitMs: 15_000,
    askedBy: name,
    ...more,
  };
  void desk.find(request, { client: "here", signal: gone.signal }).then((runs) => (outcome.runs = runs));
  return outcome;
}

async function schedule(options: { readonly pool?: number; readonly aheadMs?: number; readonly count?: number } = {}) {
  const { pool = 0, aheadMs = 0, count = 1 } = options;
  const { id: workPoolId, defaultQueueId: workQueueId = null } = poolAt(pool);
  const details = { scheduledAt: clock.now() + aheadMs };
  const created = Array.from({ length: count }, () =>
    aFlowRun({
      id: uuidv7(),
      ownerId: null,
      workPoolId,
      workQueueId,
      states: [aState("SCHEDULED", clock.now(), { details })],
    }),
  );
  await api.record({ processId: "p", created });
  return created.map(({ id }) => id);
}

const idsOf = ({ runs }: Asked): readonly string[] | null => runs?.map(({ id }) => id) ?? null;

describe("workers that wait for runs", () => {
  test("cost the ledger the same, one or hundreds", async () => {
    const counts: number[] = [];
    for (const count of [1, 300]) {
      asked = [];
      const waiting = Array.from({ length: count }, (_, index) => ask(`worker ${index}`));
      await clock.advance(14_000);
      expect(waiting.every(({ runs }) => runs === null)).toBe(true);
      counts.push(asked.length);
      await clock.advance(2000);
      expect(waiting.every(({ runs }) => runs?.length === 0)).toBe(true);
    }
    expect(counts[1]).toBeLessThanOrEqual((counts[0] ?? 0) + 1);
    expect(counts[0]).toBeLessThanOrEqual(6);
  });

  test("are told of a run when it is scheduled, one of them", async () => {
    const waiting = ["a", "b", "c"].map((name) => ask(name));
    await clock.advance(1000);
    const ids = await schedule();
    await clock.advance(250);
    expect(waiting.map(idsOf)).toEqual([ids, null, null]);
  });

  test("get one each before one of them gets another", async () => {
    const waiting = ["a", "b", "c"].map((name) => ask(name));
    await clock.advance(1000);
    const ids = await schedule({ count: 5 });
    await clock.advance(250);
    expect(waiting.map(({ runs }) => runs?.length)).toEqual([2, 2, 1]);
    expect(waiting.flatMap((each) => idsOf(each) ?? []).toSorted()).toEqual(ids.toSorted());
  });

  test("are told of what is due a while ahead, in time, and of no more", async () => {
    const waiting = ask("a");
    await clock.advance(100);
    const ids = await schedule({ aheadMs: 9000 });
    await clock.advance(4000);
    expect(waiting.runs).toBe(null);
    await clock.advance(4500);
    expect(idsOf(waiting)).toEqual(ids);
  });

  test("are told of a run that the one who was told of it has not claimed", async () => {
    const first = ask("first");
    await clock.advance(500);
    const ids = await schedule();
    await clock.advance(250);
    expect(idsOf(first)).toEqual(ids);
    const second = ask("second");
    await clock.advance(2500);
    expect(second.runs).toBe(null);
    await clock.advance(1000);
    expect(idsOf(second)).toEqual(ids);
  });

  test("are not woken for another pool, nor is the ledger asked for theirs", async () => {
    const here = ask("here");
    const there = ask("there", { workPoolId: poolAt(1).id });
    await clock.advance(500);
    asked = [];
    for (let round = 0; round < 5; round++) {
      await schedule({ pool: 1 });
      await clock.advance(100);
    }
    await clock.advance(100);
    expect([here.runs, there.runs?.length]).toEqual([null, 1]);
    expect(asked.filter((id) => id === poolAt(0).id)).toEqual([]);
  });

  test("are answered when the server stops, and are forgotten when they are gone", async () => {
    const leaving = ask("leaving");
    await clock.advance(200);
    gone.abort();
    gone = new AbortController();
    const staying = ask("staying");
    const ids = await schedule();
    await clock.advance(300);
    expect([leaving.runs, idsOf(staying)]).toEqual([[], ids]);
    const last = ask("last");
    await clock.advance(200);
    desk.close();
    await clock.advance(0);
    expect(last.runs).toEqual([]);
  });

  test("are answered at once when too many wait", async () => {
    desk.close();
    desk = openDesk(1);
    const waiting = ["a", "b"].map((name) => ask(name));
    await clock.advance(500);
    expect(waiting.map(({ runs }) => runs)).toEqual([null, []]);
  });
});

describe("who does not wait", () => {
  test("is answered from what is known a moment ago, with what is kept for it and its part of the rest", async () => {
    const ids = await schedule({ count: 4 });
    const [first] = [ask("first", { waitMs: 0 })];
    await clock.advance(0);
    expect(idsOf(first as Asked)).toEqual(ids);
    const [again, other] = [ask("first", { waitMs: 0 }), ask("other", { waitMs: 0 })];
    await clock.advance(0);
    expect([idsOf(again), idsOf(other)]).toEqual([ids, []]);
    expect(asked).toHaveLength(1);
  });

  test("and says no name is given the ledger's own answer, each time", async () => {
    const ids = await schedule();
    const { askedBy: _, ...nameless } = { workPoolId: poolAt(0).id, before: clock.now(), waitMs: 5000, askedBy: "x" };
    for (let round = 0; round < 2; round++) {
      const runs = await desk.find(nameless, { client: "here", signal: gone.signal });
      expect(runs.map(({ id }) => id)).toEqual(ids);
    }
    expect(asked).toHaveLength(2);
  });
});
