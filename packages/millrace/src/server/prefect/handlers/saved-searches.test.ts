import { afterAll, beforeAll, expect, test } from "vitest";
import { uuidv7 } from "../../../kit/ids.ts";
import { type OverHttp, serveOverHttp } from "./over-http.testsuite.ts";
import { savedSearchHandlers } from "./saved-searches.ts";

let http: OverHttp;
beforeAll(async () => {
  http = await serveOverHttp(savedSearchHandlers);
});
afterAll(() => http.close());

const filters = [{ object: "flow_run", property: "state", type: "string", operation: "=", value: "FAILED" }];

test("a search is saved under its name, anew each time", async () => {
  const made = await http.ask("createSavedSearch", { body: { name: "failed", filters: [] } });
  expect(made).toMatchObject({ status: 201, body: { name: "failed", filters: [] } });
  const again = await http.ask("createSavedSearch", { body: { name: "failed", filters } });
  expect(again).toMatchObject({ status: 200, body: { id: made.body.id, filters } });
  await http.ask("createSavedSearch", { body: { name: "all" } });
  const { body } = await http.ask("readSavedSearches", { body: {} });
  expect(body.map(({ name }) => name)).toEqual(["all", "failed"]);
  const { id } = made.body;
  expect((await http.ask("readSavedSearch", { params: { id } })).body).toEqual(again.body);
  expect((await http.ask("deleteSavedSearch", { params: { id } })).status).toBe(204);
  expect((await http.ask("deleteSavedSearch", { params: { id } })).status).toBe(404);
  expect((await http.ask("readSavedSearch", { params: { id: uuidv7() } })).status).toBe(404);
});

test("searches that are saved at once under one name are one", async () => {
  const saving = [1, 2, 3].map(() => http.ask("createSavedSearch", { body: { name: "at-once", filters } }));
  const ids = (await Promise.all(saving)).map(({ body }) => body.id);
  expect(new Set(ids).size).toBe(1);
});
