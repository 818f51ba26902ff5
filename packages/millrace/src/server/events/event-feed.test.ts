import { Writable } from "node:stream";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Api } from "../../contract/api.ts";
import type { StoredEvent } from "../../contract/records.ts";
import { createDeferred } from "../../kit/deferred.ts";
import { createVirtualClock, type VirtualClock } from "../../kit/virtual-clock.ts";
import { createService } from "../../service/create-service.ts";
import { makeSqliteLedger } from "../../store/sqlite/sqlite-ledger.testsuite.ts";
import type { TestLedger } from "../../store/suite/ledger.testsuite.ts";
import { anEvent } from "../../store/suite/samples.testsuite.ts";
import { createEventFeed, type EventFeed, type Follower } from "./event-feed.ts";
import { createEventSender } from "./send-events.ts";

let ledger: TestLedger;
let api: Api;
let clock: VirtualClock;
/** Of the ledger, for events. */
let questions = 0;
let feed: EventFeed;
let ending: AbortController;

beforeEach(async () => {
  ledger = await makeSqliteLedger();
  clock = createVirtualClock();
  api = createService({ store: await ledger.open(), clock });
  questions = 0;
  const counted: Pick<Api, "listEvents"> = { listEvents: (...args) => (questions++, api.listEvents(...args)) };
  feed = createEventFeed({ api: counted, clock });
  ending = new AbortController();
});
afterEach(async () => {
  ending.abort();
  await clock.advance(1000);
  await api.close();
  await ledger.remove();
});

const emit = (names: readonly string[], payload: string | null = null) =>
  api.record({ processId: "p", events: names.map((name) => anEvent({ name, payload })) });

const namesOf = (follower: Follower) => follower.find()?.events.map(({ name }) => name) ?? null;

const isNamed =
  (name: string) =>
  (event: StoredEvent): boolean =>
    event.name === name;

describe("the feed of events", () => {
  test("asks the ledger the same, whether one follows it or hundreds, and wakes those alone who want what came", async () => {
    const asked: number[] = [];
    for (const count of [1, 300]) {
      const after = await feed.join();
      const before = questions;
      const woken: number[] = [];
      const followers = Array.from({ length: count }, (_, index) => {
        const follower = feed.follow({ after, isWanted: isNamed(`topic ${index}`) });
        void follower.wait({ ms: 60_000, signal: ending.signal }).then((isThere) => isThere && woken.push(index));
        return follower;
      });
      for (let round = 0; round < 10; round++) {
        await emit(["topic 0", "a topic of nobody"]);
        await clock.advance(100);
      }
      expect(woken).toEqual([0]);
      expect(followers.map((follower) => namesOf(follower)?.length)).toEqual([10, ...Array(count - 1).fill(0)]);
      asked.push(questions - before);
      for (const follower of followers) follower.end();
      feed.leave();
      await clock.advance(200);
    }
    expect(asked[1]).toBe(asked[0]);
    expect(asked[0]).toBeLessThanOrEqual(15);
  });

  test("gives each what it wants once, in order, and goes on from there", async () => {
    const follower = feed.follow({ after: await feed.join(), isWanted: isNamed("a") });
    await emit(["a", "b", "a"]);
    await clock.advance(100);
    expect(namesOf(follower)).toEqual(["a", "a"]);
    follower.moveTo(follower.find()?.events[0]?.seq ?? 0);
    expect(namesOf(follower)).toEqual(["a"]);
    follower.moveTo(follower.find()?.upTo ?? 0);
    expect(namesOf(follower)).toEqual([]);
    const told = follower.wait({ ms: 1000, signal: ending.signal });
    await emit(["b"]);
    await clock.advance(1000);
    expect([await told, follower.seq]).toEqual([false, feed.lastSeq]);
    feed.leave();
  });

  test("tells one that is further behind than what is kept to ask the ledger", async () => {
    const after = await feed.join();
    const [slow, quick] = [1, 2].map(() => feed.follow({ after, isWanted: () => true }));
    for (let round = 0; round < 3; round++) {
      await emit(Array<string>(900).fill("many"));
      await clock.advance(100);
      quick?.moveTo(feed.lastSeq);
    }
    expect([slow?.find(), quick?.find()]).toEqual([null, { events: [], upTo: feed.lastSeq }]);
    feed.leave();
  });
});

test("the ledger is read to few of those that are behind at once", async () => {
  let [open, most] = [0, 0];
  const api: Pick<Api, "listEvents"> = {
    async listEvents() {
      most = Math.max(most, ++open);
      await clock.sleep(100);
      open--;
      return { items: [], next: null };
    },
  };
  const behind = createEventFeed({ api, clock });
  const reads = Array.from({ length: 20 }, () => behind.read({}, { after: 0, limit: 10 }));
  await clock.advance(1000);
  expect(await Promise.all(reads)).toEqual(Array(20).fill({ events: [], upTo: 0 }));
  expect(most).toBe(2);
});

describe("a client that reads nothing", () => {
  test("is kept no more than a part for, and is let go when it has taken nothing for a while", async () => {
    const after = await feed.join();
    const response = new Writable({ write: () => undefined });
    const send = createEventSender({ clock, feed });
    const ended = createDeferred();
    send(response as unknown as ServerResponse, {
      filter: {},
      after,
      gap: null,
      beats: "comments",
      onEnd: () => ended.resolve(),
    });
    for (let round = 0; round < 20; round++) {
      await emit(Array<string>(50).fill("large"), JSON.stringify("x".repeat(10_000)));
      await clock.advance(100);
    }
    expect(response.writableLength).toBeGreaterThan(10_000);
    expect(response.writableLength).toBeLessThan(100_000);
    expect(response.destroyed).toBe(false);
    await clock.advance(30_000);
    await ended.promise;
    expect(response.destroyed).toBe(true);
    feed.leave();
  });
});
