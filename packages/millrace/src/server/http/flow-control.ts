/**
 * Bounds on what is worked on at once, and the orderly end: what is under way is finished, and nothing new is begun.
 *
 *   reading ──all of it came──▶ working ──it is answered──▶ answering ──▶ its place is given back
 *      └──────────── who asked is gone ─────────────────────────┴────────▶ its place is given back
 *
 * What is worked on keeps its place though nobody waits for it any more: the work is there.
 */

import type { FastifyInstance, FastifyRequest } from "fastify";
import { MillraceError } from "../../contract/errors.ts";
import { createClientShares } from "./client-shares.ts";

/** Of one request, among those that are worked on at once. */
interface Place {
  /** Between all of the request and its answer. */
  isWorking: boolean;
  readonly giveBack: () => void;
}

export interface FlowControl {
  /** Requests that are worked on. */
  readonly inFlight: number;
  /** From now on requests are refused. Resolves when those under way have been answered. */
  drain(): Promise<void>;
}

/**
 * Requests of routes with `config.isExempt` are neither counted nor refused while the server is full; those with
 * `config.isProbe` are not refused while it stops either.
 */
export function addFlowControl(
  app: FastifyInstance,
  {
    max,
    maxOfClient,
    onRefused = () => undefined,
  }: {
    readonly max: number;
    readonly maxOfClient: number;
    readonly onRefused?: (limit: "client" | "server" | "stopping") => void;
  },
): FlowControl {
  const shares = createClientShares({
    max,
    maxOfClient,
    describe: (count) => `${count} requests are being worked on`,
    onRefused,
  });
  const inFlight = new Map<FastifyRequest, Place>();
  let isStopping = false;
  let onEmpty: (() => void) | null = null;

  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.config.isProbe === true) return;
    if (isStopping) {
      onRefused("stopping");
      reply.header("connection", "close");
      throw new MillraceError("SERVER_BUSY", { reason: "it is stopping" });
    }
    if (request.routeOptions.config.isExempt === true) return;
    const place: Place = { isWorking: false, giveBack: shares.take(request.clientAddress) };
    inFlight.set(request, place);
    // An answer that nobody takes is never finished, and `onResponse` not called.
    reply.raw.once("close", () => {
      if (!place.isWorking) leave(request);
    });
  });

  app.addHook("preHandler", async (request) => {
    const place = inFlight.get(request);
    if (place !== undefined) place.isWorking = true;
  });

  app.addHook("onSend", async (request, reply) => {
    const place = inFlight.get(request);
    if (place !== undefined) place.isWorking = false;
    if (reply.raw.closed) leave(request);
  });

  app.addHook("onResponse", async (request) => leave(request));

  function leave(request: FastifyRequest): void {
    const place = inFlight.get(request);
    if (place === undefined) return;
    inFlight.delete(request);
    place.giveBack();
    if (inFlight.size === 0) onEmpty?.();
  }

  return {
    get inFlight() {
      return inFlight.size;
    },
    drain() {
      isStopping = true;
      return new Promise((resolve) => {
        if (inFlight.size === 0) resolve();
        else onEmpty = resolve;
      });
    },
  };
}
