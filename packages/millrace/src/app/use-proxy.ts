/** Lets this thread's requests go through the proxy that the environment names, as other programs' do. */

import { proxyEnvironment } from "./settings.ts";

/**
 * To be called before the first request. Does nothing where no proxy is set, and in a Node before 24.14, which heeds
 * NODE_USE_ENV_PROXY only: the processes that run flows are given it.
 */
export async function useProxy(): Promise<void> {
  const proxy = proxyEnvironment();
  if (proxy === null) return;
  const http: { readonly setGlobalProxyFromEnv?: (env: NodeJS.ProcessEnv) => unknown } = await import("node:http");
  http.setGlobalProxyFromEnv?.(proxy);
}
