import { expect, test } from "vitest";
import { type ScheduleInput, toScheduleToSave } from "./schedule-input.ts";

const berlin = { timezone: "Europe/Berlin" };
const noon = Date.UTC(2026, 10, 25, 12);

test.each<[ScheduleInput, object]>([
  [
    { cron: "0 2 * * *", ...berlin, dayOr: false },
    { kind: "cron", cron: "0 2 * * *", ...berlin, dayOr: false },
  ],
  [{ interval: "90s" }, { kind: "interval", everyMs: 90_000 }],
  [
    { interval: "1 day", anchor: "2026-11-25T12:00:00Z", ...berlin },
    { kind: "interval", everyMs: 86_400_000, anchorAt: noon, ...berlin },
  ],
  [{ rrule: "FREQ=DAILY" }, { kind: "rrule", rrule: "FREQ=DAILY" }],
  [{ dates: [new Date(noon), noon + 1] }, { kind: "dates", at: [noon, noon + 1] }],
])("%o is what is saved", (input, spec) => {
  expect(toScheduleToSave(input, "d")).toEqual({ slug: null, active: true, spec });
});

test("what a schedule has beside its times is kept", () => {
  const input: ScheduleInput = {
    cron: "@daily",
    name: "nightly",
    active: false,
    parameters: { full: true },
    catchUp: { policy: "all", max: 3 },
    jitter: "5m",
    startAt: new Date(noon),
    endAt: "2026-12-01",
  };
  expect(toScheduleToSave(input, "d")).toEqual({
    slug: "nightly",
    active: false,
    spec: { kind: "cron", cron: "@daily" },
    parameters: { full: true },
    catchUp: { policy: "all", max: 3 },
    jitterMs: 300_000,
    startAt: noon,
    endAt: Date.UTC(2026, 11, 1),
  });
});

test.each<ScheduleInput>([{}, { cron: "@daily", interval: "1h" }, { interval: "1h", anchor: "some day" }])(
  "%o is refused",
  (input) => {
    expect(() => toScheduleToSave(input, "d")).toThrow(expect.objectContaining({ code: "DEPLOYMENT_INVALID" }));
  },
);
