import fastify from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startOverHttp, type OverHttp } from "../../client/over-http.testsuite.ts";
import type { Api } from "../../contract/api.ts";
import type { StoredEvent } from "../../contract/records.ts";
import { systemClock } from "../../kit/clock.ts";
import { createVirtualClock } from "../../kit/virtual-clock.ts";
import { createService } from "../../service/create-service.ts";
import { makeLedger } from "../../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../../store/suite/ledger.testsuite.ts";
import { anEvent } from "../../store/suite/samples.testsuite.ts";
import { findLastSeq } from "../../contract/last-event.ts";
import { addEventStream } from "./add-event-stream.ts";

let ledger: TestLedger;
let api: Api;
let http: OverHttp;

beforeEach(async () => {
  ledger = await makeLedger();
  api = createService({ store: await ledger.open(), clock: systemClock });
  http = await startOverHttp(api, { server: { limits: { maxStreams: 2 } } });
});
afterEach(async () => {
  await http.server.close();
  await api.close();
  await ledger.remove();
});

const emit = (to: Api, ...names: readonly string[]) =>
  to.record({ processId: "p", events: names.map((name) => anEvent({ name })) });

interface Stream {
  /** The next events, so many. */
  read(count: number): Promise<readonly StoredEvent[]>;
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
  close(): void;
}

async function openStream(path: string, headers: Record<string, string> = {}): Promise<Stream> {
  const closing = new AbortController();
  const response = await fetch(`${http.url}/v1/events/stream${path}`, { headers, signal: closing.signal });
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const next = async (): Promise<boolean> => {
    const { done, value = "" } = await reader.read();
    text += value;
    if (done) end();
    return !done;
  };
  // What it says first: it is connected, and listens.
  while (!text.includes(": connected")) await next();
  return {
    ended,
    close: () => closing.abort(),
    async read(count) {
      for (;;) {
        const found = [...text.matchAll(/^id: (\d+)\ndata: (.*)\n\n/gm)];
        if (found.length >= count) {
          const events = found.slice(0, count).map(([, id, data]) => {
            const event = JSON.parse(data ?? "") as StoredEvent;
            if (event.seq !== Number(id)) throw new Error(`Event ${event.seq} came as ${id}`);
            return event;
          });
          const last = found[count - 1];
          text = text.slice((last?.index ?? 0) + (last?.[0].length ?? 0));
          return events;
        }
        if (!(await next())) throw new Error(`The stream ended after: ${text}`);
      }
    },
  };
}

const names = (events: readonly StoredEvent[]): readonly string[] => events.map(({ name }) => name);

describe("the stream of events", () => {
  test("begins now, and has what passes through the server", async () => {
    await emit(api, "before");
    const stream = await openStream("");
    await emit(http.client, "one", "two");
    expect(names(await stream.read(2))).toEqual(["one", "two"]);
    stream.close();
  });

  test("has what other processes write", async () => {
    const stream = await openStream("");
    await emit(createService({ store: await ledger.open(), clock: systemClock }), "from elsewhere");
    expect(names(await stream.read(1))).toEqual(["from elsewhere"]);
    stream.close();
  });

  test("begins after a number, and then goes on; nothing is missed or doubled, however much it is", async () => {
    const many = Array.from({ length: 1300 }, (_, index) => `event ${index}`);
    await emit(api, ...many);
    const stream = await openStream("?after=0");
    await emit(http.client, "after");
    const events = await stream.read(1301);
    expect(names(events)).toEqual([...many, "after"]);
    stream.close();
  });

  test("goes on after the last event that a client has, when it comes back", async () => {
    const stream = await openStream("?after=0");
    await emit(http.client, "one");
    const [one] = await stream.read(1);
    stream.close();
    await emit(http.client, "two", "three");
    const again = await openStream("?after=0", { "last-event-id": String(one?.seq) });
    expect(names(await again.read(2))).toEqual(["two", "three"]);
    again.close();
  });

  test("begins now for a number that the ledger has not come to, as after it was put back", async () => {
    await emit(api, "before");
    const stream = await openStream("?after=5000");
    await emit(api, "one");
    expect(names(await stream.read(1))).toEqual(["one"]);
    stream.close();
  });

  test("can be of some runs or some names", async () => {
    const flowRunId = "0199a000-0000-7000-8000-000000000001";
    const ofRun = await openStream(`?after=0&flowRunId=${flowRunId}`);
    const named = await openStream("?after=0&name=b&name=c");
    const events = [anEvent({ name: "a", flowRunId }), anEvent({ name: "b" }), anEvent({ name: "c", flowRunId })];
    await http.client.record({ processId: "p", events });
    expect(names(await ofRun.read(2))).toEqual(["a", "c"]);
    expect(names(await named.read(2))).toEqual(["b", "c"]);
    ofRun.close();
    named.close();
  });

  test("is refused when there are too many, and given again when one is closed", async () => {
    const streams = [await openStream(""), await openStream("")];
    const refused = await fetch(`${http.url}/v1/events/stream`);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    for (const stream of streams) stream.close();
    for (;;) {
      const { status, body } = await fetch(`${http.url}/v1/events/stream`);
      await body?.cancel();
      if (status === 200) break;
    }
  });

  test("gives its place back, and asks the ledger no more, where its answer cannot begin", async () => {
    let asked = 0;
    const listEvents: Api["listEvents"] = (...asking) => {
      asked++;
      return api.listEvents(...asking);
    };
    const clock = createVirtualClock();
    const app = fastify();
    app.decorateRequest("clientAddress", "127.0.0.1");
    app.addHook("onRequest", async (_, reply) => void reply.header("x-name", "no\nheader"));
    const options = { api: { ...api, listEvents }, clock, max: 1, maxOfClient: 1, guard: null };
    const streams = addEventStream(app, options);
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    for (let time = 0; time < 3; time++) {
      await expect(fetch(`${url}/v1/events/stream`)).rejects.toThrow("fetch failed");
      expect(streams.open).toBe(0);
    }
    await clock.advance(10_000);
    asked = 0;
    for (let second = 0; second < 60; second++) await clock.advance(1000);
    expect(asked).toBe(0);
    await app.close();
  });

  test("says by events of its own that it is open, to who asks for that", async () => {
    await emit(api, "one", "two");
    const stream = await fetch(`${http.url}/v1/events/stream?beats=1`);
    const reader = (stream.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("data:")) text += (await reader.read()).value ?? "";
    expect(text).toContain("event: beat\ndata: 2\n\n");
    await reader.cancel();
  });

  test("says where it goes on when what comes next has been deleted", async () => {
    await emit(api, "one", "two", "three", "four");
    const store = await ledger.open();
    await store.deleteEvents({ before: Number.MAX_SAFE_INTEGER, afterSeq: 0, belowSeq: 4, limit: 10 });
    await store.close();
    const readGap = async (after: number): Promise<string | undefined> => {
      const stream = await fetch(`${http.url}/v1/events/stream?after=${after}&beats=1`);
      const reader = (stream.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (!text.includes('"four"') && !/beat\ndata: 4/.test(text)) text += (await reader.read()).value ?? "";
      await reader.cancel();
      return /event: gap\ndata: (\d+)/.exec(text)?.[1];
    };
    expect(await readGap(1)).toBe("3");
    expect(await readGap(3)).toBeUndefined();
    expect(await readGap(4)).toBeUndefined();
    expect(await readGap(0)).toBeUndefined();
    // The ledger is an older one than the one that the client has followed.
    expect(await readGap(9)).toBe("4");
  });

  test("is refused with a number that is none", async () => {
    const refused = await fetch(`${http.url}/v1/events/stream?after=x`);
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining("REQUEST_INVALID")]);
  });

  test("ends with the server", async () => {
    const stream = await openStream("");
    const reading = stream.read(1);
    await Promise.all([http.server.close(), expect(reading).rejects.toThrow("The stream ended")]);
    await stream.ended;
  });
});

test.each([0, 1, 5, 1500])("the newest of %i events is found", async (count) => {
  if (count > 0) await emit(api, ...Array.from({ length: count }, () => "e"));
  const { items } = await api.listEvents({}, { limit: 10_000 });
  expect(await findLastSeq(api)).toBe(items.at(-1)?.seq ?? 0);
});
