import { afterAll, describe, expect, test } from "vitest";
import { openCommandHost } from "../app/command-host.ts";
import type { ConcurrencyLimit } from "../contract/objects.ts";
import { concurrency, context, flow, rateLimit, task, waitFor } from "../exports/index.ts";
import { systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";

const host = await openCommandHost();
afterAll(() => host[Symbol.asyncDispose]());
const { api } = host;

/** A limit of one slot. Those who are denied ask again soon. */
const make = (more: Partial<ConcurrencyLimit> = {}): Promise<ConcurrencyLimit> =>
  api.createObject("concurrency-limit", {
    name: `limit-${uuidv7()}`,
    active: true,
    slots: 1,
    taken: 0,
    takenAt: systemClock.now(),
    decayPerSecond: 0,
    denied: 0,
    averageSeconds: 0.1,
    ...more,
  });
const takenOf = async ({ id }: ConcurrencyLimit): Promise<number | undefined> =>
  (await api.readObject("concurrency-limit", id))?.taken;
const leasesOf = async ({ id }: ConcurrencyLimit) =>
  (await api.listObjects("slot-lease", { where: { field: "limitIds", hasAny: [id] } })).items;

describe("concurrency", () => {
  test("lets no more bodies run at once than there are slots", async () => {
    const limit = await make({ slots: 2 });
    let [running, most] = [0, 0];
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await systemClock.sleep(20);
      running--;
    };
    await Promise.all(Array.from({ length: 5 }, () => concurrency(limit.name, work)));
    expect([running, most]).toEqual([0, 2]);
    expect(await takenOf(limit)).toBe(0);
  });

  test("gives the slots back when the body fails, and takes those of all limits or none", async () => {
    const [one, full] = [await make(), await make({ taken: 1 })];
    const failing = concurrency([one.name], () => {
      throw new Error("no disk");
    });
    await expect(failing).rejects.toThrow("no disk");
    const waiting = concurrency([one.name, full.name], { timeout: "50ms" }, () => "never");
    await expect(waiting).rejects.toMatchObject({ code: "TIMED_OUT" });
    expect(await takenOf(one)).toBe(0);
  });

  test("is held by the task that it is called in", async () => {
    const limit = await make();
    const holding = task({ name: "holding" }, () =>
      concurrency(limit.name, async () => [(await leasesOf(limit))[0]?.holder, `task-run:${context().taskRun?.id}`]),
    );
    const [holder, own] = await flow({ name: "holds" }, () => holding())();
    expect(holder).toBe(own);
  });

  test("runs the body where there is no such limit, unless it is strict", async () => {
    const limit = await make();
    expect(await concurrency("there is none", () => 1)).toBe(1);
    const strict = concurrency([limit.name, "there is none"], { strict: true }, () => 1);
    await expect(strict).rejects.toMatchObject({ code: "NOT_FOUND", data: { name: "there is none" } });
    expect(await takenOf(limit)).toBe(0);
  });

  test("does not wait for what is never had", async () => {
    const limit = await make({ slots: 2 });
    const asking = concurrency(limit.name, { slots: 3 }, () => 1);
    await expect(asking).rejects.toMatchObject({ code: "SLOTS_REFUSED", status: 422 });
  });

  test("renews its lease while the body runs", async () => {
    const limit = await make();
    const taken = await concurrency(limit.name, { leaseDuration: "400ms" }, async () => {
      const [first] = await leasesOf(limit);
      await waitFor(async () => ((await leasesOf(limit))[0]?.expiresAt ?? 0) > (first?.expiresAt ?? 0) + 400, {
        every: 20,
      });
      await api.expireSlots();
      return takenOf(limit);
    });
    expect(taken).toBe(1);
  });

  test("tells the body when the slots are lost", async () => {
    const limit = await make();
    const reason = await concurrency(limit.name, { leaseDuration: "100ms" }, async ({ signal }) => {
      const [lease] = await leasesOf(limit);
      await api.giveBackSlots({ leaseId: lease?.id ?? "" });
      await waitFor(() => signal.aborted, { every: 5 });
      return signal.reason as unknown;
    });
    expect(reason).toMatchObject({ code: "SLOTS_LOST" });
  });
});

describe("rateLimit", () => {
  test("lets through as many as there are slots, and then as fast as they decay", async () => {
    const limit = await make({ slots: 2, decayPerSecond: 1000 });
    for (let index = 0; index < 6; index++) await rateLimit(limit.name);
    const slow = await make({ decayPerSecond: 0.001 });
    await rateLimit([slow.name]);
    await expect(rateLimit(slow.name, { timeout: "20ms" })).rejects.toMatchObject({ code: "TIMED_OUT" });
    expect(await leasesOf(limit)).toEqual([]);
  });

  test("is no use where slots do not decay", async () => {
    const limit = await make();
    await expect(rateLimit(limit.name)).rejects.toMatchObject({ code: "SLOTS_REFUSED" });
    expect(await takenOf(limit)).toBe(0);
  });
});

describe("what is told of slots", () => {
  const eventsOf = async ({ id }: ConcurrencyLimit, phase: string) => {
    const filter = {
      names: [`millrace.concurrency-limit.${phase}`],
      resourceIds: [`millrace.concurrency-limit.${id}`],
    };
    return waitUntil(
      async () => (await api.listEvents(filter)).items,
      ({ length }) => length > 0,
    );
  };

  test("are events as Prefect's client has them: of each limit, when they are taken and when they come back", async () => {
    const [limit, other] = [await make({ slots: 3 }), await make({ slots: 2 })];
    const holding = task({ name: "holding", tags: ["t"] }, () =>
      concurrency([limit.name, other.name], { slots: 2 }, () => context()),
    );
    const { flowRun, taskRun } = await flow({ name: "told" }, () => holding())();
    const [acquired] = await eventsOf(limit, "acquired");
    const [released] = await eventsOf(limit, "released");
    expect(acquired).toMatchObject({
      flowRunId: flowRun?.id,
      taskRunId: taskRun?.id,
      resource: {
        id: `millrace.concurrency-limit.${limit.id}`,
        name: limit.name,
        "slots-acquired": "2",
        limit: "3",
      },
      related: [
        { id: `millrace.concurrency-limit.${other.id}`, role: "concurrency-limit" },
        { id: `millrace.flow-run.${flowRun?.id}`, role: "flow-run" },
        { id: `millrace.task-run.${taskRun?.id}`, role: "task-run" },
        { id: "millrace.tag.t", role: "tag" },
      ],
    });
    expect(released).toMatchObject({ resource: acquired?.resource, follows: acquired?.id });
    expect(await eventsOf(other, "acquired")).toHaveLength(1);
  });

  test("of a rate is that they are taken: nobody gives them back", async () => {
    const limit = await make({ decayPerSecond: 1 });
    await rateLimit(limit.name);
    const [acquired] = await eventsOf(limit, "acquired");
    expect(acquired).toMatchObject({ flowRunId: null, resource: { "slots-acquired": "1" } });
  });

  test("tells of who waits, while they do", async () => {
    const limit = await make({ taken: 1 });
    const waits = flow({ name: "waits" }, () => concurrency(limit.name, { timeout: "300ms" }, () => 1));
    const ended = waits().catch((error: unknown) => error);
    const [run] = await waitUntil(
      async () => (await api.listFlowRuns({ flowNames: ["waits"] })).items,
      ({ length }) => length > 0,
    );
    const { holds } = await waitUntil(
      () => api.whyWaiting(run?.id ?? ""),
      (report) => report.holds.length > 0,
    );
    expect(holds).toMatchObject([{ kind: "limit-full", subject: { id: limit.id } }]);
    expect(await ended).toMatchObject({ code: "TIMED_OUT" });
  });
});

async function waitUntil<T>(look: () => Promise<T>, isEnough: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await look();
    if (isEnough(found)) return found;
    await systemClock.sleep(5);
  }
}
