/** What is said over a worker's channel, and why one is closed. */

import { uuidv7 } from "../../../kit/ids.ts";
import { parseJson } from "../../../kit/json.ts";
import type { WorkPoolResponse } from "../schemas/work-pools.ts";
import { type WorkerFrame, workerFrame } from "../schemas/worker-channel.ts";
import { toPrefectTime } from "../times.ts";

/** The reasons that a worker knows, each with its code. At 1011 it comes back; at the others it goes on over REST. */
const closeCodes = {
  authorization_failed: 1008,
  unsupported_version: 1008,
  protocol_error: 1002,
  heartbeat_persistence_failed: 1011,
  transient_server_error: 1011,
} as const;

export type ChannelCloseReason = keyof typeof closeCodes;

/** Ends a channel. Thrown by what finds that it cannot go on. */
export class ChannelClosed extends Error {
  override readonly name = "ChannelClosed";
  readonly reason: ChannelCloseReason;
  readonly code: number;

  constructor(reason: ChannelCloseReason, options: ErrorOptions = {}) {
    super(reason, options);
    this.reason = reason;
    this.code = closeCodes[reason];
  }
}

export type ServerFrameType =
  | "worker.ready.v1"
  | "work_pool.snapshot.v1"
  | "cleanup.message.v1"
  | "cleanup.operation_result.v1";

export function toFrame(type: ServerFrameType, payload: object, { now }: { readonly now: number }): string {
  return JSON.stringify({ type, id: uuidv7(), sent_at: toPrefectTime(now), payload });
}

/** @throws ChannelClosed for what is none of a worker's frames */
export function readFrame(message: string): WorkerFrame {
  let value: unknown;
  try {
    value = parseJson(message);
  } catch (cause) {
    throw new ChannelClosed("protocol_error", { cause });
  }
  const parsed = workerFrame.safeParse(value);
  if (!parsed.success) throw new ChannelClosed("protocol_error", { cause: parsed.error });
  return parsed.data;
}

/** The pool as it is; sequences count up from 1 in each channel. */
export function toSnapshot(pool: WorkPoolResponse, at: { readonly sequence: number; readonly reason: string }): object {
  return { snapshot_sequence: at.sequence, reason: at.reason, work_pool: pool };
}
