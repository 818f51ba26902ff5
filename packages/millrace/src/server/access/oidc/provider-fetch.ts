/** Requests to an identity provider: bounded in time and size, and never led elsewhere. */

import type { Clock } from "../../../kit/clock.ts";
import { timeoutSignal } from "../../../kit/signal.ts";

const limitMs = 10_000;
/** Of an answer: keys, tokens and metadata are some KiB. */
const maxAnswerBytes = 512 * 1024;

interface ProviderRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: RequestInit["body"] | undefined;
}

/** The address is an operator's setting, or what the provider of that setting says of itself: it may be in a private network. */
export function createProviderFetch(clock: Clock): (url: string, options: ProviderRequest) => Promise<Response> {
  return async (url, options) => {
    using limit = timeoutSignal({ ms: limitMs, clock });
    const { method, headers: sent, body } = options;
    const response = await fetch(url, {
      method,
      headers: sent,
      redirect: "manual",
      signal: limit.signal,
      ...(body === undefined || body === null ? {} : { body }),
    });
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const chunk of response.body ?? []) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxAnswerBytes) throw new Error(`its answer is larger than ${maxAnswerBytes / 1024} KiB`);
      chunks.push(chunk);
    }
    const { status, headers } = response;
    return new Response(chunks.length === 0 ? null : Buffer.concat(chunks), { status, headers: plain(headers) });
  };
}

/** The body has been unpacked. */
function plain(headers: Headers): Headers {
  const kept = new Headers(headers);
  kept.delete("content-encoding");
  kept.delete("content-length");
  return kept;
}
