import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uuidv7 } from "../../../kit/ids.ts";
import type { PrefectRouteName } from "../routes-table-types.ts";
import { concurrencyLimitHandlers } from "./concurrency-limits.ts";
import { concurrencyLimitV2Handlers } from "./concurrency-limits-v2.ts";
import { type Asked, type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";

let served: OverHttp;
beforeAll(async () => {
  served = await serveOverHttp((context) => ({
    ...concurrencyLimitHandlers(context),
    ...concurrencyLimitV2Handlers(context),
  }));
});
afterAll(() => served.close());

/** `at` is what the path names: an id, a name or a tag. */
const ask = (
  name: PrefectRouteName,
  { at = "", body }: { readonly at?: string; readonly body?: unknown },
): Promise<Asked> => served.ask(name, { params: { id_or_name: at, lease_id: at, id: at, tag: at }, body });

interface Limit {
  readonly id: string;
  readonly name: string;
  readonly active_slots: number;
}

const make = async (more: object = {}): Promise<Limit> => {
  const body = { name: `limit-${uuidv7()}`, limit: 1, ...more };
  return (await ask("createConcurrencyLimitV2", { body })).body as Limit;
};
const activeSlots = async ({ name }: Limit): Promise<number> =>
  ((await ask("readConcurrencyLimitV2", { at: name })).body as Limit).active_slots;

describe("limits by name", () => {
  test("are made, read by id and by name, changed and deleted", async () => {
    const made = await ask("createConcurrencyLimitV2", { body: { name: "database", limit: 3 } });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: "database",
        active: true,
        limit: 3,
        active_slots: 0,
        denied_slots: 0,
        slot_decay_per_second: 0,
        avg_slot_occupancy_seconds: 2,
      },
    });
    const { id } = made.body as Limit;
    const change = { limit: 5, slot_decay_per_second: 0.5, active: null };
    expect(await ask("updateConcurrencyLimitV2", { at: id, body: change })).toMatchObject({ status: 204 });
    const read = await ask("readConcurrencyLimitV2", { at: "database" });
    expect(read).toMatchObject({ status: 200, body: { id, limit: 5, slot_decay_per_second: 0.5, active: true } });
    expect(await ask("readConcurrencyLimitV2", { at: id.toUpperCase() })).toEqual(read);
    expect(await ask("deleteConcurrencyLimitV2", { at: "database" })).toMatchObject({ status: 204 });
    for (const name of ["readConcurrencyLimitV2", "deleteConcurrencyLimitV2"] as const) {
      expect(await ask(name, { at: id })).toMatchObject({ status: 404 });
    }
    expect(await ask("updateConcurrencyLimitV2", { at: id, body: {} })).toMatchObject({ status: 404 });
  });

  test("have names of their own, which are parts of paths", async () => {
    const { name } = await make();
    const other = await make();
    expect(await ask("createConcurrencyLimitV2", { body: { name, limit: 1 } })).toMatchObject({ status: 409 });
    const renamed = await ask("updateConcurrencyLimitV2", { at: other.name, body: { name } });
    expect(renamed).toMatchObject({ status: 409 });
    const slash = await ask("createConcurrencyLimitV2", { body: { name: "a/b", limit: 1 } });
    expect(slash).toMatchObject({ status: 422 });
  });

  test("are listed in the order of their names", async () => {
    await make({ name: "0-b" });
    await make({ name: "0-a" });
    const names = async (body: object): Promise<unknown> =>
      ((await ask("readAllConcurrencyLimitsV2", { body })).body as Limit[]).map(({ name }) => name);
    expect(await names({ limit: 2 })).toEqual(["0-a", "0-b"]);
    expect(await names({ limit: 1, offset: 1 })).toEqual(["0-b"]);
    expect(await names({ limit: 0 })).toEqual([]);
  });
});

describe("slots under a lease", () => {
  const take = (names: readonly string[], more: object = {}) =>
    ask("bulkIncrementActiveSlotsWithLease", { body: { names, slots: 1, ...more } });

  test("are taken, renewed and given back, once", async () => {
    const limit = await make();
    const taken = await take([limit.name], { holder: { type: "task_run", id: uuidv7() } });
    const minimal = { id: limit.id, name: limit.name, limit: 1 };
    expect(taken).toMatchObject({ status: 200, body: { limits: [minimal] } });
    const lease_id = (taken.body as { lease_id: string }).lease_id;
    const full = await take([limit.name]);
    expect(full.status).toBe(423);
    expect(Number(full.retryAfter)).toBeGreaterThan(0);
    const renew = () => ask("renewConcurrencyLease", { at: lease_id, body: { lease_duration: 60 } });
    expect(await renew()).toMatchObject({ status: 204 });
    expect(await activeSlots(limit)).toBe(1);
    for (const _ of [1, 2]) {
      const back = await ask("bulkDecrementActiveSlotsWithLease", { body: { lease_id } });
      expect(back).toMatchObject({ status: 204 });
    }
    expect(await activeSlots(limit)).toBe(0);
    expect(await renew()).toMatchObject({ status: 410 });
  });

  test("come back when nobody renews it", async () => {
    const limit = await make();
    await take([limit.name], { lease_duration: 60 });
    served.advance(61_000);
    expect(await served.api.expireSlots()).toBe(1);
    expect(await activeSlots(limit)).toBe(0);
  });

  test.each([59, 86_401])("are not held for %d s", async (lease_duration) => {
    expect(await take(["any"], { lease_duration })).toMatchObject({ status: 422 });
  });

  test("of limits that are not there are nothing to hold", async () => {
    expect(await take(["there is none"])).toMatchObject({ status: 200, body: { limits: [] } });
  });

  test("of a limit that is not active are not counted, though it is named", async () => {
    const limit = await make({ active: false });
    const taken = await take([limit.name]);
    expect(taken).toMatchObject({ status: 200, body: { limits: [{ name: limit.name }] } });
    const lease = { at: (taken.body as { lease_id: string }).lease_id, body: {} };
    expect(await ask("renewConcurrencyLease", lease)).toMatchObject({ status: 204 });
    expect(await activeSlots(limit)).toBe(0);
  });

  test("go with the limit", async () => {
    const limit = await make();
    const { lease_id } = (await take([limit.name])).body as { lease_id: string };
    await ask("deleteConcurrencyLimitV2", { at: limit.id });
    const renewed = await ask("renewConcurrencyLease", { at: lease_id, body: {} });
    expect(renewed).toMatchObject({ status: 410 });
  });
});

describe("slots without a lease", () => {
  const take = (body: object) => ask("bulkIncrementActiveSlots", { body });

  test("are taken of all limits or of none, and given back by name", async () => {
    const [one, two] = [await make({ limit: 2 }), await make()];
    const names = [one.name, two.name];
    expect(await take({ names, slots: 1 })).toMatchObject({ status: 200 });
    expect(await take({ names, slots: 1 })).toMatchObject({ status: 423 });
    expect(await activeSlots(one)).toBe(1);
    const back = await ask("bulkDecrementActiveSlots", { body: { names, slots: 1, occupancy_seconds: 3.5 } });
    expect(back).toMatchObject({
      status: 200,
      body: expect.arrayContaining([{ id: two.id, name: two.name, limit: 1 }]),
    });
    expect([await activeSlots(one), await activeSlots(two)]).toEqual([0, 0]);
    const none = await ask("bulkDecrementActiveSlots", { body: { names: ["there is none"], slots: 1 } });
    expect(none).toMatchObject({ status: 200, body: [] });
  });

  test("are refused where there are never enough", async () => {
    const limit = await make({ limit: 0 });
    expect(await take({ names: [limit.name], slots: 1 })).toEqual({
      status: 422,
      body: { detail: expect.stringContaining(limit.name) as string },
    });
  });

  test("as a rate need a decay, and come free with it", async () => {
    const lasting = await make();
    const mode = "rate_limit";
    expect(await take({ names: [lasting.name], slots: 1, mode })).toMatchObject({ status: 422 });
    const limit = await make({ slot_decay_per_second: 0.5 });
    expect(await take({ names: [limit.name], slots: 1, mode })).toMatchObject({ status: 200 });
    const full = await take({ names: [limit.name], slots: 1, mode });
    expect(Number(full.retryAfter)).toBeGreaterThanOrEqual(2);
    expect(await activeSlots(limit)).toBe(1);
    served.advance(2000);
    expect(await activeSlots(limit)).toBe(0);
    expect(await take({ names: [limit.name], slots: 1, mode })).toMatchObject({ status: 200 });
  });

  test("that decay from now on do not for the time before", async () => {
    const limit = await make({ active_slots: 1 });
    served.advance(3_600_000);
    await ask("updateConcurrencyLimitV2", { at: limit.id, body: { slot_decay_per_second: 1 } });
    expect(await activeSlots(limit)).toBe(1);
    served.advance(1000);
    expect(await activeSlots(limit)).toBe(0);
  });
});
