/** What a server says of itself: is it there, does its database answer, what is it. */

import type { FastifyInstance } from "fastify";
import type { Api } from "../../contract/api.ts";
import type { LoopStatus, ServerSettings, ServerStatus } from "../../contract/wire/server-description.ts";
import type { ServerInfo } from "../../contract/wire/server-info.ts";
import type { serverPolicies } from "../../contract/wire/v1-policies.ts";
import { serverRoute } from "../access/server-route.ts";
import { createOpenApi } from "./openapi.ts";

const json = "application/json; charset=utf-8";

/** Answered also while the server is full: who watches over it must not take that for its death. */
const exempt = (action: keyof typeof serverPolicies) => ({ config: { ...serverRoute(action).config, isExempt: true } });

/** What the process of the server knows, and no Api. */
export interface AboutServer {
  /** Null where nothing is told of them. */
  readonly settings: ServerSettings | null;
  readonly readStatus: () => Promise<ServerStatus>;
  readonly readLoops: () => readonly LoopStatus[];
}

export function addServerRoutes(
  app: FastifyInstance,
  { api, info, about }: { readonly api: Api; readonly info: ServerInfo; readonly about: AboutServer | null },
): void {
  app.get("/v1/health", exempt("health"), (_, reply) => reply.type(json).send(JSON.stringify({ status: "healthy" })));

  app.get("/v1/ready", exempt("ready"), async (_, reply) => {
    await api.listFlowRuns({ ids: [] }, "created-desc", { limit: 1 });
    return reply.type(json).send(JSON.stringify({ status: "ready" }));
  });

  const forRunsToo = { config: { ...exempt("version").config, isForRuns: true } };
  app.get("/v1/version", forRunsToo, (_, reply) => reply.type(json).send(JSON.stringify(info)));

  if (about !== null) addDescription(app, about);

  let openApi: string | null = null;
  app.get("/v1/openapi.json", serverRoute("openApi"), (_, reply) => {
    openApi ??= JSON.stringify(createOpenApi({ version: info.version }));
    return reply.type(json).send(openApi);
  });
}

function addDescription(
  app: FastifyInstance,
  { settings, readStatus }: Pick<AboutServer, "settings" | "readStatus">,
): void {
  if (settings !== null) {
    app.get("/v1/settings", serverRoute("settings"), (_, reply) => reply.type(json).send(JSON.stringify(settings)));
  }

  // Whoever wonders why it is full asks this.
  app.get("/v1/status", exempt("status"), async (_, reply) =>
    reply.type(json).send(JSON.stringify(await readStatus())),
  );
}
