import type { StateType, Timeline } from "millrace/client";
import { expect, test } from "vitest";
import { patchTimeline, type RunTimeline, toRunTimeline } from "./run-timeline.ts";

interface Row {
  readonly id: string;
  readonly task: string;
  readonly parent?: string;
  readonly state: StateType;
  readonly start: number;
  readonly end?: number;
  readonly turns?: readonly number[];
}

function answer(rows: readonly Row[], more: Partial<Timeline> = {}): Timeline {
  const taskNames = [...new Set(rows.map(({ task }) => task))];
  const places = new Map(rows.map(({ id }, place) => [id, place]));
  const tried = rows.flatMap(({ turns }, place) => (turns === undefined ? [] : [{ turns, place }]));
  return {
    flowRunId: "run",
    readAt: 100,
    eventSeq: 1,
    total: rows.length,
    count: rows.length,
    firstAt: Math.min(...rows.map(({ start }) => start)),
    lastAt: Math.max(...rows.map(({ end, start }) => end ?? start)),
    taskNames,
    density: null,
    rows: {
      ids: rows.map(({ id }) => id),
      names: rows.map(({ id }) => `${id}!`),
      tasks: rows.map(({ task }) => taskNames.indexOf(task)),
      parents: rows.map(({ parent }) => places.get(parent ?? "") ?? null),
      parentIds: rows.map(({ parent }) => parent ?? null),
      childFlowRunIds: rows.map(() => null),
      stateTypes: rows.map(({ state }) => state),
      stateNames: rows.map(({ state }) => state),
      starts: rows.map(({ start }) => start),
      ends: rows.map(({ end }) => end ?? null),
      waits: rows.map(() => 0),
      interrupted: tried.map(({ place }) => place),
      turns: tried.map(({ turns }) => turns),
    },
    ...more,
  };
}

const load: Row = { id: "a", task: "load", state: "RUNNING", start: 10 };
const loaded: Row = { ...load, state: "COMPLETED", end: 40, turns: [5, 8] };
const train: Row = { id: "b", task: "train", parent: "a", state: "RUNNING", start: 20 };
const known = toRunTimeline(answer([load]));
const whole = { isWhole: true };

/** But for when it was read. */
const shown = (timeline: RunTimeline | null) => ({ ...timeline, readAt: 0, eventSeq: 0 });

test("with what has changed it is what reading it all would give", () => {
  const changes = answer([train, loaded], { changedAfter: 1, eventSeq: 5, total: 2 });
  const patched = patchTimeline(known, changes, whole);
  expect(shown(patched)).toEqual(shown(toRunTimeline(answer([loaded, train]))));
  expect(patched?.eventSeq).toBe(5);
  // And it leaves what it was made of as it was.
  expect(shown(known)).toEqual(shown(toRunTimeline(answer([load]))));
});

test("an answer that comes twice, or too late, changes nothing", () => {
  const first = answer([train], { changedAfter: 1, eventSeq: 3, total: 2 });
  const second = answer([loaded, train], { changedAfter: 1, eventSeq: 5, total: 2 });
  const once = patchTimeline(known, second, whole);
  expect(once).not.toBeNull();
  if (once === null) return;
  expect(shown(patchTimeline(once, second, whole))).toEqual(shown(once));
  expect(patchTimeline(once, first, whole)).toBe(once);
});

test("it is read anew where something is missing", () => {
  const gap = answer([train], { changedAfter: 4, eventSeq: 5, total: 2 });
  expect(patchTimeline(known, gap, whole)).toBeNull();
  const deleted = answer([], { changedAfter: 1, eventSeq: 5, total: 0 });
  expect(patchTimeline(known, deleted, whole)).toBeNull();
  const restored = answer([], { changedAfter: 1, eventSeq: 0, total: 1 });
  expect(patchTimeline(known, restored, whole)).toBeNull();
  // Of a window nobody knows how many there are.
  expect(patchTimeline(known, { ...deleted, total: 9 }, { isWhole: false })?.columns?.length).toBe(1);
});

test("an answer with everything takes the place of it", () => {
  const patched = patchTimeline(known, answer([loaded, train], { eventSeq: 2 }), whole);
  expect(shown(patched)).toEqual(shown(toRunTimeline(answer([loaded, train]))));
});
