/** What a worker says over its channel (work_pool_worker_channel.v1). Unlike the rest of the wire, nothing unknown is taken. */

import * as z from "zod";
import { jsonObject, text, time, uuid } from "./common.ts";

export const channelVersion = "work_pool_worker_channel.v1";

/** Queues that a worker may name, and words of the protocol in one list. */
const maxQueueNames = 1000;
const maxWords = 100;

const filled = text.min(1);
const words = z.array(filled).max(maxWords);
const cleanupKind = z.enum(["cancelling_timeout_teardown.v1", "pending_claim_teardown.v1"]);

/** What every worker must ask for, and is given. */
export const requiredCapabilities = ["worker_heartbeat.v1", "work_pool_snapshot.v1"] as const;
export const cleanupCapability = "cleanup_delivery.v1";

const frame = { id: uuid, sent_at: time };
const intervalSeconds = z.int().positive();

const helloPayload = z
  .strictObject({
    consumer_id: uuid,
    worker_name: filled,
    worker_type: filled,
    heartbeat_interval_seconds: intervalSeconds,
    supported_channel_versions: words.min(1),
    requested_capabilities: words.min(1),
    work_queue_names: z.array(filled).max(maxQueueNames).default([]),
    handled_cleanup_kinds: z.array(cleanupKind).max(maxWords).default([]),
    max_cleanup_concurrency: z.int().nonnegative().optional(),
    create_pool_if_not_found: z.boolean().default(false),
    default_base_job_template: jsonObject.default({}),
    worker_metadata: jsonObject.nullable().default(null),
  })
  .transform(({ max_cleanup_concurrency: max, ...payload }, context) => {
    const { requested_capabilities: requested, handled_cleanup_kinds: kinds } = payload;
    const cleansUp = requested.includes(cleanupCapability);
    const complain = (message: string): void => context.addIssue({ code: "custom", message, input: payload });
    if (requiredCapabilities.some((each) => !requested.includes(each))) complain("A required capability is missing");
    if (!cleansUp && (kinds.length > 0 || (max ?? 0) > 0)) complain(`Cleanup needs \`${cleanupCapability}\``);
    return { ...payload, max_cleanup_concurrency: max ?? (cleansUp && kinds.length > 0 ? 1 : 0) };
  });

const heartbeatPayload = z.strictObject({
  consumer_id: uuid,
  worker_name: filled,
  heartbeat_interval_seconds: intervalSeconds,
});

const reservation = { message_id: uuid, reservation_token: filled };

export const workerFrame = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("worker.hello.v1"), ...frame, payload: helloPayload }),
  z.strictObject({ type: z.literal("worker.heartbeat.v1"), ...frame, payload: heartbeatPayload }),
  z.strictObject({ type: z.literal("cleanup.ack.v1"), ...frame, payload: z.strictObject(reservation) }),
  z.strictObject({
    type: z.literal("cleanup.release.v1"),
    ...frame,
    payload: z.strictObject({ ...reservation, reason: filled }),
  }),
  z.strictObject({ type: z.literal("cleanup.renew.v1"), ...frame, payload: z.strictObject(reservation) }),
]);

export type WorkerFrame = z.output<typeof workerFrame>;
export type WorkerHello = z.output<typeof helloPayload>;
