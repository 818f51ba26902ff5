/**
 * What an orchestrator of containers or a balancer asks: `/livez`, whether the process answers, and `/readyz`, whether it should
 * be sent requests. For anyone, and answered also while the server is full or stops: neither may be taken for its death.
 */

import type { FastifyInstance } from "fastify";
import { serverRoute } from "../access/server-route.ts";
import type { ReadinessWatch } from "./readiness.ts";

const json = "application/json; charset=utf-8";
const probe = { config: { ...serverRoute("probe").config, isProbe: true } };

export function addProbes(app: FastifyInstance, readiness: Pick<ReadinessWatch, "read">): void {
  app.get("/livez", probe, (_, reply) => reply.type(json).send(JSON.stringify({ status: "alive" })));

  app.get("/readyz", probe, async (_, reply) => {
    const found = await readiness.read();
    return reply
      .code(found.status === "ready" ? 200 : 503)
      .type(json)
      .send(JSON.stringify(found));
  });
}
