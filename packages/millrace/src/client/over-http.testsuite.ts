/** A client whose server stands before an Api in this process. */

import { expect } from "vitest";
import { createVault } from "../app/vault.ts";
import type { Api } from "../contract/api.ts";
import { apiVersion } from "../contract/wire/server-info.ts";
import { apiMethods } from "../contract/wire/v1-calls.ts";
import { v1Routes } from "../contract/wire/v1-routes.ts";
import { systemClock } from "../kit/clock.ts";
import { createServer, type Server, type ServerOptions } from "../server/create-server.ts";
import { type Client, type ClientOptions, createClient } from "./create-client.ts";

export interface OverHttp {
  readonly server: Server;
  readonly url: string;
  readonly client: Client;
}

const info = { name: "millrace", version: "0.0.0-test", apiVersion, leaseMs: 30_000 } as const;

/** Its key is given, so that it needs no home. */
export const testVault = createVault({ home: "", key: Buffer.alloc(32, 7).toString("base64") });

export async function startOverHttp(
  api: Api,
  options: {
    readonly server?: Partial<ServerOptions>;
    readonly client?: Partial<ClientOptions>;
    readonly port?: number;
  } = {},
): Promise<OverHttp> {
  const server = createServer({ clock: systemClock, info, vault: testVault, ...options.server, api });
  const url = await server.listen({ port: options.port ?? 0 });
  return { server, url, client: createClient({ url, ...options.client }) };
}

/** The client as an Api; closing it closes the server too. Each answer is held against the schema of its route. */
export async function putHttpBefore(api: Api): Promise<Api> {
  const { server, client } = await startOverHttp(api);
  const checked = apiMethods.map((method) => {
    const call = client[method] as (...args: readonly unknown[]) => Promise<unknown>;
    return [
      method,
      async (...args: readonly unknown[]) => {
        const answer = await call(...args);
        expect(v1Routes[method].answer.parse(answer)).toEqual(answer);
        return answer;
      },
    ];
  });
  return {
    ...(Object.fromEntries(checked) as Api),
    close: async () => {
      await client.close();
      await server.close();
    },
  };
}
