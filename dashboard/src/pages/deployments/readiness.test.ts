import type { Deployment, WorkPool, WorkQueue } from "millrace/client";
import { expect, it } from "vitest";
import { judge } from "./readiness.ts";

const deployment = (change: Partial<Deployment>) =>
  ({ flowName: "etl", name: "night ly", workPoolId: "p", paused: false, readiness: "ready", ...change }) as Deployment;
const pool = (change: Partial<WorkPool>) =>
  ({ name: "local", paused: false, readiness: "ready", ...change }) as WorkPool;
const queue = (change: Partial<WorkQueue>) => ({ name: "default", paused: false, ...change }) as WorkQueue;

it("names what keeps runs from beginning, and the command that mends it", () => {
  expect(judge(deployment({}), pool({}), queue({}))).toMatchObject({ status: "ready", command: null });
  expect(judge(deployment({}), null, null)).toMatchObject({
    status: "not-ready",
    why: expect.stringContaining("gone"),
  });
  expect(judge(deployment({}), pool({ paused: true }), queue({}))).toMatchObject({
    status: "not-ready",
    command: "millrace work-pool resume local",
  });
  expect(judge(deployment({}), pool({}), queue({ paused: true }))).toMatchObject({
    command: "millrace work-queue resume local/default",
  });
  expect(judge(deployment({ readiness: "not-ready" }), pool({ readiness: "not-ready" }), queue({}))).toMatchObject({
    status: "not-ready",
    command: "millrace worker start --pool local",
  });
  expect(judge(deployment({ paused: true }), pool({}), queue({}))).toMatchObject({
    status: "paused",
    command: "millrace deployment resume 'etl/night ly'",
  });
  expect(judge(deployment({ workPoolId: null, readiness: "not-ready" }), null, null)).toMatchObject({
    status: "not-ready",
    command: null,
  });
});
