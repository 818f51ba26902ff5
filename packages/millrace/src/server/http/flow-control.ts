/** Bounds on what is worked on at once, and the orderly end: what is under way is finished, and nothing new is begun. */

import type { FastifyInstance, FastifyRequest } from "fastify";
import { MillraceError } from "../../contract/errors.ts";
import { createClientShares } from "./client-shares.ts";

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
  /** Each with what gives its place back. */
  const inFlight = new Map<FastifyRequest, () => void>();
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
    inFlight.set(request, shares.take(request.clientAddress));
  });

  app.addHook("onResponse", async (request) => {
    inFlight.get(request)?.();
    inFlight.delete(request);
    if (inFlight.size === 0) onEmpty?.();
  });

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
