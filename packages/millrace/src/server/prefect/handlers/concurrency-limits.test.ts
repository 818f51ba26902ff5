import { afterAll, beforeAll, expect, test } from "vitest";
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

interface TagLimit {
  readonly id: string;
  readonly tag: string;
  readonly active_slots: readonly string[];
}

const make = async (tag: string, concurrency_limit: number): Promise<TagLimit> =>
  (await ask("createConcurrencyLimit", { body: { tag, concurrency_limit } })).body as TagLimit;
const holders = async (tag: string): Promise<readonly string[]> =>
  ((await ask("readConcurrencyLimitByTag", { at: tag })).body as TagLimit).active_slots;
const take = (names: readonly string[], task_run_id: string) =>
  ask("incrementConcurrencyLimitsV1", { body: { names, task_run_id } });
const giveBack = (names: readonly string[], task_run_id: string) =>
  ask("decrementConcurrencyLimitsV1", { body: { names, task_run_id } });

test("a limit on a tag is made, changed by the same call, and is one by name too", async () => {
  const made = await ask("createConcurrencyLimit", { body: { tag: "gpu", concurrency_limit: 1 } });
  expect(made).toMatchObject({ status: 201, body: { tag: "gpu", concurrency_limit: 1, active_slots: [] } });
  const again = await ask("createConcurrencyLimit", { body: { tag: "gpu", concurrency_limit: 4 } });
  const { id } = made.body as TagLimit;
  expect(again).toMatchObject({ status: 200, body: { id, concurrency_limit: 4 } });
  expect(await ask("readConcurrencyLimit", { at: id })).toMatchObject({ status: 200, body: { tag: "gpu" } });
  const byName = await ask("readConcurrencyLimitV2", { at: "tag:gpu" });
  expect(byName).toMatchObject({ status: 200, body: { id, limit: 4 } });
});

test("a limit that is on no tag is not found here", async () => {
  const { body } = await ask("createConcurrencyLimitV2", { body: { name: "database", limit: 1 } });
  for (const name of ["readConcurrencyLimit", "deleteConcurrencyLimit"] as const) {
    expect(await ask(name, { at: (body as TagLimit).id })).toMatchObject({ status: 404 });
  }
  expect(await ask("readConcurrencyLimitByTag", { at: "none" })).toMatchObject({ status: 404 });
  expect(await ask("deleteConcurrencyLimitByTag", { at: "none" })).toMatchObject({ status: 404 });
});

test("task runs take slots and give them back, and are named as their holders", async () => {
  await make("disk", 2);
  const [one, two, three] = [uuidv7(), uuidv7(), uuidv7()];
  expect(await take(["disk", "no limit"], one)).toMatchObject({ status: 200, body: [{ name: "disk", limit: 2 }] });
  await take(["disk"], two);
  expect(new Set(await holders("disk"))).toEqual(new Set([one, two]));
  const full = await take(["disk"], three);
  expect(full.status).toBe(423);
  expect(Number(full.retryAfter)).toBeGreaterThan(0);
  expect(await giveBack(["disk", "no limit"], one)).toMatchObject({ status: 200, body: [{ name: "tag:disk" }] });
  expect(await giveBack(["disk"], one)).toMatchObject({ status: 200 });
  expect(await holders("disk")).toEqual([two]);
  expect(await take(["disk"], three)).toMatchObject({ status: 200 });
});

test("a limit of 0 says so, and not when to ask again", async () => {
  await make("never", 0);
  expect(await take(["never"], uuidv7())).toEqual({
    status: 423,
    body: { detail: expect.stringContaining("never") as string },
  });
});

test("a reset frees the slots, or gives them to those it names", async () => {
  await make("reset", 3);
  for (const id of [uuidv7(), uuidv7(), uuidv7()]) await take(["reset"], id);
  const kept = [uuidv7(), uuidv7()];
  const reset = await ask("resetConcurrencyLimitByTag", { at: "reset", body: { slot_override: kept } });
  expect(reset).toMatchObject({ status: 200, body: null });
  expect(new Set(await holders("reset"))).toEqual(new Set(kept));
  expect((await take(["reset"], uuidv7())).status).toBe(200);
  expect((await take(["reset"], uuidv7())).status).toBe(423);
  await ask("resetConcurrencyLimitByTag", { at: "reset", body: {} });
  expect(await holders("reset")).toEqual([]);
  expect(await ask("readConcurrencyLimitV2", { at: "tag:reset" })).toMatchObject({ body: { active_slots: 0 } });
  expect(await ask("resetConcurrencyLimitByTag", { at: "none", body: {} })).toMatchObject({ status: 404 });
});

test("limits on tags are listed with their holders, and deleted with what is held", async () => {
  await make("z-1", 1);
  await make("z-2", 1);
  const id = uuidv7();
  await take(["z-2"], id);
  const listed = async (): Promise<readonly TagLimit[]> =>
    ((await ask("readConcurrencyLimits", { body: {} })).body as TagLimit[]).filter(({ tag }) => tag.startsWith("z-"));
  expect((await listed()).map(({ tag, active_slots }) => [tag, active_slots])).toEqual([
    ["z-1", []],
    ["z-2", [id]],
  ]);
  expect(await ask("deleteConcurrencyLimitByTag", { at: "z-2" })).toMatchObject({ status: 200, body: null });
  await make("z-2", 1);
  expect(await holders("z-2")).toEqual([]);
  const [first] = await listed();
  expect(await ask("deleteConcurrencyLimit", { at: first?.id ?? "" })).toMatchObject({ status: 200, body: null });
  expect((await listed()).map(({ tag }) => tag)).toEqual(["z-2"]);
});
