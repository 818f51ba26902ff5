import { describe, expect, test } from "vitest";
import type { EventTrigger } from "../../contract/automations.ts";
import {
  createState,
  draftState,
  keyText,
  maxBucketsPerTrigger,
  maxEventIdsPerBucket,
  rowsOf,
} from "./automation-state.ts";
import { eventAt, eventTrigger, firedAt, runSteps, type Step } from "./automations.testsuite.ts";

const start = (seconds: number, of = "r.1") => eventAt(seconds, "start", { of });
const beat = (seconds: number, of = "r.1") => eventAt(seconds, "beat", { of });
const end = (seconds: number, of = "r.1") => eventAt(seconds, "end", { of });
const forEach = ["id"];
const proactive = { posture: "Proactive", withinMs: 60_000 } as const;

type Case = [what: string, trigger: Partial<EventTrigger>, steps: readonly Step[], firedAt: readonly number[]];

describe("Reactive triggers fire", () => {
  test.each<Case>([
    ["at each event, without a window", { expect: ["beat"] }, [beat(0), beat(0.5), end(1), beat(2)], [0, 0.5, 2]],
    ["at any event, when nothing is expected by name", {}, [beat(0), end(1)], [0, 1]],
    [
      "once in a window, however many events follow",
      { withinMs: 60_000 },
      [beat(0), beat(10), beat(59), beat(60)],
      [0, 60],
    ],
    [
      "when enough events have come in a window",
      { threshold: 3, withinMs: 60_000 },
      [beat(0), beat(10), beat(20)],
      [20],
    ],
    [
      "not when as many come in a longer time",
      { threshold: 3, withinMs: 60_000 },
      [beat(0), beat(50), beat(70), beat(125)],
      [],
    ],
    [
      "in windows that begin at the first event after the last one",
      { threshold: 3, withinMs: 60_000 },
      [beat(0), beat(50), beat(70), beat(80), beat(129)],
      [129],
    ],
    [
      "not for events in the rest of a window that has fired",
      { threshold: 2, withinMs: 60_000 },
      [beat(0), beat(1), beat(2), beat(59), beat(61), beat(62)],
      [1, 62],
    ],
    [
      "for each value by itself",
      { threshold: 2, withinMs: 60_000, forEach },
      [beat(0, "a"), beat(1, "b"), beat(2, "a"), beat(3, "b")],
      [2, 3],
    ],
    ["for late events of the first window", { threshold: 2, withinMs: 60_000 }, [beat(600), beat(0)], [0]],
    [
      "not for late events of a window before",
      { threshold: 2, withinMs: 10_000 },
      [beat(600), beat(601), beat(605), beat(620), beat(606)],
      [601],
    ],
    ["not twice for an event that comes twice", { threshold: 2, withinMs: 60_000 }, [beat(0), beat(0), beat(0)], []],
    ["not when the first event is a minute old and there is no window", { threshold: 2 }, [beat(0), beat(60)], []],
    [
      "above one without a window, while the first event is a minute old at most",
      { threshold: 2 },
      [beat(0), beat(59), beat(100), beat(161)],
      [59],
    ],
    [
      "with `after`, only once it has come",
      { after: ["start"], expect: ["end"], withinMs: 60_000 },
      [end(0), start(1), end(2)],
      [2],
    ],
    [
      "with `after`, once for each time it comes",
      { after: ["start"], expect: ["end"], withinMs: 60_000 },
      [start(0), end(1), end(2), start(3), end(4)],
      [1, 4],
    ],
    [
      "with `after`, not when the window is over",
      { after: ["start"], expect: ["end"], withinMs: 60_000 },
      [start(0), end(61)],
      [],
    ],
    [
      "with `after`, in a window from the first, not from later ones",
      { after: ["start"], expect: ["end"], withinMs: 60_000 },
      [start(0), start(50), end(70)],
      [],
    ],
    [
      "with `after`, in a new window when one has gone by unseen",
      { after: ["start"], expect: ["end"], withinMs: 60_000 },
      [start(0), start(70), end(80)],
      [80],
    ],
    [
      "with `after`, for each value by itself",
      { after: ["start"], expect: ["end"], withinMs: 60_000, forEach },
      [start(0, "a"), end(1, "b"), end(2, "a")],
      [2],
    ],
    [
      "not at once when an event is both `after` and expected",
      { after: ["beat"], expect: ["beat"], withinMs: 60_000 },
      [beat(0), beat(1), beat(2), beat(3)],
      [1, 3],
    ],
    ["not for other resources", { match: { id: "a.*" } }, [beat(0, "a.1"), beat(1, "b.1")], [0]],
  ])("%s", (_, trigger, steps, seconds) => {
    expect(firedAt(eventTrigger(trigger), steps)).toEqual(seconds);
  });

  test.each<Case>([
    ["a window", { threshold: 2, withinMs: 10_000 }, [beat(0), beat(5), beat(50), beat(55)], [5, 55]],
    ["no window", { threshold: 2 }, [beat(0), beat(50), beat(120)], [50]],
    [
      "after",
      { after: ["start"], expect: ["end"], withinMs: 60_000 },
      [start(0), end(70), start(200), end(210)],
      [210],
    ],
  ])("and the passing of time changes nothing: %s", (_, trigger, steps, seconds) => {
    const withTime = steps.flatMap((step) =>
      typeof step === "number" ? [step] : [step.at / 1000, step, step.at / 1000],
    );
    expect(firedAt(eventTrigger(trigger), steps)).toEqual(seconds);
    expect(firedAt(eventTrigger(trigger), withTime)).toEqual(seconds);
  });
});

describe("Proactive triggers fire", () => {
  const heartbeats = { ...proactive, after: ["beat"], expect: ["beat", "end"], forEach } as const;
  const startToEnd = { ...proactive, after: ["start"], expect: ["end"], forEach } as const;
  test.each<Case>([
    ["when nothing was ever heard", { ...proactive, expect: ["beat"] }, [0, 59, 60], [60]],
    [
      "once a window while nothing is heard",
      { ...proactive, expect: ["beat"] },
      [0, 60, 119, 120, 180],
      [60, 120, 180],
    ],
    ["once for all the windows of a long sleep", { ...proactive, expect: ["beat"] }, [0, 3600, 3601], [3600]],
    ["not when it was heard", { ...proactive, expect: ["beat"] }, [0, beat(30), 60], []],
    ["when too little was heard", { ...proactive, expect: ["beat"], threshold: 2 }, [0, beat(30), 60], [60]],
    [
      "in the window after one in which it was heard",
      { ...proactive, expect: ["beat"] },
      [0, beat(30), 60, 119, 120],
      [120],
    ],
    ["at an expected event that comes too late", { ...proactive, expect: ["beat"] }, [0, beat(70)], [70]],
    ["not for a key that was never heard of", { ...proactive, expect: ["beat"], forEach }, [0, 60, 120], []],
    [
      "not for a key that had what it waited for and is gone",
      { ...proactive, expect: ["beat"], forEach },
      [beat(0, "a"), 60, 120, 600],
      [],
    ],
    ["not without an `after`", { ...proactive, after: ["start"], expect: ["end"] }, [0, 60, end(70), 600], []],
    ["when an end is missing after a start", startToEnd, [start(0), 59, 60], [60]],
    ["once for each start without an end", startToEnd, [start(0), 60, 120, start(130), 190], [60, 190]],
    ["not when the end came in time", startToEnd, [start(0), end(59), 60, 120], []],
    ["when the end came too late", startToEnd, [start(0), end(61)], [61]],
    ["not for the end of another", startToEnd, [start(0, "a"), end(10, "b"), 60], [60]],
    [
      "for a second start in the window, once the first has its end",
      startToEnd,
      [start(0), end(10), start(20), 80],
      [80],
    ],
    [
      "for the next start, though the window before it was not looked at",
      startToEnd,
      [start(0), start(70), 130],
      [70, 130],
    ],
    ["not when the end was evaluated before the start", startToEnd, [end(10), start(5), 65, 120], []],
    ["when an end evaluated before the start is older than it", startToEnd, [end(3), start(5), 65], [65]],
    ["a window after the last sign of life", heartbeats, [beat(0), beat(30), beat(60), 119, 120], [120]],
    ["not after an end", heartbeats, [beat(0), beat(30), end(40), 90, 200], []],
    [
      "not after an end that was evaluated before the last sign of life",
      heartbeats,
      [beat(0), end(40), beat(35), 100, 200],
      [],
    ],
    ["once when life goes on and ends again", heartbeats, [beat(0), 60, beat(100), beat(150), 210], [60, 210]],
    ["also at a sign of life that comes too late", heartbeats, [beat(0), beat(61), 121], [61, 121]],
    ["never with a threshold of 0", { ...proactive, expect: ["beat"], threshold: 0 }, [0, 60, 120], []],
  ])("%s", (_, trigger, steps, seconds) => {
    expect(firedAt(eventTrigger(trigger), steps)).toEqual(seconds);
  });
});

describe("a firing", () => {
  test("of a Reactive trigger names its events, labels and reason", () => {
    const trigger = eventTrigger({
      threshold: 2,
      withinMs: 60_000,
      forEach: ["related:flow:name", "id"],
    });
    const related = [{ labels: { role: "flow", name: "etl" } }];
    const { firings } = runSteps(trigger, [
      eventAt(0, "beat", { id: "e1", related }),
      eventAt(5, "beat", { id: "e2", related }),
    ]);
    expect(firings).toMatchObject([
      {
        path: "trigger",
        state: "Triggered",
        at: 5000,
        labels: { id: "r.1", "related:flow:name": "etl" },
        eventId: "e2",
        eventIds: ["e1", "e2"],
        firings: [],
        reason: "2 of 2 events within 1m 00s",
      },
    ]);
  });

  test("of a Proactive trigger names the last event that was seen", () => {
    const trigger = eventTrigger({ ...proactive, after: ["start"], expect: ["end"], threshold: 2 });
    const { firings } = runSteps(trigger, [start(0), end(10), 60]);
    expect(firings).toMatchObject([
      { at: 60_000, eventId: end(10).id, eventIds: [end(10).id], reason: "1 of 2 expected events within 1m 00s" },
    ]);
  });

  test("of a sign of life that was evaluated late names what happened after it", () => {
    const trigger = eventTrigger({ ...proactive, after: ["beat"], expect: ["beat", "end"], threshold: 2 });
    const { firings } = runSteps(trigger, [beat(0), end(40), beat(35), 95]);
    expect(firings).toMatchObject([
      { at: 95_000, eventId: end(40).id, reason: "1 of 2 expected events within 1m 00s" },
    ]);
  });

  test("has an id of its causes, the same each time", () => {
    const trigger = eventTrigger({ threshold: 2, withinMs: 60_000 });
    const [first] = runSteps(trigger, [beat(0), beat(1)]).firings;
    const [again] = runSteps(trigger, [30, beat(1), beat(0)]).firings;
    const [other] = runSteps(trigger, [beat(0), beat(2)]).firings;
    expect(first?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8/);
    expect(again?.id).toBe(first?.id);
    expect(other?.id).not.toBe(first?.id);
  });

  test("of one silence after another has another id", () => {
    const { firings } = runSteps(eventTrigger({ ...proactive, expect: ["beat"] }), [0, 60, 120]);
    expect(new Set(firings.map(({ id }) => id)).size).toBe(2);
  });

  test("of the same events for another key has another id", () => {
    const [one, two] = ["a", "b"].map(
      (of) => runSteps(eventTrigger({ forEach }), [eventAt(0, "x", { id: "e", of })]).firings[0],
    );
    expect(one?.id).not.toBe(two?.id);
  });
});

describe("what is told", () => {
  test.each<[string, Partial<EventTrigger>, readonly Step[], readonly string[]]>([
    [
      "counting",
      { threshold: 2, withinMs: 60_000 },
      [beat(0), beat(1)],
      [
        "opened: a window of 1m 00s; counted: 1 of 2 events within 1m 00s",
        "fired: 2 of 2 events within 1m 00s; opened: a window of 1m 00s",
      ],
    ],
    [
      "repeated and late events",
      { threshold: 3, withinMs: 10_000 },
      [beat(0), beat(0), beat(-1494.8198310546875)],
      [
        "opened: a window of 10s; counted: 1 of 3 events within 10s",
        "repeated: beat was counted before",
        "late: beat is before the window, which begins 9m 55s later",
      ],
    ],
    [
      "no window",
      { after: ["start"], expect: ["end"], withinMs: 60_000 },
      [end(0), start(1), end(70)],
      [
        "no-window: end came, but none of start before it",
        "opened: a window of 1m 00s",
        "expired: 0 of 1 event within 1m 00s; the window is over",
      ],
    ],
    [
      "silence",
      { ...proactive, expect: ["beat"] },
      [0, beat(30), 60, 120],
      [
        "opened: a window of 1m 00s",
        "counted: 1 of 1 expected event within 1m 00s",
        "satisfied: 1 of 1 expected event within 1m 00s; the window is over",
        "fired: 0 of 1 expected event within 1m 00s; opened: a window of 1m 00s",
      ],
    ],
    [
      "an expected event that comes twice",
      { ...proactive, after: ["start"], expect: ["end"] },
      [start(0), end(10), end(10)],
      [
        "opened: a window of 1m 00s",
        "counted: 1 of 1 expected event within 1m 00s; satisfied: 1 of 1 expected event within 1m 00s",
        "repeated: end was evaluated before",
      ],
    ],
    ["nothing, for an event that is no concern", { expect: ["beat"] }, [end(0)], [""]],
  ])("%s", (_, trigger, steps, told) => {
    expect(runSteps(eventTrigger(trigger), steps).told).toEqual(told);
  });
});

describe("limits", () => {
  test("windows: the one that ends first goes, and its key is told", () => {
    const trigger = eventTrigger({ threshold: 2, withinMs: 60_000, forEach });
    const full = runSteps(trigger, [beat(0, "first")]);
    const draft = draftState(full.state ?? createState(""));
    for (let index = 1; index < maxBucketsPerTrigger; index++) {
      const bucket = { startAt: 0, endAt: 100_000 + index, count: 1, lastEvent: null, eventIds: [] };
      draft.buckets.set("trigger", keyText([`k${index}`]), bucket);
    }
    const crowded = draft.finish();
    const { state, reasons } = runSteps(trigger, [beat(1, "one-more")], crowded);
    expect(rowsOf(state?.buckets ?? {}, "trigger")).toHaveLength(maxBucketsPerTrigger);
    expect(reasons[0]).toMatchObject({ outcome: "evicted", key: ["first"] });
  });

  test("ids of events: the newest stay, and the count goes on", () => {
    const steps = Array.from({ length: maxEventIdsPerBucket + 10 }, (_, index) => beat(index / 100));
    const { state } = runSteps(eventTrigger({ threshold: 1000, withinMs: 60_000 }), steps);
    const bucket = draftState(state ?? createState("")).buckets.get("trigger", keyText([]));
    expect(bucket?.count).toBe(steps.length);
    expect(bucket?.eventIds).toEqual(steps.slice(10).map(({ id }) => id));
  });

  test("held events: as many as decide a window, and none when they are old", () => {
    const trigger = eventTrigger({ ...proactive, after: ["start"], expect: ["end"], threshold: 2 });
    const many = Array.from({ length: 50 }, (_, index) => end(index));
    const held = runSteps(trigger, many);
    expect(
      draftState(held.state ?? createState(""))
        .held.get("trigger", keyText([]))
        ?.map(({ at }) => at / 1000),
    ).toEqual([0, 1, 48, 49]);
    expect(runSteps(trigger, [start(30), 90], held.state).firings).toHaveLength(0);
    expect(runSteps(trigger, [3600], held.state).state?.held).toEqual({});
  });
});
