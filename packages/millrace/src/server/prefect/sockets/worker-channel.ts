/**
 * /api/work_pools/:name/workers/connect: a worker of Prefect says that it is there, is shown its pool whenever that changes, and
 * is told what to tear down. Runs it still asks for over HTTP.
 *
 *   hello ──▶ ready, with the pool as it is ──▶ heartbeats ▲, snapshots ▼, orders ▼ and what became of them ▲ ──▶ closed
 */

import type { Api } from "../../../contract/api.ts";
import type { Clock } from "../../../kit/clock.ts";
import type { WorkerFrame } from "../schemas/worker-channel.ts";
import { toPrefectTime, toPrefectTimeOrNull } from "../times.ts";
import { ChannelClosed, readFrame, type ServerFrameType, toFrame, toSnapshot } from "./channel-frames.ts";
import { type ChannelMember, createChannelRound } from "./channel-round.ts";
import { beat, type Welcome, welcomeWorker } from "./channel-welcome.ts";
import type { PrefectSocket } from "./prefect-socket.ts";
import type { SocketRoute } from "./socket-hub.ts";
import { createTeardownDesk, type Delivery } from "./teardown-desk.ts";

/** How long a worker may take to say its hello, in ms. */
const helloLimitMs = 10_000;

const path = "/api/work_pools/:name/workers/connect";

type HelloFrame = Extract<WorkerFrame, { type: "worker.hello.v1" }>;
type CleanupFrame = Extract<WorkerFrame, { type: `cleanup.${string}` }>;

const operations = { "cleanup.ack.v1": "ack", "cleanup.release.v1": "release", "cleanup.renew.v1": "renew" } as const;

export function workerChannel(options: {
  readonly api: Api;
  readonly clock: Clock;
  /** Told of what goes wrong beside any one channel. */
  readonly onFailure: (error: unknown) => void;
}): SocketRoute {
  const { api, clock } = options;
  const desk = createTeardownDesk({ api, clock });
  const round = createChannelRound({ ...options, desk });
  const frame = (type: ServerFrameType, payload: object): string => toFrame(type, payload, { now: clock.now() });

  /** @throws ChannelClosed when it takes too long. A worker that is slow may come back. */
  async function nextInTime(messages: AsyncIterator<string>): Promise<IteratorResult<string>> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const limit = clock.setTimer(helloLimitMs, () => reject(new ChannelClosed("transient_server_error")), {
      background: true,
    });
    try {
      return await Promise.race([messages.next(), late]);
    } finally {
      limit.cancel();
    }
  }

  async function speak(socket: PrefectSocket, poolName: string): Promise<void> {
    const messages = socket.messages()[Symbol.asyncIterator]();
    const first = await nextInTime(messages);
    if (first.done === true) return;
    const { type, payload: hello } = readFrame(first.value);
    if (type !== "worker.hello.v1") throw new ChannelClosed("protocol_error");
    const welcome = await welcomeWorker({ api, clock }, { poolName, hello });
    await socket.send(frame("worker.ready.v1", welcome.ready));
    const member = toMember(socket, hello, welcome);
    round.join(member, welcome.pool.revision);
    try {
      for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
        await handle(socket, readFrame(next.value), { hello, welcome });
      }
    } finally {
      round.leave(member);
    }
  }

  function toMember(socket: PrefectSocket, hello: HelloFrame["payload"], welcome: Welcome): ChannelMember {
    const { pool, workQueueIds, maxTeardowns } = welcome;
    let sequence = 1;
    return {
      consumerId: hello.consumer_id,
      workPoolId: pool.id,
      workQueueIds,
      maxTeardowns,
      showPool(shown) {
        const snapshot = toSnapshot(shown, { sequence: ++sequence, reason: "work_pool_updated" });
        // A channel that is closed has nobody who would miss it.
        socket.send(frame("work_pool.snapshot.v1", snapshot)).catch(() => undefined);
      },
      end() {
        const { code, reason } = new ChannelClosed("authorization_failed");
        socket.close(code, reason);
      },
      hand: (delivery) => socket.send(frame("cleanup.message.v1", toMessage(delivery))),
    };
  }

  async function handle(
    socket: PrefectSocket,
    said: WorkerFrame,
    { hello, welcome }: { readonly hello: HelloFrame["payload"]; readonly welcome: Welcome },
  ): Promise<void> {
    switch (said.type) {
      case "worker.hello.v1":
        throw new ChannelClosed("protocol_error");
      case "worker.heartbeat.v1": {
        const { consumer_id: consumerId, worker_name: name } = said.payload;
        if (consumerId !== hello.consumer_id || name !== hello.worker_name) throw new ChannelClosed("protocol_error");
        return beat(api, welcome.pool.id, said.payload);
      }
      default:
        return socket.send(frame("cleanup.operation_result.v1", await settle(said, welcome)));
    }
  }

  async function settle({ id, type, payload }: CleanupFrame, { pool, maxTeardowns }: Welcome): Promise<object> {
    const operation = operations[type];
    const outcome =
      maxTeardowns === 0
        ? ({ status: "unauthorized", reason: "cleanup_delivery_not_accepted" } as const)
        : await desk.settle({
            kind: operation,
            orderId: payload.message_id,
            token: payload.reservation_token,
            workPoolId: pool.id,
            ...("reason" in payload ? { reason: payload.reason } : {}),
          });
    if (operation !== "renew") round.wake();
    return {
      request_frame_id: id,
      message_id: payload.message_id,
      operation,
      status: outcome.status,
      lease_expires_at: toPrefectTimeOrNull("until" in outcome ? outcome.until : null),
      reason: outcome.reason,
      detail: null,
    };
  }

  return {
    path,
    policy: { role: "runner", does: "work" },
    async open(socket, { params }) {
      try {
        await speak(socket, params.name ?? "");
      } catch (error) {
        if (!(error instanceof ChannelClosed)) {
          const { code, reason } = new ChannelClosed("transient_server_error");
          socket.close(code, reason);
          throw error;
        }
        socket.close(error.code, error.reason);
        // What kept a heartbeat from being written down is of interest; what a client did wrong it is told itself.
        if (error.reason === "heartbeat_persistence_failed") throw error;
      }
    },
  };
}

function toMessage({ order, token, until, infrastructurePid }: Delivery): object {
  return {
    message_id: order.id,
    kind: "cancelling_timeout_teardown.v1",
    reservation_token: token,
    lease_expires_at: toPrefectTime(until),
    delivery_count: order.deliveries,
    work_queue_id: order.workQueueId,
    target: { flow_run_id: order.flowRunId, infrastructure_pid: infrastructurePid },
    data: {},
  };
}
