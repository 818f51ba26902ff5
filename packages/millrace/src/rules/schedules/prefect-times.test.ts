/** Our times against those of Prefect, in fixtures/prefect-times.json (made by write_prefect_times.py beside it). */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ScheduleSpec } from "../../contract/schedules.ts";
import { checkSchedule } from "./check-schedule.ts";
import { fireTimes } from "./next-fire-times.ts";

interface Vector {
  readonly spec: ScheduleSpec;
  readonly start: string;
  /** Prefect's next ten times from the start, the start included. */
  readonly times: readonly string[];
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL("fixtures/prefect-times.json", import.meta.url), "utf8"),
);

/** Where we differ on purpose: the times that only one side has among the first ten. */
interface Difference {
  readonly why: string;
  readonly when: (vector: Vector) => boolean;
  readonly onlyPrefect: readonly string[];
  readonly onlyOurs: readonly string[];
}

const text = (spec: ScheduleSpec): string =>
  spec.kind === "cron" ? spec.cron : spec.kind === "rrule" ? spec.rrule : "";
const zone = (spec: ScheduleSpec): string => (spec.kind === "dates" ? "" : (spec.timezone ?? "UTC"));

/** Ten daily times from a date, at a time of day in UTC. */
const daily = (from: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => new Date(Date.parse(from) + index * 86_400_000).toISOString());

const jumpsForward =
  "a recurrence at a time that the clocks jump over comes later, as RFC 5545 says; dateutil goes back";
const differences: readonly Difference[] = [
  {
    why: jumpsForward,
    when: ({ spec, start }) =>
      text(spec).includes("T023000\nRRULE:FREQ=DAILY") &&
      zone(spec) === "America/New_York" &&
      start.startsWith("2024-03"),
    onlyPrefect: ["2024-03-10T06:30:00.000Z"],
    onlyOurs: ["2024-03-10T07:30:00.000Z"],
  },
  {
    why: jumpsForward,
    when: ({ spec, start }) =>
      text(spec).includes("T023000\nRRULE:FREQ=DAILY") && zone(spec) === "Europe/Berlin" && start.startsWith("2024-03"),
    onlyPrefect: ["2024-03-31T00:30:00.000Z"],
    onlyOurs: ["2024-03-31T01:30:00.000Z"],
  },
  {
    why: jumpsForward,
    when: ({ spec }) => text(spec).includes("BYDAY=-1SU"),
    onlyPrefect: ["2025-03-30T00:30:00.000Z"],
    onlyOurs: ["2025-03-30T01:30:00.000Z"],
  },
  {
    why: "an interval of days whose time was jumped over is back at its hour the next day, and does not keep the later one",
    when: ({ spec }) =>
      spec.kind === "interval" && spec.anchorAt === Date.UTC(2024, 0, 1, 7, 30) && zone(spec) === "America/New_York",
    onlyPrefect: daily("2024-03-11T07:30:00Z", 9),
    onlyOurs: daily("2024-03-11T06:30:00Z", 9),
  },
  {
    why: "an interval of hours is elapsed time: an hour that is shown twice is two hours",
    when: ({ spec, start }) =>
      spec.kind === "interval" &&
      spec.everyMs === 3_600_000 &&
      zone(spec) === "Europe/Berlin" &&
      start.startsWith("2024-10"),
    onlyPrefect: ["2024-10-27T06:00:00.000Z"],
    onlyOurs: ["2024-10-27T01:00:00.000Z"],
  },
  {
    why: "a cron expression for every hour has an hour that is shown twice, twice",
    when: ({ spec, start }) =>
      text(spec) === "0 * * * *" && zone(spec) === "Europe/Berlin" && start.startsWith("2024-10"),
    onlyPrefect: ["2024-10-27T06:00:00.000Z"],
    onlyOurs: ["2024-10-27T01:00:00.000Z"],
  },
  {
    why: "croniter passes over 1 March when it looks for the 31st of a short February",
    when: ({ spec, start }) => text(spec) === "0 6 */10 * mon" && start.startsWith("2024"),
    onlyPrefect: ["2024-04-15T06:00:00.000Z"],
    onlyOurs: ["2024-03-01T06:00:00.000Z"],
  },
];

const iso = (atMs: number): string => new Date(atMs).toISOString();

function compare(vector: Vector): { readonly onlyPrefect: readonly string[]; readonly onlyOurs: readonly string[] } {
  checkSchedule(vector.spec);
  const ours = fireTimes(vector.spec, { after: Date.parse(vector.start) - 1, limit: 10 }).map(iso);
  const theirs = vector.times.map((time) => iso(Date.parse(time)));
  return {
    onlyPrefect: theirs.filter((time) => !ours.includes(time)),
    onlyOurs: ours.filter((time) => !theirs.includes(time)),
  };
}

describe("the next ten times are Prefect's", () => {
  const agreeing = vectors.filter((vector) => !differences.some(({ when }) => when(vector)));
  test("there are enough of them", () => expect(agreeing.length).toBeGreaterThan(200));
  test.each(agreeing.map((vector) => [`${JSON.stringify(vector.spec)} from ${vector.start}`, vector] as const))(
    "%s",
    (_, vector) => {
      expect(compare(vector)).toEqual({ onlyPrefect: [], onlyOurs: [] });
      expect(vector.times.length).toBeGreaterThan(0);
    },
  );
});

describe("where we differ from Prefect", () => {
  test.each(differences)("$why", ({ when, onlyPrefect, onlyOurs }) => {
    const found = vectors.filter(when);
    expect(found).toHaveLength(1);
    expect(found.map(compare)).toEqual([{ onlyPrefect, onlyOurs }]);
  });
});
