import fastify from "fastify";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { uuidv7 } from "../../kit/ids.ts";
import { createService } from "../../service/create-service.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";
import { anArtifact, anEvent, record } from "../../store/suite/samples.testsuite.ts";
import { addV1Routes } from "./add-v1-routes.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

test("who follows events is woken by what writes some, and by nothing else", async () => {
  const ledger = await makeLedger();
  open.push(() => ledger.remove());
  const store = await ledger.open();
  open.push(() => store.close());
  const app = fastify();
  open.push(() => app.close());
  let woken = 0;
  const api = createService({ store, clock: systemClock });
  addV1Routes(app, {
    api,
    clock: systemClock,
    maxBodyBytes: 2 ** 20,
    checksAnswers: true,
    desk: { find: (request) => api.findDueRuns(request) },
    onEvents: () => (woken += 1),
  });

  const artifact = anArtifact(null, { key: "report" });
  await record(store, { artifacts: [artifact], events: [anEvent()] });
  /** How many events a request wrote, and how often it woke. */
  const ask = async (
    method: "GET" | "PUT" | "POST" | "DELETE",
    url: string,
    body?: object,
  ): Promise<readonly number[]> => {
    const [before, wokenBefore] = [await countEvents(), woken];
    const { statusCode } = await app.inject({ method, url, ...(body === undefined ? {} : { payload: body }) });
    expect(statusCode).toBeLessThan(300);
    return [(await countEvents()) - before, woken - wokenBefore];
  };
  const countEvents = async (): Promise<number> => (await store.findEvents({}, { limit: 1000 })).items.length;

  expect(await ask("PUT", "/v1/secrets", { name: "token", sealed: "v1.a.b.c" })).toEqual([1, 1]);
  expect(await ask("GET", "/v1/secrets")).toEqual([0, 0]);
  expect(await ask("DELETE", "/v1/secrets/token")).toEqual([1, 1]);
  expect(await ask("DELETE", `/v1/artifacts/${artifact.id}`)).toEqual([1, 1]);
  expect(await ask("POST", "/v1/artifacts/filter", { filter: { ids: [uuidv7()] } })).toEqual([0, 0]);
});
