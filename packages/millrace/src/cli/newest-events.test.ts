import { beforeAll, expect, test } from "vitest";
import type { Api } from "../contract/api.ts";
import { createVirtualClock } from "../kit/virtual-clock.ts";
import { createService } from "../service/create-service.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import { findLastSeq } from "../contract/last-event.ts";
import { readNewestEvents } from "./newest-events.ts";

const clock = createVirtualClock();
let api: Api;

beforeAll(async () => {
  api = createService({ store: await openSqliteStore({ path: ":memory:", durability: "process", clock }), clock });
  return () => api.close();
});

const emit = (from: number, count: number, flowRunId: string | null = null) =>
  api.record({
    processId: "p",
    events: Array.from({ length: count }, (_, index) => ({
      id: `00000000-0000-7000-8000-${String(from + index).padStart(12, "0")}`,
      name: (from + index) % 100 === 0 ? "hundred" : "other",
      at: clock.now(),
      flowRunId,
      taskRunId: null,
      resource: { id: "x" },
      payload: String(from + index),
    })),
  });

const payloads = async (...args: Parameters<typeof readNewestEvents>) =>
  (await readNewestEvents(...args)).map(({ payload }) => Number(payload));

test("there are none", async () => {
  expect(await findLastSeq(api)).toBe(0);
  expect(await payloads(api, {}, 10)).toEqual([]);
});

test("the last of many, also of names that are rare", async () => {
  await emit(1, 5000);
  expect(await findLastSeq(api)).toBe(5000);
  expect(await payloads(api, {}, 3)).toEqual([4998, 4999, 5000]);
  expect(await payloads(api, { names: ["hundred"] }, 3)).toEqual([4800, 4900, 5000]);
  expect(await payloads(api, { names: ["nothing"] }, 3)).toEqual([]);
  expect(await payloads(api, {}, 9999)).toHaveLength(5000);
});

test("those of one run, wherever they are", async () => {
  const run = "11111111-1111-7111-8111-111111111111";
  await emit(6000, 4, run);
  await emit(7000, 3000);
  expect(await payloads(api, { flowRunIds: [run] }, 2)).toEqual([6002, 6003]);
});
