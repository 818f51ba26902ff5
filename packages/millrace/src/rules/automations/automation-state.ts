/** What is remembered of an automation between evaluations. All of it is JSON, and all of it is bounded. */

import type { Firing } from "../../contract/automations.ts";

/** Open windows of one trigger, one a value of `forEach`. One more, and the one that ends first is dropped. */
export const maxBucketsPerTrigger = 10_000;
/** Ids of counted events that a window keeps; it counts on without them. */
export const maxEventIdsPerBucket = 64;
/** Events held for windows that open later, for one value of `forEach`. */
export const maxHeldEventsPerKey = 256;

export interface AutomationState {
  /** Digest of the trigger. A state of another trigger is forgotten. */
  readonly definition: string;
  /** By path of the event trigger and by {@link keyText}. */
  readonly buckets: Table<Bucket>;
  readonly held: Table<readonly EventMark[]>;
  /** By path of the compound or sequence trigger and by index of the trigger in it: its last firing that is not used up. */
  readonly firings: Table<Firing>;
  /** By path of the metric trigger; the key is empty. */
  readonly metrics: Table<MetricState>;
}

/**
 * Rows by path and key. They stand in drawers by the hash of their key, so that a change copies one drawer and not all rows.
 */
export type Table<Value> = Readonly<Record<string, Readonly<Record<string, Drawer<Value>>>>>;
type Drawer<Value> = Readonly<Record<string, Value>>;

/** Drawers of a path. */
const drawerCount = 128;

function drawerOf(key: string): string {
  let hash = 0;
  for (let index = 0; index < key.length; index++) hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  return String((hash >>> 0) % drawerCount);
}

/** All rows of a path, in no order. */
export function rowsOf<Value>(table: Table<Value>, path: string): readonly (readonly [key: string, value: Value])[] {
  return Object.values(table[path] ?? {}).flatMap((drawer) => Object.entries(drawer));
}

/** A window of time in which events are counted: from `startAt`, up to `endAt` without it, in ms since the epoch. */
export interface Bucket {
  readonly startAt: number;
  readonly endAt: number;
  readonly count: number;
  readonly lastEvent: EventMark | null;
  /** The newest that were counted, in the order evaluated. */
  readonly eventIds: readonly string[];
}

export interface EventMark {
  readonly id: string;
  readonly name: string;
  readonly at: number;
}

export interface MetricState {
  readonly isTriggered: boolean;
  /** Since when the figure has been on the other side of the threshold; null while it is not. */
  readonly changingSince: number | null;
}

/** Nothing remembered yet. */
export function createState(definition: string): AutomationState {
  return { definition, buckets: {}, held: {}, firings: {}, metrics: {} };
}

/** The key of the values of `forEach` in a table. JSON text, so that no value can pass for a name of the language's own. */
export function keyText(values: readonly string[]): string {
  return JSON.stringify(values);
}

/** The values of a key. */
export function keyValues(text: string): readonly string[] {
  return JSON.parse(text) as readonly string[];
}

/** A state in the making: what is written to it is copied first. */
export interface StateDraft {
  readonly buckets: TableDraft<Bucket>;
  readonly held: TableDraft<readonly EventMark[]>;
  readonly firings: TableDraft<Firing>;
  readonly metrics: TableDraft<MetricState>;
  /** The state with what was written; the one it began with when nothing was. */
  readonly finish: () => AutomationState;
}

export interface TableDraft<Value> {
  readonly get: (path: string, key: string) => Value | undefined;
  readonly set: (path: string, key: string, value: Value) => void;
  readonly delete: (path: string, key: string) => void;
  /** In no order. */
  readonly entries: (path: string) => readonly (readonly [key: string, value: Value])[];
  readonly size: (path: string) => number;
  readonly finish: () => Table<Value>;
}

export function draftState(state: AutomationState): StateDraft {
  const buckets = draftTable(state.buckets);
  const held = draftTable(state.held);
  const firings = draftTable(state.firings);
  const metrics = draftTable(state.metrics);
  return {
    buckets,
    held,
    firings,
    metrics,
    finish() {
      const next: AutomationState = {
        definition: state.definition,
        buckets: buckets.finish(),
        held: held.finish(),
        firings: firings.finish(),
        metrics: metrics.finish(),
      };
      const isSame =
        next.buckets === state.buckets &&
        next.held === state.held &&
        next.firings === state.firings &&
        next.metrics === state.metrics;
      return isSame ? state : next;
    },
  };
}

function draftTable<Value>(table: Table<Value>): TableDraft<Value> {
  const current: Record<string, Record<string, Drawer<Value>>> = { ...table };
  const copied = new Set<Drawer<Value>>();
  const copiedPaths = new Set<string>();
  const toWrite = (path: string, key: string): Record<string, Value> => {
    const drawers = copiedPaths.has(path) ? (current[path] ?? {}) : { ...current[path] };
    current[path] = drawers;
    copiedPaths.add(path);
    const name = drawerOf(key);
    const known = drawers[name];
    const drawer = known !== undefined && copied.has(known) ? known : { ...known };
    drawers[name] = drawer;
    copied.add(drawer);
    return drawer;
  };
  const get = (path: string, key: string): Value | undefined => current[path]?.[drawerOf(key)]?.[key];
  return {
    get,
    set(path, key, value) {
      toWrite(path, key)[key] = value;
    },
    delete(path, key) {
      if (get(path, key) === undefined) return;
      const drawer = toWrite(path, key);
      delete drawer[key];
      if (Object.keys(drawer).length === 0) delete current[path]?.[drawerOf(key)];
      if (Object.keys(current[path] ?? {}).length === 0) delete current[path];
    },
    entries: (path) => rowsOf(current, path),
    size: (path) => Object.values(current[path] ?? {}).reduce((size, drawer) => size + Object.keys(drawer).length, 0),
    finish: () => (copiedPaths.size === 0 ? table : { ...current }),
  };
}
