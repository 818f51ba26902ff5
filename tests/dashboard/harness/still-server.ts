/** A server over a seeded ledger in which no time passes: its clock stands, and no loop changes anything. */

import { join } from "node:path";
import { openStore } from "../../../packages/millrace/src/app/open-store.ts";
import { createVault } from "../../../packages/millrace/src/app/vault.ts";
import { apiVersion } from "../../../packages/millrace/src/contract/wire/server-info.ts";
import { systemClock } from "../../../packages/millrace/src/kit/clock.ts";
import { createServer } from "../../../packages/millrace/src/server/create-server.ts";
import { createAccess } from "../../../packages/millrace/src/service/access/create-access.ts";
import { createService } from "../../../packages/millrace/src/service/create-service.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import { seed, type SeedName } from "../seeds/seeds.ts";

/** A morning, in ms since the epoch: what is in the seeds has happened before it. */
export const stillNow = Date.UTC(2026, 10, 26, 9, 30);

const dashboardFolder = join(import.meta.dirname, "../../../packages/millrace/dist/dashboard");

export interface StillServerOptions {
  readonly home: string;
  /** Default false. */
  readonly hasAccessControl?: boolean;
}

export async function startStillServer(
  name: SeedName,
  { home, hasAccessControl = false }: StillServerOptions,
): Promise<Proxy> {
  const now = stillNow;
  await seed(name, { home, now });
  const clock = { ...systemClock, now: () => now };
  const store = await openStore({ home, database: null, durability: "process" }, clock);
  const server = createServer({
    api: createService({ store, clock }),
    clock,
    ...(hasAccessControl ? { access: createAccess({ access: store.access, clock }) } : {}),
    info: { name: "millrace", version: "0.1.0", apiVersion, leaseMs: 30_000 },
    vault: createVault({ home }),
    dashboardFolder,
  });
  const url = await server.listen({ host: "127.0.0.1", port: 0, allowRemote: false });
  // Answers tell the time too, and the page goes by it.
  const proxy = await startProxy({ target: `${url}/`, date: now });
  return {
    url: proxy.url,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await server.close();
      await store.close();
    },
  };
}
