/** A client of the server that has the ledger: what this process says who it is by is given here, and nowhere else. */

import { findTracer } from "../kit/open-telemetry.ts";
import type { Client, ClientOptions } from "../client/create-client.ts";

/** Where a server is, and what it is asked with. Plain data: it can be posted to a thread. */
export interface ServerPlace {
  readonly apiUrl: string;
  /** Null: it is asked as somebody whom it does not know. */
  readonly apiKey: string | null;
}

/** The code of the client is loaded only here. */
export async function createServerClient(
  place: ServerPlace,
  options: Pick<ClientOptions, "clock" | "timeoutMs" | "retryForMs" | "token" | "hasAnswered" | "fetch">,
): Promise<Client> {
  const { createClient } = await import("../client/create-client.ts");
  return createClient({ ...toAddress(place), ...options, traceparent });
}

/** Of the running code. */
function traceparent(): string | null {
  const tracer = findTracer();
  const here = tracer?.here() ?? null;
  return tracer === null || here === null ? null : tracer.carry(here).traceparent;
}

/** As `createClient` and `followEvents` take it. */
export function toAddress({ apiUrl, apiKey }: ServerPlace): { readonly url: string; readonly token?: string } {
  return apiKey === null ? { url: apiUrl } : { url: apiUrl, token: apiKey };
}
