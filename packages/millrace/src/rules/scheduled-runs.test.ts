import { describe, expect, test } from "vitest";
import type { Deployment, Schedule } from "../contract/objects.ts";
import type { ScheduleSpec } from "../contract/schedules.ts";
import { decideRunsToMake, toScheduledRun } from "./scheduled-runs.ts";

const now = Date.UTC(2026, 10, 25, 12);
const minuteMs = 60_000;
const dayMs = 86_400_000;

function aSchedule(spec: ScheduleSpec, more: Partial<Schedule> = {}): Schedule {
  return {
    id: "0199a000-0000-7000-8000-00000000000a",
    revision: 1,
    createdAt: now,
    updatedAt: now,
    deploymentId: "0199a000-0000-7000-8000-00000000000d",
    slug: null,
    active: true,
    nextAt: now,
    spec: { ...spec },
    ...more,
  };
}

describe("the runs that a schedule has ahead", () => {
  test("reach an hour, and are topped up when a quarter of them has come", () => {
    const made = decideRunsToMake(aSchedule({ kind: "cron", cron: "* * * * *" }), now);
    expect(made.dueAt).toHaveLength(60);
    expect(made.madeUntil).toBe(now + 60 * minuteMs);
    expect(made.nextAt).toBe(now + 15 * minuteMs);
  });

  test("are three where they are rare", () => {
    const made = decideRunsToMake(aSchedule({ kind: "cron", cron: "0 0 * * *" }), now);
    expect(made.dueAt).toEqual([0.5, 1.5, 2.5].map((days) => now + days * dayMs));
    expect(made.nextAt).toBe(now + 0.5 * dayMs);
  });

  test("are a hundred at most, or what the schedule says", () => {
    const every = { kind: "interval", everyMs: 1000, anchorAt: now } as const;
    const made = decideRunsToMake(aSchedule(every), now);
    expect(made.dueAt).toHaveLength(100);
    expect(made.nextAt).toBe(now + 25_000);
    const few = decideRunsToMake(aSchedule(every, { maxScheduledRuns: 2 }), now);
    expect(few).toEqual({ dueAt: [now + 1000, now + 2000], nextAt: now + 1000, madeUntil: now + 2000 });
  });

  test("are none beyond a hundred days, where it is looked at in time", () => {
    const made = decideRunsToMake(aSchedule({ kind: "dates", at: [now + 150 * dayMs] }), now);
    expect(made).toEqual({ dueAt: [], nextAt: now + 50 * dayMs, madeUntil: now });
    const quarterly = decideRunsToMake(aSchedule({ kind: "cron", cron: "0 0 1 1,4,7,10 *" }), now);
    expect(quarterly.dueAt).toEqual([Date.UTC(2027, 0, 1)]);
    expect(quarterly.nextAt).toBe(Date.UTC(2026, 11, 22));
  });

  test("are none beyond the horizon that is asked for", () => {
    const daily = aSchedule({ kind: "cron", cron: "0 0 * * *" });
    const made = decideRunsToMake(daily, now, dayMs);
    expect(made).toEqual({ dueAt: [now + 0.5 * dayMs], nextAt: now + 0.5 * dayMs, madeUntil: now + 0.5 * dayMs });
    expect(decideRunsToMake(daily, now, dayMs / 4)).toEqual({ dueAt: [], nextAt: now + dayMs / 4, madeUntil: now });
  });

  test("end with the schedule", () => {
    const made = decideRunsToMake(aSchedule({ kind: "dates", at: [now - 1, now + 1, now + 2] }), now);
    expect(made).toEqual({ dueAt: [now + 1, now + 2], nextAt: null, madeUntil: now + 2 });
    const bounded = aSchedule(
      { kind: "cron", cron: "0 * * * *" },
      { startAt: now + 3 * dayMs, endAt: now + 3 * dayMs },
    );
    expect(decideRunsToMake(bounded, now)).toMatchObject({ dueAt: [now + 3 * dayMs], nextAt: null });
  });
});

describe("runs that were missed", () => {
  const hourly = { kind: "cron", cron: "0 * * * *" } as const;
  const missed = (more: Partial<Schedule>) =>
    decideRunsToMake(
      aSchedule(hourly, { madeUntil: now - 5 * 60 * minuteMs, ...more }),
      now + 10 * minuteMs,
    ).dueAt.filter((dueAt) => dueAt <= now + 10 * minuteMs);

  test("are made as the policy says", () => {
    expect(missed({})).toEqual([]);
    expect(missed({ catchUp: { policy: "latest" } })).toEqual([now]);
    expect(missed({ catchUp: { policy: "all", max: 2 } })).toEqual([now - 60 * minuteMs, now]);
    expect(missed({ catchUp: { policy: "all", max: 50 } })).toHaveLength(5);
  });

  test("are none of a schedule that is new", () => {
    expect(missed({ catchUp: { policy: "all", max: 50 }, madeUntil: null })).toEqual([]);
  });
});

describe("a schedule's run", () => {
  const deployment: Deployment = {
    id: "0199a000-0000-7000-8000-00000000000d",
    revision: 1,
    createdAt: now,
    updatedAt: now,
    flowId: "0199a000-0000-7000-8000-00000000000f",
    flowName: "etl",
    name: "nightly",
    paused: false,
    tags: ["prod"],
    workPoolId: null,
    workQueueId: null,
    concurrencyLimit: null,
    polledAt: null,
    parameters: { date: "today", rows: 1 },
  };

  test("is the same wherever it is made, and another for another time", () => {
    const schedule = aSchedule({ kind: "cron", cron: "* * * * *" }, { parameters: { rows: 2 }, jitterMs: 5000 });
    const run = toScheduledRun({ deployment, schedule, dueAt: now, now: now - 1 });
    expect(toScheduledRun({ deployment, schedule, dueAt: now, now: now - 1 })).toEqual(run);
    expect(toScheduledRun({ deployment, schedule, dueAt: now + 1, now }).id).not.toBe(run.id);
    expect(run).toMatchObject({ flowName: "etl", parameters: '{"date":"today","rows":2}', autoScheduled: true });
    expect(run.tags).toEqual(["auto-scheduled", "prod"]);
    const scheduledAt = run.states[0]?.details?.scheduledAt ?? 0;
    expect(scheduledAt).toBeGreaterThanOrEqual(now);
    expect(scheduledAt).toBeLessThanOrEqual(now + 5000);
  });
});
