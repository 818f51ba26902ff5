/** Bounds on what is worked on at once, and the orderly end: what is under way is finished, and nothing new is begun. */

import type { FastifyInstance, FastifyRequest } from "fastify";
import { MillraceError } from "../../contract/errors.ts";

export interface FlowControl {
  /** From now on requests are refused. Resolves when those under way have been answered. */
  drain(): Promise<void>;
}

/** Requests of routes with `config.isExempt` are neither counted nor refused while the server is full. */
export function addFlowControl(app: FastifyInstance, { maxInFlight }: { readonly maxInFlight: number }): FlowControl {
  const inFlight = new Set<FastifyRequest>();
  let isStopping = false;
  let onEmpty: (() => void) | null = null;

  app.addHook("onRequest", async (request, reply) => {
    if (isStopping) {
      reply.header("connection", "close");
      throw new MillraceError("SERVER_BUSY", { reason: "it is stopping" });
    }
    if (request.routeOptions.config.isExempt === true) return;
    if (inFlight.size >= maxInFlight) {
      throw new MillraceError("SERVER_BUSY", { reason: `${inFlight.size} requests are being worked on` });
    }
    inFlight.add(request);
  });

  app.addHook("onResponse", async (request) => {
    inFlight.delete(request);
    if (inFlight.size === 0) onEmpty?.();
  });

  return {
    drain() {
      isStopping = true;
      return new Promise((resolve) => {
        if (inFlight.size === 0) resolve();
        else onEmpty = resolve;
      });
    },
  };
}
