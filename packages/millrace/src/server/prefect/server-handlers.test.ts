import fastify from "fastify";
import { afterEach, expect, test } from "vitest";
import type { Api } from "../../contract/api.ts";
import { systemClock } from "../../kit/clock.ts";
import { createService } from "../../service/create-service.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";
import { addPrefectRoutes } from "./add-prefect-routes.ts";
import { serverHandlers } from "./server-handlers.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** What a server over a ledger of its own answers, perhaps with methods of its Api replaced. */
async function start(replaced: Partial<Api> = {}) {
  const ledger = await makeLedger();
  open.push(() => ledger.remove());
  const store = await ledger.open();
  open.push(() => store.close());
  const api = { ...createService({ store, clock: systemClock }), ...replaced };
  const app = fastify();
  open.push(() => app.close());
  const handlers = serverHandlers({ api, version: "3.9.1" });
  addPrefectRoutes(app, { handlers, version: "3.9.1", retryAfterS: 1, onFailure: () => undefined });
  return async (path: string): Promise<readonly [number, unknown]> => {
    const { statusCode, body } = await app.inject({ method: "GET", url: `/api${path}` });
    return [statusCode, JSON.parse(body)];
  };
}

test.each([
  ["/health", 200, true],
  ["/ready", 200, { message: "OK" }],
  ["/version", 200, "0.8.4"],
  ["/admin/version", 200, "3.9.1"],
  ["/csrf-token?client=c", 422, { detail: "CSRF protection is disabled." }],
])("%s answers %d", async (path, status, body) => {
  const ask = await start();
  expect(await ask(path)).toEqual([status, body]);
});

test("a server whose database does not answer is there, but not ready", async () => {
  const ask = await start({ listFlowRuns: () => Promise.reject(new Error("gone")) });
  expect(await ask("/ready")).toEqual([503, { message: "Database is not available" }]);
  expect(await ask("/health")).toEqual([200, true]);
});
