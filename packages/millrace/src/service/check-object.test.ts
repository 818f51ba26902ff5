import { afterAll, beforeAll, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import type { Automation, JsonObject, ObjectBase, Webhook } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";
import { systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { makeLedger } from "../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../store/suite/ledger.testsuite.ts";
import { createService } from "./create-service.ts";

let ledger: TestLedger;
let store: Store;
let api: Api;
beforeAll(async () => {
  ledger = await makeLedger();
  store = await ledger.open();
  api = createService({ store, clock: systemClock });
});
afterAll(async () => {
  await api.close();
  await ledger.remove();
});

const refused = { code: "OBJECT_INVALID" };
const onRuns = {
  kind: "event",
  posture: "Reactive",
  match: {},
  matchRelated: [],
  after: [],
  expect: ["millrace.flow-run.Running"],
  forEach: [],
  threshold: 1,
  withinMs: 0,
};

function base(): ObjectBase {
  return { id: uuidv7(), revision: 1, createdAt: 1, updatedAt: 1 };
}

/** One that was kept when less was checked. */
async function keepAutomation(parts: Partial<Automation>): Promise<string> {
  const automation = { ...base(), name: "old", enabled: true, tags: [], owner: null, trigger: onRuns, ...parts };
  await store.insertObject("automation", automation, null);
  return automation.id;
}

const withUnknownField: JsonObject = { ...onRuns, treshold: 3 };
const runsInferred = { kind: "run-deployment", parameters: null, jobVariables: null, delayMs: 0 };
const runsAnew = { ...runsInferred, target: { source: "inferred" } };

test("an automation whose form would be refused today is paused, resumed and renamed", async () => {
  const id = await keepAutomation({ trigger: withUnknownField, actions: [{ kind: "do-nothing", note: "x" }] });
  for (const change of [{ enabled: false }, { enabled: true }, { name: "new", tags: ["x"] }]) {
    expect(await api.updateObject("automation", id, change)).toMatchObject(change);
  }
});

test("what it does is checked once any part of that changes", async () => {
  const id = await keepAutomation({ trigger: withUnknownField });
  const change = api.updateObject("automation", id, { actions: [{ kind: "do-nothing" }] });
  await expect(change).rejects.toMatchObject({ ...refused, message: expect.stringContaining("treshold") });
  const mended = { trigger: onRuns, actions: [{ kind: "do-nothing" }] };
  expect(await api.updateObject("automation", id, mended)).toMatchObject(mended);
});

test.each([
  ["as it should be", onRuns],
  ["with a field that is not known", withUnknownField],
])("one that would start runs without end is not enabled: %s", async (_, trigger) => {
  const id = await keepAutomation({ enabled: false, trigger, actions: [runsAnew] });
  expect(await api.updateObject("automation", id, { name: "same" })).toMatchObject({ enabled: false });
  const enabled = api.updateObject("automation", id, { enabled: true });
  await expect(enabled).rejects.toMatchObject({ ...refused, message: expect.stringContaining("actions.0.target") });
});

test("one that lacks what is looked at is enabled as it was", async () => {
  const id = await keepAutomation({ enabled: false, trigger: { kind: "event" }, actions: [runsInferred] });
  expect(await api.updateObject("automation", id, { enabled: true })).toMatchObject({ enabled: true });
});

test("a webhook whose template would be refused today is switched off, and checked when that changes", async () => {
  const template = { event: "a.b", payload: "{{ body" };
  const webhook: Webhook = { ...base(), name: "old", slug: "Old", enabled: true, template };
  await store.insertObject("webhook", webhook, null);
  const { id } = webhook;
  expect(await api.updateObject("webhook", id, { enabled: false })).toMatchObject({ enabled: false, slug: "Old" });
  const wrong = api.updateObject("webhook", id, { template: { event: "a.c" } });
  await expect(wrong).rejects.toMatchObject({ ...refused, message: expect.stringContaining("slug") });
  const mended = { slug: "old", template: { event: "a.c" } };
  expect(await api.updateObject("webhook", id, mended)).toMatchObject(mended);
});
