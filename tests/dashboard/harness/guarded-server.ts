/** A server with access control, from our sources, over the ledger of a home; and a session of somebody on it. */

import { startServer } from "../../../packages/millrace/src/app/start-server.ts";
import { readOidcOptions } from "../../../packages/millrace/src/app/read-oidc-options.ts";
import { readSettings } from "../../../packages/millrace/src/app/settings.ts";
import { seedPassword } from "../seeds/accounts.ts";
import type { ServerProcess } from "./server-process.ts";

export async function startGuardedServer({
  home,
  port = 0,
  env = {},
}: {
  readonly home: string;
  readonly port?: number;
  /** Settings that are to count. */
  readonly env?: Readonly<Record<string, string>>;
}): Promise<ServerProcess> {
  // No setting of whoever runs the tests counts.
  const settings = readSettings({ home, env, cwd: home });
  const oidc = readOidcOptions(settings);
  const server = await startServer({ settings, accessControl: true, oidc, host: "127.0.0.1", port });
  return { url: server.url, port: Number(new URL(server.url).port), stop: () => server.close() };
}

/** The cookie of somebody who has signed in, for a browser to come with. */
export async function openSession(url: string, name: string, password = seedPassword): Promise<string> {
  const response = await fetch(new URL("v1/session", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, password }),
  });
  const token = /^millrace_session=([^;]+)/.exec(response.headers.get("set-cookie") ?? "")?.[1];
  if (token === undefined) throw new Error(`${name} does not come in: ${response.status} ${await response.text()}`);
  return token;
}
