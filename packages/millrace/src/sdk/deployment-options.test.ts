import { expect, test } from "vitest";
import * as z from "zod";
import type { DeploymentTrigger } from "./deployment-trigger.ts";
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

test("triggers are written short, with what their runs are given", () => {
  const { planned } = etl.toDeployment({
    name: "nightly",
    triggers: [
      { kind: "event", expect: "file.arrived", parameters: { day: "{{ event.payload.day }}" } },
      {
        name: "no-order",
        kind: "compound",
        triggers: [{ kind: "event", posture: "Proactive", expect: ["order.*"], within: "1h" }],
        delay: "5m",
        enabled: false,
      },
    ],
  });
  const usual = { match: {}, matchRelated: [], after: [], forEach: [], threshold: 1 };
  expect(planned.deployment.triggers).toEqual([
    {
      name: "nightly__automation_1",
      trigger: { kind: "event", posture: "Reactive", ...usual, expect: ["file.arrived"], withinMs: 0 },
      parameters: { day: "{{ event.payload.day }}" },
    },
    {
      name: "no-order",
      enabled: false,
      trigger: {
        kind: "compound",
        require: "all",
        withinMs: null,
        triggers: [{ kind: "event", posture: "Proactive", ...usual, expect: ["order.*"], withinMs: 3_600_000 }],
      },
      delayMs: 300_000,
    },
  ]);
});

test.each<[string, object, RegExp]>([
  [
    "a field that is not known",
    { kind: "event", treshold: 3 },
    /trigger 1 has a field `treshold`.*Did you mean `threshold`\?\)/,
  ],
  ["a kind that is not known", { kind: "evnt" }, /Did you mean `event`\?/],
  ["no kind", {}, /has no `kind`/],
  ["what is no duration", { kind: "event", within: "soon" }, /within/],
  ["a delay that is none", { kind: "event", delay: "x" }, /duration/],
])("a trigger with %s is refused", (_, trigger, message) => {
  const make = () => etl.toDeployment({ triggers: [trigger as DeploymentTrigger] });
  expect(make).toThrow(
    expect.objectContaining({ code: "DEPLOYMENT_INVALID", message: expect.stringMatching(message) }),
  );
});
