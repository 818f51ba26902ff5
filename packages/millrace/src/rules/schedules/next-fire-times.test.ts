import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ScheduleSpec } from "../../contract/schedules.ts";
import { dueTimes, fireTimes, lastDueTimes } from "./next-fire-times.ts";

const iso = (atMs: number): string => new Date(atMs).toISOString().replace(":00.000Z", "Z");

function times(spec: ScheduleSpec, after: string, limit: number, seed?: string): string[] {
  return fireTimes(spec, { after: Date.parse(after), limit, seed }).map(iso);
}

const cron = (text: string, timezone = "UTC"): ScheduleSpec => ({ kind: "cron", cron: text, timezone });

describe("when the clocks change", () => {
  test.each<[string, string, string, string[]]>([
    [
      "a time that is jumped over comes as much later",
      "30 2 * * *",
      "2024-03-10T00:00Z",
      ["2024-03-10T07:30Z", "2024-03-11T06:30Z"],
    ],
    [
      "and is one with another time of the rule",
      "30 2,3 * * *",
      "2024-03-10T00:00Z",
      ["2024-03-10T07:30Z", "2024-03-11T06:30Z"],
    ],
    [
      "a time that is shown twice is the first",
      "30 1 * * *",
      "2024-11-03T00:00Z",
      ["2024-11-03T05:30Z", "2024-11-04T06:30Z"],
    ],
    ["even when asked between the two", "30 1 * * *", "2024-11-03T05:45Z", ["2024-11-04T06:30Z", "2024-11-05T06:30Z"]],
    [
      "every hour is every hour",
      "30 * * * *",
      "2024-11-03T05:00Z",
      ["2024-11-03T05:30Z", "2024-11-03T06:30Z", "2024-11-03T07:30Z"],
    ],
    [
      "and every quarter",
      "*/15 * * * *",
      "2024-11-03T05:40Z",
      ["2024-11-03T05:45Z", "2024-11-03T06:00Z", "2024-11-03T06:15Z"],
    ],
    [
      "every hour has no double in spring",
      "0 * * * *",
      "2024-03-10T05:30Z",
      ["2024-03-10T06:00Z", "2024-03-10T07:00Z", "2024-03-10T08:00Z"],
    ],
  ])("in New York, %s", (_, text, after, expected) => {
    expect(times(cron(text, "America/New_York"), after, expected.length)).toEqual(expected);
  });

  test("a day that a zone leaves out has its runs on the next, once", () => {
    expect(times(cron("30 10 * * *", "Pacific/Apia"), "2011-12-29T21:00Z", 2)).toEqual([
      "2011-12-30T20:30Z",
      "2011-12-31T20:30Z",
    ]);
  });

  test("half an hour is as good as an hour", () => {
    const found = times(cron("*/15 * * * *", "Australia/Lord_Howe"), "2024-10-05T15:14Z", 4);
    expect(found).toEqual(["2024-10-05T15:15Z", "2024-10-05T15:30Z", "2024-10-05T15:45Z", "2024-10-05T16:00Z"]);
  });

  test("an hourly recurrence goes through the doubled hour, a daily one does not", () => {
    const timezone = "Europe/Berlin";
    const hourly: ScheduleSpec = { kind: "rrule", rrule: "FREQ=HOURLY", timezone };
    expect(times(hourly, "2024-10-26T23:30Z", 3)).toEqual([
      "2024-10-27T00:00Z",
      "2024-10-27T01:00Z",
      "2024-10-27T02:00Z",
    ]);
    const daily: ScheduleSpec = { kind: "rrule", rrule: "FREQ=DAILY;BYHOUR=2", timezone };
    expect(times(daily, "2024-10-26T23:30Z", 2)).toEqual(["2024-10-27T00:00Z", "2024-10-28T01:00Z"]);
  });
});

describe("the extensions of cron that Prefect has not", () => {
  test.each<[string, string[]]>([
    ["0 0 15W * *", ["2025-06-16T00:00Z", "2025-07-15T00:00Z", "2025-08-15T00:00Z"]],
    ["0 0 1W * *", ["2025-06-02T00:00Z", "2025-07-01T00:00Z", "2025-08-01T00:00Z"]],
    ["0 0 31W * *", ["2025-05-30T00:00Z", "2025-07-31T00:00Z", "2025-08-29T00:00Z"]],
    ["0 0 LW * *", ["2025-05-30T00:00Z", "2025-06-30T00:00Z", "2025-07-31T00:00Z"]],
    ["0 0 L-3 * *", ["2025-05-28T00:00Z", "2025-06-27T00:00Z", "2025-07-28T00:00Z"]],
    ["0 0 * * FRIL", ["2025-05-30T00:00Z", "2025-06-27T00:00Z", "2025-07-25T00:00Z"]],
  ])("%s", (text, expected) => {
    expect(times(cron(text), "2025-05-17T00:00Z", 3)).toEqual(expected);
  });

  // The values are croniter's for hash_id="seed".
  test.each<[string, string[]]>([
    ["H H * * *", ["2025-01-01T11:46Z", "2025-01-02T11:46Z", "2025-01-03T11:46Z"]],
    ["H/15 * * * *", ["2025-01-01T00:01Z", "2025-01-01T00:16Z", "2025-01-01T00:31Z"]],
    ["H(10-40)/10 2 * * *", ["2025-01-01T02:16Z", "2025-01-01T02:26Z", "2025-01-01T02:36Z"]],
    ["H H(1-5) H * H", ["2025-01-05T04:46Z", "2025-01-12T04:46Z", "2025-01-19T04:46Z"]],
  ])("%s is chosen by the seed", (text, expected) => {
    expect(times(cron(text), "2024-12-31T23:59Z", 3, "seed")).toEqual(expected);
  });
});

test("a Z in a recurrence is UTC, and the zone of a TZID is the schedule's", () => {
  const inBerlin = (rrule: string): string[] => times({ kind: "rrule", rrule }, "2025-03-29T00:00Z", 2);
  const start = "DTSTART;TZID=Europe/Berlin:20250101T090000\nRRULE:FREQ=DAILY";
  expect(inBerlin(start)).toEqual(["2025-03-29T08:00Z", "2025-03-30T07:00Z"]);
  expect(inBerlin(`${start}\nEXDATE:20250329T080000Z`)).toEqual(["2025-03-30T07:00Z", "2025-03-31T07:00Z"]);
  expect(inBerlin(`${start};UNTIL=20250330T070000Z`)).toEqual(["2025-03-29T08:00Z", "2025-03-30T07:00Z"]);
  expect(inBerlin(`${start};UNTIL=20250330T065959Z`)).toEqual(["2025-03-29T08:00Z"]);
});

test("a list of dates is put in order, without doubles", () => {
  const spec: ScheduleSpec = { kind: "dates", at: [300, 100, 200, 100] };
  expect(fireTimes(spec, { after: 0, limit: 10 })).toEqual([100, 200, 300]);
  expect(fireTimes(spec, { after: 100, before: 200, limit: 10 })).toEqual([200]);
});

test("an interval without an anchor begins at midnight of the zone", () => {
  const spec: ScheduleSpec = { kind: "interval", everyMs: 86_400_000, timezone: "Europe/Berlin" };
  expect(times(spec, "2025-03-28T23:00Z", 3)).toEqual(["2025-03-29T23:00Z", "2025-03-30T22:00Z", "2025-03-31T22:00Z"]);
});

test("no due time is before the start of a schedule, nor after its end", () => {
  const schedule = { spec: cron("0 * * * *"), options: { startAt: 7_200_000, endAt: 14_400_000 } };
  expect(dueTimes(schedule, { after: 0, limit: 100 })).toEqual([7_200_000, 10_800_000, 14_400_000]);
  expect(dueTimes(schedule, { after: 14_400_000, limit: 100 })).toEqual([]);
  expect(dueTimes(schedule, { after: 7_200_000, before: 10_800_000, limit: 100 })).toEqual([10_800_000]);
});

test("the last times of a long window are found from its end", () => {
  const window = { after: Date.UTC(2020, 0, 1), before: Date.UTC(2025, 0, 1), limit: 3 };
  const last = (spec: ScheduleSpec): string[] => lastDueTimes({ spec, options: {} }, window).map(iso);
  expect(last(cron("* * * * *"))).toEqual(["2024-12-31T23:58Z", "2024-12-31T23:59Z", "2025-01-01T00:00Z"]);
  expect(last(cron("0 0 29 2 *"))).toEqual(["2020-02-29T00:00Z", "2024-02-29T00:00Z"]);
  expect(last(cron("0 12 1 7 *"))).toEqual(["2022-07-01T12:00Z", "2023-07-01T12:00Z", "2024-07-01T12:00Z"]);
});

const zones = fc.constantFrom(
  "America/New_York",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "UTC",
);
const schedules: fc.Arbitrary<ScheduleSpec> = fc.oneof(
  fc.record({
    kind: fc.constant("cron" as const),
    cron: fc
      .tuple(
        fc.constantFrom("0", "30", "*/20", "*", "15,45"),
        fc.constantFrom("*", "2", "1,2,3", "*/2", "22-4"),
        fc.constantFrom("*", "l", "1,15", "29w"),
        fc.constantFrom("*", "3,10,11", "feb"),
        fc.constantFrom("*", "sun", "mon-fri", "0#1"),
      )
      .map((fields) => fields.join(" ")),
    timezone: zones,
    dayOr: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("interval" as const),
    everyMs: fc.constantFrom(60_000, 5_400_000, 86_400_000, 129_600_000, 604_800_000),
    anchorAt: fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2030, 0, 1) }),
    timezone: zones,
  }),
  fc.record({
    kind: fc.constant("rrule" as const),
    rrule: fc.constantFrom(
      "DTSTART:20110101T023000\nRRULE:FREQ=DAILY",
      "DTSTART:20110101T013000\nRRULE:FREQ=HOURLY",
      "DTSTART:20110101T000000\nRRULE:FREQ=MINUTELY;INTERVAL=7",
      "DTSTART:20110101T023000\nRRULE:FREQ=WEEKLY;BYDAY=SU\nRDATE:20241103T013000\nEXRULE:FREQ=MONTHLY;BYDAY=1SU",
      "DTSTART:20110101T023000\nRRULE:FREQ=MONTHLY;BYDAY=-1SU,2SU;COUNT=500",
    ),
    timezone: zones,
  }),
);

/** Near the changes of the clocks of 2024 and the day that Apia left out. */
const starts = fc.oneof(
  fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2024, 11, 31) }),
  fc
    .tuple(
      fc.constantFrom("2024-03-10", "2024-03-31", "2024-04-06", "2024-10-05", "2024-10-27", "2024-11-03", "2011-12-30"),
      fc.integer({ min: -86_400_000, max: 2 * 86_400_000 }),
    )
    .map(([day, offsetMs]) => Date.parse(day) + offsetMs),
);

describe("for any schedule", () => {
  test("times ascend, and are after the start", () => {
    fc.assert(
      fc.property(schedules, starts, (spec, after) => {
        const found = fireTimes(spec, { after, limit: 30 });
        expect(found.every((atMs, index) => atMs > (found[index - 1] ?? after))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("a window cut into pieces has the same times", () => {
    fc.assert(
      fc.property(
        schedules,
        starts,
        fc.array(fc.integer({ min: 1, max: 4 * 3_600_000 }), { maxLength: 40 }),
        (spec, after, pieces) => {
          const found: number[] = [];
          let from = after;
          for (const pieceMs of pieces) {
            found.push(...fireTimes(spec, { after: from, before: from + pieceMs, limit: 1_000 }));
            from += pieceMs;
          }
          expect(found).toEqual(fireTimes(spec, { after, before: from, limit: 10_000 }));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("asking one at a time gives the same times", () => {
    fc.assert(
      fc.property(schedules, starts, (spec, after) => {
        const found: number[] = [];
        for (let from = after; found.length < 15; from = found.at(-1) ?? from) {
          const [next] = fireTimes(spec, { after: from, limit: 1 });
          if (next === undefined) break;
          found.push(next);
        }
        expect(found).toEqual(fireTimes(spec, { after, limit: 15 }));
      }),
      { numRuns: 200 },
    );
  });
});
