import type { Deployment } from "millrace/client";
import { expect, it } from "vitest";
import { copyTexts, emptyRequest, toSubmission } from "./run-request.ts";

const deployment = {
  id: "d1",
  flowName: "etl",
  name: "nightly",
  parameters: { rows: 500, mode: "full" },
} as unknown as Deployment;

it("sends what is not the deployment's anyway", () => {
  const request = {
    ...emptyRequest,
    parameters: { rows: 500, mode: "part", day: "2026-11-26" },
    tags: "a, b,, a",
    name: " by hand ",
    when: "at" as const,
    at: "2026-12-01T06:00",
    jobVariables: '{ "image": "x:1" }',
  };
  expect(toSubmission(deployment, request, "Europe/Berlin")).toEqual({
    faults: {},
    submission: {
      deployment: "d1",
      parameters: { mode: "part", day: "2026-11-26" },
      name: "by hand",
      tags: ["a", "b"],
      scheduledAt: Date.UTC(2026, 11, 1, 5),
      jobVariables: { image: "x:1" },
    },
  });
});

it("names the fields that are wrong", () => {
  const request = { ...emptyRequest, when: "at" as const, jobVariables: "[1]" };
  expect(Object.keys(toSubmission(deployment, request, "UTC").faults)).toEqual(["at", "jobVariables"]);
});

it("says how to ask for it from elsewhere, whatever is in it", () => {
  const { submission } = toSubmission(
    deployment,
    { ...emptyRequest, parameters: { note: "it's $HOME" }, tags: "x y" },
    "UTC",
  );
  expect(copyTexts.command(deployment, submission, "")).toBe(
    `millrace deployment run etl/nightly --params '{"note":"it'\\''s $HOME"}' -t 'x y'`,
  );
  expect(copyTexts.curl(deployment, submission, "http://h:1/")).toContain(`'{"deployment":"d1",`);
  expect(copyTexts.typescript(deployment, submission, "http://h:1/")).toContain('"deployment": "etl/nightly"');
});
