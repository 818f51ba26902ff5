/** Requests to addresses that people have given: bounded in time and size, and kept from private networks where asked. */

import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import type { Clock } from "../../kit/clock.ts";
import { timeoutSignal } from "../../kit/signal.ts";

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent or empty: none. */
  readonly body?: string;
  /** Whether it may lead into a private network. */
  readonly allowsPrivate: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** Its first characters. */
  readonly text: string;
}

/** How long an answer may take, in ms. */
const limitMs = 10_000;
/** Characters kept of an answer. */
const maxAnswerChars = 1000;
/** Bytes read of an answer. */
const maxAnswerBytes = 64 * 1024;

/** Follows no redirection: it could lead where the address may not. @throws Error that says what went wrong */
export async function sendHttp(request: HttpRequest, clock: Clock): Promise<HttpAnswer> {
  const { url, method, headers, body = "", allowsPrivate } = request;
  if (!URL.canParse(url)) throw new Error("the address is no URL");
  const { protocol, hostname } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") throw new Error(`the address is for ${protocol} and not for HTTP`);
  if (!allowsPrivate && (await isPrivate(hostname))) throw new Error("the address leads into a private network");
  using limit = timeoutSignal({ ms: limitMs, clock });
  const response = await fetch(url, {
    method,
    headers,
    redirect: "manual",
    signal: limit.signal,
    ...(body === "" || method === "GET" ? {} : { body }),
  });
  return { status: response.status, text: await readStart(response) };
}

/** Without the address, which may hold a secret. */
export function describeSendFailure(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { cause } = error;
  return cause instanceof Error
    ? `${error.message}: ${(cause as NodeJS.ErrnoException).code ?? cause.name}`
    : error.message;
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    if (sizeBytes >= maxAnswerBytes || text.length >= maxAnswerChars) break;
  }
  return text.slice(0, maxAnswerChars);
}

const privateNetworks = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  privateNetworks.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  privateNetworks.addSubnet(network, prefix, "ipv6");
}

async function isPrivate(hostname: string): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host, family: isIP(host) }];
  return addresses.some(({ address, family }) => privateNetworks.check(address, family === 6 ? "ipv6" : "ipv4"));
}
