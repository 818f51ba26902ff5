/** One direction of a connection: takes what comes from a socket, does to it what the network does, and hands it on. */

import type { Socket } from "node:net";
import type { Clock } from "../../../packages/millrace/src/kit/clock.ts";
import { type Random, randomInt } from "../../../packages/millrace/src/kit/random.ts";
import type { Cut, LinkFaults } from "./faults.ts";

export interface Lane {
  readonly from: Socket;
  readonly to: Socket;
  readonly clock: Clock;
  readonly random: Random;
  /** As they are now. Another object counts from anew. */
  readonly faults: () => LinkFaults;
  /** Resolves when there are others, or the connection is over. */
  readonly changed: () => Promise<void>;
  /** Whether what still comes is worth nothing. */
  readonly isOver: () => boolean;
  readonly cut: (how: Cut) => void;
  readonly count: (bytes: number) => void;
}

type Piece = { readonly at: number } & (
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "end" }
  /** The socket is gone, and by how. */
  | { readonly kind: "closed"; readonly isBroken: boolean }
);

/** What a lane holds before the sender has to wait, as it does for a network's own buffers. In bytes. */
const maxHeldBytes = 1024 * 1024;

/** Ends when the sender's socket is gone and what it had sent has been handed on. */
export async function runLane(lane: Lane): Promise<void> {
  const { from, to, clock } = lane;
  const next = collect(from, clock);
  const meter = { faults: lane.faults(), bytes: 0 };
  for (;;) {
    const piece = await next();
    await travel(lane, piece.at);
    switch (piece.kind) {
      case "bytes":
        await handOn(lane, piece.bytes, meter);
        break;
      case "end":
        if (!lane.isOver()) to.end();
        break;
      case "closed":
        if (piece.isBroken) lane.cut("reset");
        return;
    }
  }
}

/** Gives what has come, piece by piece; the sender waits while too much of it lies here. */
function collect(from: Socket, clock: Clock): () => Promise<Piece> {
  const pieces: Piece[] = [];
  let heldBytes = 0;
  let hasEnded = false;
  let wake: () => void = () => undefined;
  const add = (piece: Piece): void => {
    pieces.push(piece);
    wake();
  };
  from.on("data", (bytes: Buffer) => {
    heldBytes += bytes.length;
    if (heldBytes > maxHeldBytes) from.pause();
    add({ kind: "bytes", bytes, at: clock.monotonic() });
  });
  from.on("end", () => {
    hasEnded = true;
    add({ kind: "end", at: clock.monotonic() });
  });
  // Told by "close" too.
  from.on("error", () => undefined);
  from.on("close", (hadError) => add({ kind: "closed", isBroken: hadError || !hasEnded, at: clock.monotonic() }));
  return async () => {
    for (;;) {
      const piece = pieces.shift();
      if (piece === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      if (piece.kind === "bytes") {
        heldBytes -= piece.bytes.length;
        if (heldBytes <= maxHeldBytes) from.resume();
      }
      return piece;
    }
  };
}

/** Resolves when what came at `at` has come through the network. */
async function travel(lane: Lane, at: number): Promise<void> {
  const { clock, random } = lane;
  await leaveBlackHole(lane);
  const { latencyMs = 0, jitterMs = 0 } = lane.faults();
  const leftMs = at + latencyMs + jitterMs * random() - clock.monotonic();
  if (leftMs > 0 && !lane.isOver()) await clock.sleep(leftMs);
  await leaveBlackHole(lane);
}

async function leaveBlackHole(lane: Lane): Promise<void> {
  while (lane.faults().isBlackHole === true && !lane.isOver()) await lane.changed();
}

/** What has come through since the faults were set. */
interface Meter {
  faults: LinkFaults;
  bytes: number;
}

async function handOn(lane: Lane, bytes: Buffer, meter: Meter): Promise<void> {
  const { random, faults } = lane;
  if (faults().cutShare !== undefined && random() < (faults().cutShare ?? 0)) lane.cut("reset");
  for (let done = 0; done < bytes.length && takesMore(lane); ) {
    const now = faults();
    if (meter.faults !== now) Object.assign(meter, { faults: now, bytes: 0 });
    const { sliceBytes, limit, bytesPerSecond } = now;
    const left = bytes.length - done;
    const size = sliceBytes === undefined ? left : Math.min(left, 1 + randomInt(random, sliceBytes));
    const allowed = limit === undefined ? size : Math.min(size, limit.bytes - meter.bytes);
    if (bytesPerSecond !== undefined) await lane.clock.sleep((allowed / bytesPerSecond) * 1000);
    await leaveBlackHole(lane);
    await write(lane, bytes.subarray(done, done + allowed));
    done += allowed;
    meter.bytes += allowed;
    if (limit !== undefined && allowed < size) lane.cut(limit.then);
  }
}

/** Resolves when the receiver's machine has it, or never will. */
function write(lane: Lane, bytes: Buffer): Promise<void> {
  const { to, count } = lane;
  if (bytes.length === 0 || !takesMore(lane)) return Promise.resolve();
  count(bytes.length);
  return new Promise((resolve) => void to.write(bytes, () => resolve()));
}

function takesMore({ to, isOver }: Lane): boolean {
  return !isOver() && to.writable;
}
