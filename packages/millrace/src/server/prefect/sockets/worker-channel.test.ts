import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type OverHttp, startOverHttp } from "../../../client/over-http.testsuite.ts";
import type { Api } from "../../../contract/api.ts";
import type { WorkPool } from "../../../contract/objects.ts";
import { anyTeardownOrder } from "../../../contract/teardown-orders.ts";
import { isOnline } from "../../../contract/work.ts";
import { type Clock, systemClock } from "../../../kit/clock.ts";
import { uuidv7 } from "../../../kit/ids.ts";
import { createSettleCancellationsLoop } from "../../../loops/settle-cancellations.ts";
import { createService } from "../../../service/create-service.ts";
import { makeLedger } from "../../../store/ledger-under-test.testsuite.ts";
import type { TestLedger } from "../../../store/suite/ledger.testsuite.ts";
import { aFlowRun, aState } from "../../../store/suite/samples.testsuite.ts";
import { workPoolResponse } from "../schemas/work-pools.ts";
import { toPrefectTime } from "../times.ts";

/** Two servers on one ledger. */
let ledger: TestLedger;
let api: Api;
let elsewhere: Api;
let here: OverHttp;
let there: OverHttp;
let pool: WorkPool;
let aheadMs = 0;
/** What is waited for on the servers, with how long, in ms. */
const waits = new Set<{ readonly ms: number; readonly end: () => void }>();
const clock: Clock = {
  ...systemClock,
  now: () => systemClock.now() + aheadMs,
  setTimer(ms, callback, options) {
    const timer = systemClock.setTimer(ms, () => wait.end(), options);
    const cancel = (): void => {
      waits.delete(wait);
      timer.cancel();
    };
    const wait = {
      ms,
      end: () => {
        cancel();
        callback();
      },
    };
    waits.add(wait);
    return { cancel };
  },
};
const sockets: WebSocket[] = [];
const failures: unknown[] = [];

beforeEach(async () => {
  aheadMs = 0;
  waits.clear();
  failures.length = 0;
  ledger = await makeLedger();
  api = createService({ store: await ledger.open(), clock });
  elsewhere = createService({ store: await ledger.open(), clock });
  const server = { clock, onFailure: ({ error }: { readonly error: unknown }) => void failures.push(error) };
  here = await startOverHttp(api, { server });
  there = await startOverHttp(elsewhere, { server });
  pool = await api.createWorkPool({ name: "local", type: "process", baseJobTemplate: {} });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await here.server.close();
  await there.server.close();
  await elsewhere.close();
  await api.close();
  await ledger.remove();
  if (failures.length > 0) throw failures[0];
});

type Payload = Readonly<Record<string, unknown>>;

interface Frame {
  readonly type: string;
  readonly id: string;
  readonly payload: Payload;
}

interface Channel {
  readonly consumerId: string;
  next(type: string): Promise<Payload>;
  say(type: string, payload: object): string;
  readonly closed: Promise<readonly [code: number, reason: string]>;
  readonly socket: WebSocket;
}

async function open(at: OverHttp, path = "local"): Promise<Channel> {
  const socket = new WebSocket(`${at.url.replace("http", "ws")}/api/work_pools/${path}/workers/connect`, "prefect");
  sockets.push(socket);
  const received: Frame[] = [];
  let wake = (): void => undefined;
  socket.on("message", (data: Buffer) => {
    received.push(JSON.parse(data.toString()) as Frame);
    wake();
  });
  const closed = new Promise<readonly [number, string]>((resolve) =>
    socket.on("close", (code, reason) => resolve([code, String(reason)])),
  );
  const next = async (type: string): Promise<Payload> => {
    for (;;) {
      const index = received.findIndex((frame) => frame.type === type);
      if (index >= 0) return received.splice(index, 1)[0]?.payload ?? {};
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  await once(socket, "open");
  socket.send('{"type":"auth","token":null}');
  await next("auth_success");
  return {
    consumerId: uuidv7(),
    socket,
    closed,
    next,
    say(type, payload) {
      const id = uuidv7();
      socket.send(JSON.stringify({ type, id, sent_at: toPrefectTime(clock.now()), payload }));
      return id;
    },
  };
}

const aHello = (consumerId: string, more: object = {}) => ({
  consumer_id: consumerId,
  worker_name: "worker-1",
  worker_type: "process",
  heartbeat_interval_seconds: 30,
  supported_channel_versions: ["work_pool_worker_channel.v1"],
  requested_capabilities: ["worker_heartbeat.v1", "work_pool_snapshot.v1"],
  work_queue_names: [],
  handled_cleanup_kinds: [],
  max_cleanup_concurrency: 0,
  create_pool_if_not_found: false,
  default_base_job_template: {},
  worker_metadata: null,
  ...more,
});

const cleaning = {
  requested_capabilities: ["worker_heartbeat.v1", "work_pool_snapshot.v1", "cleanup_delivery.v1", "tea.v1"],
  handled_cleanup_kinds: ["cancelling_timeout_teardown.v1"],
  max_cleanup_concurrency: 1,
};

async function connect(at: OverHttp, more: object = {}, path = "local"): Promise<{ channel: Channel; ready: Payload }> {
  const channel = await open(at, path);
  channel.say("worker.hello.v1", aHello(channel.consumerId, more));
  return { channel, ready: await channel.next("worker.ready.v1") };
}

const aBlock = { $ref: { block_document_id: uuidv7() } };

/** Makes a pool whose template has one variable. */
const poolOf = (variable: object): object => ({
  create_pool_if_not_found: true,
  default_base_job_template: {
    job_configuration: { command: "{{ command }}" },
    variables: { properties: { command: variable } },
  },
});

describe("who connects", () => {
  test("is told of its pool and its queues, and is there", async () => {
    const urgent = await api.createWorkQueue({ workPoolId: pool.id, name: "urgent" });
    await api.createWorkQueue({ workPoolId: pool.id, name: "other" });
    const { channel, ready } = await connect(here, { work_queue_names: ["urgent", "default", "urgent"] });
    expect(ready).toMatchObject({
      consumer_id: channel.consumerId,
      worker_id: null,
      selected_channel_version: "work_pool_worker_channel.v1",
      effective_heartbeat_interval_seconds: 30,
      accepted_capabilities: ["worker_heartbeat.v1", "work_pool_snapshot.v1"],
      rejected_capabilities: [],
      effective_max_cleanup_concurrency: 0,
      resolved_work_queues: [
        { id: urgent.id, name: "urgent" },
        { id: pool.defaultQueueId, name: "default" },
      ],
      initial_snapshot: { snapshot_sequence: 1, reason: "initial" },
    });
    const { work_pool: shown } = ready.initial_snapshot as { readonly work_pool: unknown };
    expect(workPoolResponse.parse(shown)).toMatchObject({ id: pool.id, name: "local", status: "READY" });
    const [worker] = (await api.listObjects("worker")).items;
    expect(worker).toMatchObject({ name: "worker-1", heartbeatIntervalMs: 30_000, runtime: "python" });
  });

  test("is offered what it asked for and we know", async () => {
    const { ready } = await connect(here, cleaning);
    expect(ready).toMatchObject({
      accepted_capabilities: ["worker_heartbeat.v1", "work_pool_snapshot.v1", "cleanup_delivery.v1"],
      rejected_capabilities: ["tea.v1"],
      effective_max_cleanup_concurrency: 1,
      resolved_work_queues: [{ id: pool.defaultQueueId, name: "default" }],
    });
  });

  test("stays there by its heartbeats", async () => {
    const { channel } = await connect(here);
    aheadMs = 600_000;
    const find = async () => (await api.listObjects("worker")).items[0];
    expect(isOnline((await find()) as never, clock.now())).toBe(false);
    channel.say("worker.heartbeat.v1", {
      consumer_id: channel.consumerId,
      worker_name: "worker-1",
      heartbeat_interval_seconds: 15,
    });
    await expect.poll(async () => (await find())?.heartbeatIntervalMs, { timeout: 10_000 }).toBe(15_000);
    expect(isOnline((await find()) as never, clock.now())).toBe(true);
  });

  test("makes the pool where it may, and gives a bare one its template", async () => {
    const template = { job_configuration: { command: "{{ command }}" }, variables: { properties: { command: {} } } };
    const more = { create_pool_if_not_found: true, default_base_job_template: template };
    await connect(here, more, "made%20here");
    await connect(here, more);
    const pools = (await api.listObjects("work-pool", { sort: { field: "name", direction: "asc" } })).items;
    expect(pools.map(({ name, type, baseJobTemplate }) => ({ name, type, baseJobTemplate }))).toEqual([
      { name: "local", type: "process", baseJobTemplate: template },
      { name: "made here", type: "process", baseJobTemplate: template },
    ]);
  });

  test.each([
    ["another version", "local", { supported_channel_versions: ["v0"] }, 1008, "unsupported_version"],
    ["no such pool", "none", {}, 1008, "authorization_failed"],
    ["a reserved name", "prefect-x", { create_pool_if_not_found: true }, 1008, "authorization_failed"],
    ["no such queue", "local", { work_queue_names: ["default", "none"] }, 1008, "authorization_failed"],
    ["too many queues", "local", { work_queue_names: Array(1001).fill("default") }, 1002, "protocol_error"],
    ["an unknown field", "local", { sugar: 1 }, 1002, "protocol_error"],
    ["no heartbeats", "local", { requested_capabilities: ["work_pool_snapshot.v1"] }, 1002, "protocol_error"],
    ["cleanup unasked", "local", { max_cleanup_concurrency: 2 }, 1002, "protocol_error"],
    ["a broken template", "local", { default_base_job_template: { job_configuration: 1 } }, 1002, "protocol_error"],
    ["defaults that do not fit", "new", poolOf({ type: "integer", default: "tea" }), 1002, "protocol_error"],
    ["a default block that is none", "new", poolOf({ default: aBlock }), 1002, "protocol_error"],
  ])("is sent away with %s", async (_, path, more, code, reason) => {
    const channel = await open(here, path);
    channel.say("worker.hello.v1", aHello(channel.consumerId, more));
    expect(await channel.closed).toEqual([code, reason]);
  });

  test("is sent away for a while when it says nothing in time", async () => {
    const silent = await open(here);
    const limits = () => [...waits].filter(({ ms }) => ms === 10_000);
    await expect.poll(() => limits().length, { timeout: 10_000 }).toBe(1);
    limits()[0]?.end();
    expect(await silent.closed).toEqual([1011, "transient_server_error"]);
    await connect(here);
    expect(limits()).toEqual([]);
  });

  test("is sent away when it says something else first, or speaks for another", async () => {
    const early = await open(here);
    early.say("worker.heartbeat.v1", { consumer_id: uuidv7(), worker_name: "w", heartbeat_interval_seconds: 1 });
    expect(await early.closed).toEqual([1002, "protocol_error"]);
    const garbled = await open(here);
    garbled.socket.send("tea");
    expect(await garbled.closed).toEqual([1002, "protocol_error"]);
    const { channel } = await connect(here);
    channel.say("worker.heartbeat.v1", {
      consumer_id: uuidv7(),
      worker_name: "worker-1",
      heartbeat_interval_seconds: 1,
    });
    expect(await channel.closed).toEqual([1002, "protocol_error"]);
  });

  test("is shown its pool when another server changes it, and sent away when it is gone", async () => {
    const { channel } = await connect(here);
    await elsewhere.updateObject("work-pool", pool.id, { paused: true });
    const first = (await channel.next("work_pool.snapshot.v1")) as { readonly work_pool: unknown };
    expect(first).toMatchObject({ reason: "work_pool_updated" });
    expect(workPoolResponse.parse(first.work_pool)).toMatchObject({ id: pool.id, is_paused: true, status: "PAUSED" });
    await elsewhere.deleteObject("work-pool", pool.id);
    expect(await channel.closed).toEqual([1008, "authorization_failed"]);
  });
});

/** A run that was told to stop, whose worker has started something. */
async function cancelling(more: Parameters<typeof aFlowRun>[0] = {}): Promise<string> {
  const at = clock.now();
  const states = [aState("PENDING", at), aState("RUNNING", at + 1), aState("CANCELLING", at + 2)];
  const place = { workPoolId: pool.id, workQueueId: pool.defaultQueueId ?? null };
  const run = aFlowRun({ ownerId: null, states, ...place, extra: { infrastructurePid: "host:42" }, ...more });
  await api.record({ processId: "p", created: [run] });
  return run.id;
}

const settle = () => createSettleCancellationsLoop({ api, clock, cancelWithinMs: 300_000 }).tick();
const countOrders = () => api.count("configuration", anyTeardownOrder);
const typeOf = async (id: string) => (await api.readFlowRun(id))?.state.type;

interface Message {
  readonly message_id: string;
  readonly reservation_token: string;
}

async function operate(channel: Channel, kind: string, message: Message, more: object = {}): Promise<Payload> {
  const { message_id, reservation_token } = message;
  const id = channel.say(`cleanup.${kind}.v1`, { message_id, reservation_token, ...more });
  const result = await channel.next("cleanup.operation_result.v1");
  expect(result).toMatchObject({ request_frame_id: id, message_id, operation: kind, detail: null });
  return result;
}

const nextMessage = async (channel: Channel) => (await channel.next("cleanup.message.v1")) as Payload & Message;

describe("a run that nobody confirms as stopped", () => {
  test("is torn down by a worker of its pool, once, whichever server it is connected to", async () => {
    const { channel } = await connect(there, cleaning);
    const id = await cancelling();
    expect([await settle(), await countOrders()]).toEqual([0, 0]);
    aheadMs = 301_000;
    expect([await settle(), await typeOf(id)]).toEqual([1, "CANCELLED"]);
    const message = await nextMessage(channel);
    expect(message).toMatchObject({
      kind: "cancelling_timeout_teardown.v1",
      delivery_count: 1,
      work_queue_id: pool.defaultQueueId,
      target: { flow_run_id: id, infrastructure_pid: "host:42" },
      data: {},
    });
    expect(await operate(channel, "ack", { ...message, reservation_token: "no" })).toMatchObject({
      status: "invalid_token",
      reason: "reservation_token_mismatch",
    });
    aheadMs += 20_000;
    const renewed = await operate(channel, "renew", message);
    expect(renewed).toMatchObject({ status: "accepted", reason: null });
    expect(Date.parse(String(renewed.lease_expires_at))).toBeGreaterThan(clock.now() + 20_000);
    expect(await operate(channel, "ack", message)).toMatchObject({ status: "accepted", lease_expires_at: null });
    expect(await operate(channel, "ack", message)).toMatchObject({ status: "not_found", reason: "message_not_found" });
    expect([await countOrders(), await settle()]).toEqual([0, 0]);
  });

  test("is handed to one of many workers", async () => {
    const workers = [await connect(here, cleaning), await connect(there, cleaning)];
    const runs = [await cancelling(), await cancelling(), await cancelling()];
    aheadMs = 301_000;
    await Promise.all([settle(), settle()]);
    const torn: unknown[] = [];
    const serve = async ({ channel }: { readonly channel: Channel }): Promise<void> => {
      for (;;) {
        const message = await nextMessage(channel);
        torn.push((message.target as Payload).flow_run_id);
        await operate(channel, "ack", message);
      }
    };
    void Promise.all(workers.map(serve));
    await expect.poll(countOrders, { timeout: 15_000 }).toBe(0);
    expect(torn).toHaveLength(3);
    expect(new Set(torn)).toEqual(new Set(runs));
  });

  test("waits while its worker has as many as it takes at once, and workers of other pools have no say", async () => {
    for (const _ of [1, 2]) await cancelling();
    aheadMs = 301_000;
    await settle();
    await api.createWorkPool({ name: "other", type: "process" });
    const { channel: stranger } = await connect(here, cleaning, "other");
    const { channel } = await connect(here, cleaning);
    const first = await nextMessage(channel);
    expect(await operate(stranger, "ack", first)).toMatchObject({
      status: "unauthorized",
      reason: "work_pool_mismatch",
    });
    await operate(channel, "renew", first);
    const orders = (await api.listObjects("configuration", { where: anyTeardownOrder })).items;
    expect(orders.filter(({ value }) => (value as Payload).held !== null)).toHaveLength(1);
    await operate(channel, "ack", first);
    await operate(channel, "ack", await nextMessage(channel));
    expect(await countOrders()).toBe(0);
  });

  test("is given up after three attempts, and its log says so", async () => {
    const id = await cancelling();
    aheadMs = 301_000;
    await settle();
    const { channel } = await connect(here, cleaning);
    const outcomes: unknown[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      const message = await nextMessage(channel);
      expect(message).toMatchObject({ delivery_count: attempt });
      outcomes.push((await operate(channel, "release", message, { reason: "infrastructure_not_available" })).status);
    }
    expect(outcomes).toEqual(["accepted", "accepted", "dead_lettered"]);
    expect(await countOrders()).toBe(0);
    const [line] = (await api.listLogs({ flowRunIds: [id] })).items;
    expect(line).toMatchObject({ level: "warn" });
    expect(line?.message).toContain("host:42");
    expect(line?.message).toContain("infrastructure_not_available");
  });

  test("goes to another worker when one says nothing in time, and the first has no say then", async () => {
    const { channel: first } = await connect(here, cleaning);
    await cancelling();
    aheadMs = 301_000;
    await settle();
    const lost = await nextMessage(first);
    const { channel: second } = await connect(here, { ...cleaning, worker_name: "worker-2" });
    aheadMs += 31_000;
    const taken = await nextMessage(second);
    expect(taken).toMatchObject({ message_id: lost.message_id, delivery_count: 2 });
    expect(await operate(first, "ack", lost)).toMatchObject({ status: "invalid_token" });
    expect(await operate(second, "ack", taken)).toMatchObject({ status: "accepted" });
  });

  test("is torn down over the newest channel of a worker that has come back", async () => {
    const { channel: lost } = await connect(here, cleaning);
    const { channel } = await connect(here, { ...cleaning, consumer_id: lost.consumerId });
    await cancelling();
    aheadMs = 301_000;
    await settle();
    expect(await operate(channel, "ack", await nextMessage(channel))).toMatchObject({ status: "accepted" });
  });

  test("is not torn down when it was started again, or has no end yet, nor where nothing was started", async () => {
    await cancelling({ extra: {} });
    const again = await cancelling();
    const [early, kept] = [await cancelling(), await cancelling()];
    aheadMs = 301_000;
    await settle();
    expect(await countOrders()).toBe(3);
    await api.proposeFlowRunState({
      id: again,
      guest: true,
      force: "an operator",
      state: { type: "PENDING", name: "Pending" },
    });
    await api.proposeFlowRunState({
      id: early,
      guest: true,
      force: "an operator",
      state: { type: "CANCELLING", name: "Cancelling" },
    });
    const { channel } = await connect(here, cleaning);
    const message = await nextMessage(channel);
    expect(message.target).toMatchObject({ flow_run_id: kept });
    await operate(channel, "ack", message);
    await expect.poll(countOrders, { timeout: 10_000 }).toBe(1);
  });
});

test("who was not accepted for it has no say in what is torn down", async () => {
  const { channel } = await connect(here);
  expect(await operate(channel, "ack", { message_id: uuidv7(), reservation_token: "x" })).toMatchObject({
    status: "unauthorized",
    reason: "cleanup_delivery_not_accepted",
  });
});
