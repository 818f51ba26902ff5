import type { Worker, WorkPool } from "millrace/client";
import { expect, test } from "vitest";
import { healthOf } from "./pool-health.ts";

const base = { id: "1", revision: 1, createdAt: 0, updatedAt: 0 };
const pool: WorkPool = { ...base, name: "local", type: "process", paused: false };
const worker: Worker = { ...base, workPoolId: "1", name: "ada", heartbeatAt: 1000, heartbeatIntervalMs: 1000 };

test("a pool is ready while a worker of it is heard of", () => {
  expect(healthOf({ pool, workers: [worker] }, 2000).state).toBe("ready");
  expect(healthOf({ pool, workers: [worker] }, 60_000)).toMatchObject({ state: "not-ready" });
  expect(healthOf({ pool, workers: [] }, 2000).why).toContain("for a day");
});

test("a pool that is paused is that, whoever is there", () => {
  expect(healthOf({ pool: { ...pool, paused: true }, workers: [worker] }, 2000).state).toBe("paused");
});
