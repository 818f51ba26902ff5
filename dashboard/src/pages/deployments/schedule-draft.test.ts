import type { Schedule } from "millrace/client";
import { expect, it } from "vitest";
import { newDraft, type ScheduleDraft, toDraft, toSchedule } from "./schedule-draft.ts";

const draft: ScheduleDraft = { ...newDraft("Europe/Berlin"), slug: " nightly " };

const save = (change: Partial<ScheduleDraft>) => toSchedule({ ...draft, ...change });

it("makes of its fields what is saved", () => {
  expect(save({ jitterSeconds: "30", catchUp: "all", catchUpMax: "5", start: "2026-12-01T00:00" })).toEqual({
    faults: {},
    schedule: {
      slug: "nightly",
      active: true,
      spec: { kind: "cron", cron: "0 2 * * *", timezone: "Europe/Berlin" },
      parameters: {},
      jitterMs: 30_000,
      catchUp: { policy: "all", max: 5 },
      startAt: Date.UTC(2026, 10, 30, 23),
      endAt: null,
    },
  });
  expect(save({ kind: "interval", every: "1.5", unit: "hour" }).schedule.spec).toMatchObject({ everyMs: 5_400_000 });
  expect(save({ kind: "dates", dates: "2026-12-01T06:00\n\n2026-12-02 07:30" }).schedule.spec).toEqual({
    kind: "dates",
    at: [Date.UTC(2026, 11, 1, 5), Date.UTC(2026, 11, 2, 6, 30)],
  });
});

it("names the fields that are wrong", () => {
  expect(save({ kind: "interval", every: "often" }).faults).toHaveProperty("every");
  expect(save({ kind: "dates", dates: "tomorrow" }).faults.dates).toContain("“tomorrow” is no time");
  expect(save({ end: "later", jitterSeconds: "-1" }).faults).toMatchObject({ end: expect.any(String) });
});

it("shows what is saved as it was written", () => {
  const changes: readonly Partial<ScheduleDraft>[] = [
    { dayOr: false, catchUp: "latest" },
    { kind: "interval", every: "2", unit: "week", anchor: "2026-01-05T09:00" },
    { kind: "interval", every: "90", unit: "second" },
    { kind: "rrule", rrule: "FREQ=DAILY", end: "2027-01-01T00:00" },
  ];
  for (const change of changes) {
    const saved = save(change).schedule;
    const shown = toDraft({ ...saved, id: "1", deploymentId: "2", nextAt: null } as unknown as Schedule);
    expect(toSchedule(shown).schedule).toEqual(saved);
  }
});
