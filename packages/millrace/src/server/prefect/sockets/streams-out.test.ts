import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type OverHttp, startOverHttp } from "../../../client/over-http.testsuite.ts";
import type { Api } from "../../../contract/api.ts";
import { systemClock } from "../../../kit/clock.ts";
import { createService } from "../../../service/create-service.ts";
import { makeLedger } from "../../../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../../../store/suite/ledger.testsuite.ts";
import { aFlowRun, aLogLine, anEvent, aState } from "../../../store/suite/samples.testsuite.ts";
import { receivedEvent } from "../schemas/events.ts";
import { log } from "../schemas/logs.ts";
import { toPrefectTime } from "../times.ts";

let ledger: TestLedger;
let api: Api;
/** Of another process. */
let elsewhere: Api;
let http: OverHttp;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  ledger = await makeLedger();
  api = createService({ store: await ledger.open(), clock: systemClock });
  elsewhere = createService({ store: await ledger.open(), clock: systemClock });
  http = await startOverHttp(api);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await http.server.close();
  await elsewhere.close();
  await api.close();
  await ledger.remove();
});

interface Message {
  readonly type: string;
  readonly event?: unknown;
  readonly log?: unknown;
}

interface Stream {
  next(): Promise<Message>;
  readonly closed: Promise<readonly [code: number, reason: string]>;
}

async function open(path: string, request: object, url = http.url): Promise<Stream> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/api${path}`, "prefect");
  sockets.push(socket);
  const received: string[] = [];
  let wake = (): void => undefined;
  socket.on("message", (data: Buffer) => {
    received.push(data.toString());
    wake();
  });
  const closed = new Promise<readonly [number, string]>((resolve) =>
    socket.on("close", (code, reason) => resolve([code, String(reason)])),
  );
  const next = async (): Promise<Message> => {
    while (received.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return JSON.parse(received.shift() as string) as Message;
  };
  await once(socket, "open");
  socket.send('{"type":"auth","token":null}');
  expect(await next()).toEqual({ type: "auth_success" });
  socket.send(JSON.stringify(request));
  return { next, closed };
}

const emit = (to: Api, name: string, at = systemClock.now()) =>
  to.record({ processId: "p", events: [anEvent({ name, at, resource: { id: "shop.1" } })] });

async function eventNames(stream: Stream, count: number): Promise<readonly string[]> {
  const names: string[] = [];
  while (names.length < count) {
    const { type, event } = await stream.next();
    expect(type).toBe("event");
    names.push(receivedEvent.parse(event).event);
  }
  return names;
}

test("clients that follow events ask the ledger nothing by themselves, however many they are", async () => {
  let questions = 0;
  const counted: Api = {
    ...api,
    // The one that is asked for all of them has no filter.
    listEvents(given, page) {
      if (given.names !== undefined) questions++;
      return api.listEvents(given, page);
    },
  };
  const over = await startOverHttp(counted);
  const filter = { event: { name: ["shop.opened"] } };
  const streams = await Promise.all(
    Array.from({ length: 40 }, () => open("/events/out", { type: "filter", filter }, over.url)),
  );
  for (let round = 0; round < 5; round++) {
    await emit(over.client, "shop.opened");
    for (const stream of streams) expect(await eventNames(stream, 1)).toEqual(["shop.opened"]);
    // What has been, each has asked for by itself.
    if (round === 0) questions = 0;
  }
  expect(questions).toBe(0);
  for (const socket of sockets.splice(0)) socket.terminate();
  await over.server.close();
});

describe("/events/out", () => {
  const orders = { event: { prefix: ["order."] } };

  test("sends what was lately, and then what comes, also from other processes", async () => {
    await emit(api, "order.old", systemClock.now() - 20 * 60_000);
    await emit(api, "order.lately", systemClock.now() - 60_000);
    await emit(api, "other");
    const stream = await open("/events/out", { type: "filter", filter: orders });
    expect(await eventNames(stream, 1)).toEqual(["order.lately"]);
    await emit(api, "other");
    await emit(elsewhere, "order.elsewhere");
    await emit(api, "order.here");
    expect(await eventNames(stream, 2)).toEqual(["order.elsewhere", "order.here"]);
  });

  test("sends only what comes to who wants nothing else", async () => {
    await emit(api, "order.lately");
    const stream = await open("/events/out", { type: "filter", filter: orders, backfill: false });
    // The answer to the filter is the first event.
    const first = eventNames(stream, 1);
    const sending = setInterval(() => void emit(api, "order.now"), 20);
    expect(await first).toEqual(["order.now"]);
    clearInterval(sending);
  });

  test("sends no events before the time that is asked for", async () => {
    const now = systemClock.now();
    await emit(api, "order.1", now - 300_000);
    await emit(api, "order.2", now - 100_000);
    const filter = { ...orders, occurred: { since: toPrefectTime(now - 200_000) } };
    expect(await eventNames(await open("/events/out", { type: "filter", filter }), 1)).toEqual(["order.2"]);
  });

  test("tells a run's states with what the run belongs to, to who asks for that", async () => {
    const filter = { related: { id: ["prefect.tag.mine"] } };
    const stream = await open("/events/out", { type: "filter", filter });
    const states = [aState("PENDING", systemClock.now())];
    await api.record({ processId: "p", created: [aFlowRun({ states }), aFlowRun({ states, tags: ["mine"] })] });
    const { event } = await stream.next();
    expect(event).toMatchObject({
      event: "prefect.flow-run.Pending",
      related: [{ "prefect.resource.role": "flow" }, { "prefect.resource.id": "prefect.tag.mine" }],
    });
  });

  test.each<[string, object, string]>([
    ["no filter", { type: "hello" }, "Expected 'filter' message"],
    ["a filter of another form", { type: "filter", filter: { event: { prefix: 1 } } }, "Invalid filter"],
    ["a filter that is missing", { type: "filter" }, "Invalid filter"],
  ])("is closed for %s", async (_, request, reason) => {
    const [code, text] = await (await open("/events/out", request)).closed;
    expect([code, text.slice(0, reason.length)]).toEqual([1002, reason]);
  });
});

describe("/logs/out", () => {
  test("sends the lines that come and are asked for", async () => {
    const [mine, other] = [aFlowRun(), aFlowRun()];
    await api.record({ processId: "p", created: [mine, other], logs: [aLogLine(mine.id, "before")] });
    const filter = { flow_run_id: { any_: [mine.id] }, level: { ge_: 20 }, text: { query: "-quiet" } };
    const stream = await open("/logs/out", { type: "filter", filter });
    const write = (to: Api) =>
      to.record({
        processId: "p",
        logs: [
          aLogLine(other.id, "of another"),
          aLogLine(mine.id, "debug", { level: "debug" }),
          aLogLine(mine.id, "quiet"),
          aLogLine(mine.id, "loud", { level: "error" }),
        ],
      });
    const first = stream.next();
    const writing = setInterval(() => void write(elsewhere), 30);
    const { type, log: line } = await first;
    clearInterval(writing);
    expect(type).toBe("log");
    expect(log.parse(line)).toMatchObject({ message: "loud", level: 40, flow_run_id: mine.id });
  });
});
