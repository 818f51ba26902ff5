import { expect, test } from "vitest";
import * as z from "zod";
import { flow } from "./flow.ts";

const etl = flow(
  {
    name: "etl",
    description: "Loads a day",
    version: "7",
    parameters: z.object({ day: z.string(), full: z.boolean() }),
  },
  async () => undefined,
);

test("a deployment takes what it does not say from its flow", () => {
  const { name, planned } = etl.toDeployment();
  expect(name).toBe("etl");
  expect(planned.deployment).toMatchObject({
    flowName: "etl",
    name: "etl",
    description: "Loads a day",
    version: "7",
    parameters: {},
    parameterSchema: { type: "object", properties: { day: { type: "string" } }, required: ["day", "full"] },
    enforcesSchema: true,
    tags: [],
    paused: false,
    concurrencyLimit: null,
    schedules: [],
  });
});

test("short forms are schedules of the zone", () => {
  const timezone = "Europe/Berlin";
  const { planned } = etl.toDeployment({ cron: ["0 2 * * *", "@weekly"], interval: "1h", timezone });
  expect(planned.deployment.schedules?.map(({ spec }) => spec)).toEqual([
    { kind: "cron", cron: "0 2 * * *", timezone },
    { kind: "cron", cron: "@weekly", timezone },
    { kind: "interval", everyMs: 3_600_000, timezone },
  ]);
});

test("a flow without a schema has no schema of its parameters, and a hash of its code for a version", () => {
  const plain = flow({ name: "plain" }, async () => 1);
  const { deployment } = plain.toDeployment({ name: "daily" }).planned;
  expect(deployment).toMatchObject({ name: "daily", parameterSchema: null, description: null });
  expect(deployment.version).toMatch(/^[\da-f]{16}$/);
});

test("schedules and their short forms are not given together", () => {
  expect(() => etl.toDeployment({ cron: "@daily", schedules: [{ interval: "1h" }] })).toThrow(
    expect.objectContaining({ code: "DEPLOYMENT_INVALID" }),
  );
});
