import { afterEach, beforeEach, expect, test } from "vitest";
import { knownBlockTypes } from "../contract/known-block-types.ts";
import type { Api } from "../contract/api.ts";
import type { Store } from "../contract/store.ts";
import { systemClock as clock } from "../kit/clock.ts";
import { createService } from "../service/create-service.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../store/suite/ledger.testsuite.ts";
import { installBlockTypes } from "./install-block-types.ts";

let ledger: TestLedger;
let store: Store;
let api: Api;
beforeEach(async () => {
  ledger = await makeLedger();
  store = await ledger.open();
  api = createService({ store, clock });
});
afterEach(async () => {
  await api.close();
  await ledger.remove();
});

const typeOf = async (slug: string) =>
  (await api.listObjects("block-type", { where: { field: "slug", in: [slug] } })).items[0];

test("each type that a server uses is made once, with its schema, and nobody is told", async () => {
  const all = knownBlockTypes.map(({ slug }) => slug);
  const both = await Promise.all([installBlockTypes({ store, clock }), installBlockTypes({ store, clock })]);
  expect(both.flat().toSorted()).toEqual(all.toSorted());
  const types = await api.listObjects("block-type", {}, { limit: 100 });
  expect(types.items.map(({ slug }) => slug).toSorted()).toEqual(all.toSorted());
  expect(types.items.flatMap(({ slug, isProtected }) => (isProtected ? slug : [])).toSorted()).toEqual([
    "local-file-system",
    "secret",
    "webhook",
  ]);
  for (const { id, slug } of types.items) {
    const where = { field: "blockTypeId", in: [id] };
    const { items } = await api.listObjects("block-schema", { where });
    expect(items).toHaveLength(1);
    expect(items[0]?.fields).toEqual(knownBlockTypes.find((known) => known.slug === slug)?.fields);
  }
  expect((await api.listEvents({})).items).toEqual([]);
  expect(await installBlockTypes({ store, clock })).toEqual([]);
});

test("a type that a server made before it died has its schema from the next one, and nobody else's has", async () => {
  const insertObject: Store["insertObject"] = async (kind, ...rest) => {
    if (kind === "block-schema") throw new Error("the end");
    return store.insertObject(kind, ...rest);
  };
  const own = await api.createObject("block-type", { slug: "twilio-sms", name: "Own", description: "bare" });
  const dead = installBlockTypes({ store: { ...store, insertObject }, clock });
  await expect(dead).rejects.toThrow("the end");
  const [left] = (await api.listObjects("block-type", {}, { limit: 100 })).items.filter(({ id }) => id !== own.id);
  const schemasOf = async (id = ""): Promise<number> =>
    (await api.listObjects("block-schema", { where: { field: "blockTypeId", in: [id] } })).items.length;
  expect(await schemasOf(left?.id)).toBe(0);
  const both = await Promise.all([installBlockTypes({ store, clock }), installBlockTypes({ store, clock })]);
  expect(both.flat()).not.toContain(left?.slug);
  expect([await schemasOf(left?.id), await schemasOf(own.id)]).toEqual([1, 0]);
});

test("what is there stays as it is, and what was deleted stays away", async () => {
  const own = await api.createObject("block-type", { slug: "slack-webhook", name: "Own", description: "as it was" });
  expect(await installBlockTypes({ store, clock })).not.toContain("slack-webhook");
  expect(await typeOf("slack-webhook")).toEqual(own);
  await api.deleteObject("block-type", (await typeOf("twilio-sms"))?.id ?? "");
  expect(await installBlockTypes({ store, clock })).toEqual([]);
  expect(await typeOf("twilio-sms")).toBeUndefined();
});
