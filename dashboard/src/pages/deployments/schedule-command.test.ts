import type { Schedule } from "millrace/client";
import { expect, it } from "vitest";
import { toCreateCommand, toUpdateCommand } from "./schedule-command.ts";
import { newDraft, type ScheduleDraft, toDraft, toSchedule } from "./schedule-draft.ts";

const nightly = { flowName: "etl", name: "nightly" };
const draft: ScheduleDraft = { ...newDraft("Europe/Berlin"), slug: "nightly" };
const saved = { ...toSchedule(draft).schedule, id: "1", deploymentId: "2", nextAt: null } as unknown as Schedule;
const update = (change: Partial<ScheduleDraft>) => toUpdateCommand(nightly, saved, { ...toDraft(saved), ...change });

it("says how a schedule is made", () => {
  expect(toCreateCommand(nightly, { ...draft, catchUp: "all", active: false, dayOr: false })).toBe(
    "millrace deployment schedule create etl/nightly --cron '0 2 * * *' --day-and -z Europe/Berlin --slug nightly --catch-up all --catch-up-max 100 --paused",
  );
  expect(toCreateCommand(nightly, { ...newDraft("UTC"), kind: "interval", every: "2", unit: "week" })).toBe(
    "millrace deployment schedule create etl/nightly --interval 14d",
  );
});

it("says how one is changed, by what has changed of it", () => {
  const words = "millrace deployment schedule update etl/nightly nightly";
  expect(update({ cron: "0 3 * * *" })).toBe(`${words} --cron '0 3 * * *' -z Europe/Berlin`);
  expect(update({ end: "2027-01-01T00:00", jitterSeconds: "1.5" })).toBe(
    `${words} --end 2026-12-31T23:00:00Z --jitter 1500ms`,
  );
  expect(update({ slug: "", active: false, parameters: { day: "it's" } })).toBe(
    `${words} --slug= --params '{"day":"it'\\''s"}' --paused`,
  );
  expect(update({})).toBe(`${words} --cron '0 2 * * *' -z Europe/Berlin`);
});

it("takes away what was there", () => {
  const before = { ...saved, slug: null, endAt: 1_800_000_000_000 } as Schedule;
  expect(toUpdateCommand(nightly, before, { ...toDraft(before), end: "" })).toBe(
    "millrace deployment schedule update etl/nightly 1 --end none",
  );
});
