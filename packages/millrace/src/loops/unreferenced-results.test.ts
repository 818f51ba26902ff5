/**
 * Results are written, referred to, handed on by a cache, let go of and swept at the same time, from a seed: each step of the loop may
 * have any of that before it, or the end of its process. MILLRACE_PROPERTY_FACTOR multiplies the seeds.
 */

import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { KeptObject, ResultStorage, SweptStorage } from "../contract/results.ts";
import type { StoredResult } from "../contract/store.ts";
import { systemClock } from "../kit/clock.ts";
import { uuidv7 } from "../kit/ids.ts";
import { createRandom, pick, type Random } from "../kit/random.ts";
import { createFileStorage } from "../results/file-storage.ts";
import { createFileSweep } from "../results/file-sweep.ts";
import { type S3Server, startS3Server } from "../results/s3-server.testsuite.ts";
import { createS3Storage } from "../results/s3-storage.ts";
import { createS3Sweep } from "../results/s3-sweep.ts";
import { createUnreferencedResultsLoop } from "./unreferenced-results.ts";

const factor = Number(process.env.MILLRACE_PROPERTY_FACTOR ?? 1);
const seeds = 60 * factor;
const seedsOnS3 = 6 * factor;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Whoever has written a result, or taken it from the cache or another run, refers to it within this time. */
const soonMs = 50 * minuteMs;

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "millrace-unreferenced-"));
});
afterEach(() => {
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
});

interface World {
  readonly storage: ResultStorage;
  readonly swept: SweptStorage;
  readonly clock: { now(): number; monotonic(): number };
  /** Something happens. */
  step(): Promise<void>;
  walkReferred(): AsyncIterable<readonly StoredResult[]>;
  deleteExpiredCache(before: number): Promise<number>;
  /** Keys that are referred to, or will be, and are not there. */
  readonly lost: string[];
  readonly referred: () => ReadonlySet<string>;
}

/** Where the results of a world are. */
interface Place {
  readonly storage: ResultStorage;
  readonly swept: SweptStorage;
  /** A content that is drawn. */
  content(nth: number): Uint8Array;
  /** What was just written was so at this time, by the clock of the world, in ms UTC. */
  touch(key: string, at: number): void;
  isReadable(key: string): boolean;
  /** A process has died within the deletion of this one. */
  leave(key: string, at: number): void;
}

function createFolder(folder: string): Place {
  const pathOf = (key: string): string => join(folder, key.slice(0, 2), key.slice(2));
  return {
    storage: createFileStorage({ folder }),
    swept: createFileSweep(folder),
    content: (nth) => Buffer.from(`content ${nth}`),
    touch(key, at) {
      try {
        utimesSync(pathOf(key), at / 1000, at / 1000);
      } catch (error) {
        // A deletion beside it has put it aside for a moment: then it has been touched, and comes back.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    },
    isReadable(key) {
      if (existsSync(pathOf(key))) return true;
      const names = existsSync(dirname(pathOf(key))) ? readdirSync(dirname(pathOf(key))) : [];
      return names.some((name) => name.startsWith(key.slice(2)));
    },
    leave(key) {
      if (existsSync(pathOf(key))) renameSync(pathOf(key), `${pathOf(key)}.swept-${uuidv7()}`);
    },
  };
}

/** Half of the contents are such that it is asked first whether they are there. */
function createBucket({ objects, writtenAt, endpoint }: S3Server): Place {
  const options = { bucket: "results", endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  return {
    storage: createS3Storage(options),
    swept: createS3Sweep(options),
    content: (nth) => Buffer.alloc(nth % 2 === 0 ? 10 : 2 ** 20 + 1, nth),
    touch: () => undefined,
    isReadable: (key) => [...objects.keys()].some((path) => path.startsWith(`results/${key}`)),
    leave(key, at) {
      const content = objects.get(`results/${key}`);
      const aside = `results/${key}.swept-${uuidv7()}`;
      if (content !== undefined) objects.set(aside, content);
      writtenAt.set(aside, at);
    },
  };
}

const names = ["file", "folder:/the/same", "shared"];

class Died extends Error {}

function createWorld(random: Random, place: Place): World {
  const { storage } = place;
  // A file cannot have come before it was made.
  const startedAt = systemClock.now();
  let elapsedMs = 0;
  const now = (): number => startedAt + elapsedMs;
  const rows: string[] = [];
  const cache = new Map<string, { readonly key: string; readonly expiresAt: number }>();
  const pending: { readonly key: string; readonly since: number }[] = [];
  const lost: string[] = [];
  const below = (count: number): number => Math.floor(random() * count);
  const live = (): readonly string[] =>
    [...cache.values()].filter(({ expiresAt }) => expiresAt > now()).map(({ key }) => key);
  const referred = (): ReadonlySet<string> => new Set([...rows, ...live(), ...pending.map(({ key }) => key)]);

  function look(): void {
    for (const key of referred()) if (!place.isReadable(key)) lost.push(key);
  }

  function refer(): void {
    const [first] = pending.splice(0, 1);
    if (first === undefined) return;
    rows.push(first.key);
    if (random() < 0.5) cache.set(uuidv7(), { key: first.key, expiresAt: now() + below(6) * 30 * minuteMs });
  }

  const happenings: readonly (() => Promise<void> | void)[] = [
    async () => {
      const { key } = await storage.write(place.content(below(8)));
      place.touch(key, now());
      pending.push({ key, since: now() });
    },
    refer,
    () => {
      const keys = live();
      if (keys.length > 0) pending.push({ key: pick(random, keys), since: now() });
    },
    () => {
      // As a run does that takes over the results of another.
      if (rows.length > 0) pending.push({ key: pick(random, rows), since: now() });
    },
    () => void rows.splice(below(rows.length), 1 + below(3)),
    () => {
      const byMs = below(90) * minuteMs;
      while (pending[0] !== undefined && now() + byMs - pending[0].since > soonMs) refer();
      elapsedMs += byMs;
    },
    () => {
      // A process has died between putting it aside and deleting it, or putting it back.
      const key = pick(random, [...referred(), ""]);
      if (key !== "") place.leave(key, now());
    },
    () => {
      throw new Died();
    },
  ];
  const weights = [4, 4, 3, 3, 6, 3, 0.3, 0.3];

  async function step(): Promise<void> {
    let drawn = random() * weights.reduce((sum, each) => sum + each, 0);
    const chosen = weights.findIndex((weight) => (drawn -= weight) < 0);
    await happenings[chosen]?.();
    look();
  }
  async function steps(): Promise<void> {
    while (random() < 0.6) await step();
  }

  const swept: SweptStorage = {
    async *walk(afterKey) {
      for await (const part of place.swept.walk(afterKey)) {
        await steps();
        yield part;
      }
    },
    async deleteUntouched(found: KeptObject) {
      await steps();
      const isGone = await place.swept.deleteUntouched(found);
      look();
      return isGone;
    },
  };
  return {
    storage,
    swept,
    clock: { now, monotonic: () => elapsedMs },
    step,
    lost,
    referred,
    async *walkReferred() {
      for (let at = 0; at < rows.length; at++) {
        // The folder has several names.
        yield [{ store: pick(random, names), key: rows[at] ?? "" }];
        await steps();
      }
      for (const { key } of cache.values()) {
        yield [{ store: "file", key }];
        await steps();
      }
    },
    async deleteExpiredCache(before) {
      const expired = [...cache].filter(([, { expiresAt }]) => expiresAt <= before);
      for (const [id] of expired) cache.delete(id);
      return expired.length;
    },
  };
}

interface Living {
  readonly place: Place;
  readonly quietMs?: number;
  /** Default 2 hours. */
  readonly retentionMs?: number;
  /** Ticks of the loop. Default 60. */
  readonly ticks?: number;
  /** Told of the clock of its world. */
  readonly onClock?: (now: () => number) => void;
}

async function live(seed: number, { place, ticks = 60, onClock = () => undefined, ...more }: Living) {
  const world = createWorld(createRandom(`results ${seed}`), place);
  onClock(() => world.clock.now());
  const loop = createUnreferencedResultsLoop({
    ...world,
    storages: [world.swept],
    retentionMs: 2 * hourMs,
    ...more,
  });
  let deleted = 0;
  for (let time = 0; time < ticks; time++) {
    try {
      await world.step();
      deleted += await loop.tick();
    } catch (error) {
      if (!(error instanceof Died)) throw error;
    }
  }
  await loop.stop();
  return { ...world, deleted };
}

test("what is referred to, or about to be, is never deleted, and what is not goes", async () => {
  let deleted = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const world = await live(seed, { place: createFolder(join(base, String(seed))) });
    expect(world.lost, `seed ${seed}`).toEqual([]);
    for (const key of world.referred()) await world.storage.read(key);
    deleted += world.deleted;
  }
  expect(deleted).toBeGreaterThan(seeds / 4);
});

test("nor is it on S3, which deletes what was written a moment ago as it does what is old", {
  timeout: 20_000 * factor,
}, async () => {
  let deleted = 0;
  for (let seed = 0; seed < seedsOnS3; seed++) {
    await using server = await startS3Server(["results"]);
    const world = await live(seed, {
      place: createBucket(server),
      onClock: (now) => (server.now = now),
      // What is old goes twice through it.
      retentionMs: hourMs,
      ticks: 150,
    });
    expect(world.lost, `seed ${seed}`).toEqual([]);
    for (const key of world.referred()) await world.storage.read(key);
    deleted += world.deleted;
  }
  expect(deleted).toBeGreaterThan(0);
});

test("a storage that cannot be reached is told of, and the others are swept all the same", async () => {
  const few = createOldResults(10);
  const away: SweptStorage = {
    // oxlint-disable-next-line require-yield -- it does not come to that
    async *walk() {
      throw new Error("nobody answers");
    },
    deleteUntouched: async () => false,
  };
  const loop = createRestingLoop([away, few.swept], []);
  await expect(loop.goOnAt(0)).rejects.toThrow("nobody answers");
  expect(await loop.goOnAt(0.5)).toBe(0);
  // The second look; then the round is over, and a new one asks again.
  await expect(loop.goOnAt(1)).rejects.toThrow("nobody answers");
  expect(few.there.size).toBe(0);
});

/** A storage of so many old results, gone through by counts alone. */
function createOldResults(count: number) {
  const keys = Array.from({ length: count }, (_, nth) => String(nth).padStart(9, "0"));
  const there = new Set(keys);
  const swept: SweptStorage = {
    async *walk(afterKey = "") {
      for (let at = 0; at < keys.length; at += 200) {
        const part = keys.slice(at, at + 200).filter((key) => key > afterKey && there.has(key));
        yield part.map((key) => ({ key, sizeBytes: 1, touchedAt: 0, cameAt: 0 }));
      }
    },
    deleteUntouched: async ({ key }) => there.delete(key),
  };
  return { keys, there, swept };
}

function createRestingLoop(storages: readonly SweptStorage[], referred: readonly string[]) {
  let elapsedMs = 0;
  let walks = 0;
  const loop = createUnreferencedResultsLoop({
    storages,
    async *walkReferred() {
      walks++;
      for (let at = 0; at < referred.length; at += 1000) {
        yield referred.slice(at, at + 1000).map((key) => ({ store: "file", key }));
      }
    },
    deleteExpiredCache: async () => 0,
    clock: { now: () => 10 * hourMs + elapsedMs, monotonic: () => elapsedMs },
    retentionMs: 2 * hourMs,
  });
  return {
    walks: () => walks,
    /** All that it does before it rests, at this hour. */
    async goOnAt(hours: number): Promise<number> {
      elapsedMs = hours * hourMs;
      let deleted = 0;
      for (let tick = 0; tick < 20; tick++) deleted += await loop.tick();
      return deleted;
    },
  };
}

test("behind any number of old results that are referred to, those that are not are found at once", async () => {
  const { keys, there, swept } = createOldResults(70_000);
  const loop = createRestingLoop([swept], keys.slice(0, -10));
  expect(await loop.goOnAt(0)).toBe(0);
  expect(loop.walks()).toBe(4);
  expect(await loop.goOnAt(1)).toBe(10);
  expect(there.size).toBe(69_990);
});

test("of many that nothing refers to, twenty thousand go an hour, and no other storage waits until all have gone", async () => {
  const many = createOldResults(50_000);
  const few = createOldResults(10);
  const loop = createRestingLoop([many.swept, few.swept], []);
  const left: [number, number][] = [];
  for (let hours = 0; hours <= 5; hours++) {
    await loop.goOnAt(hours);
    left.push([many.there.size, few.there.size]);
  }
  expect(left).toEqual([
    [50_000, 10],
    [30_000, 10],
    [30_000, 0],
    [10_000, 0],
    [0, 0],
    [0, 0],
  ]);
});

test("without the time between the two looks, some seed finds a result that is lost", async () => {
  const lost: string[] = [];
  for (let seed = 0; seed < 400 && lost.length === 0; seed++) {
    const place = createFolder(join(base, String(seed)));
    lost.push(...(await live(seed, { place, quietMs: -1 })).lost);
  }
  expect(lost).not.toEqual([]);
});
