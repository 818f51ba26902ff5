/** Requests to addresses that people have given: bounded in time and size, and kept from networks that they may not lead into. */

import { lookup as askForAddress } from "node:dns";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import type { Clock } from "../../kit/clock.ts";
import { createMasker } from "../../kit/mask.ts";
import { abortable, timeoutSignal } from "../../kit/signal.ts";
import { type AddressCheck, literalAddress } from "./check-address.ts";

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
  /** How long it asks to be left alone, in ms; null where it does not say. */
  readonly retryAfterMs: number | null;
}

export interface SendOptions {
  readonly clock: Clock;
  readonly checkAddress: AddressCheck;
  /** Asks which addresses a name has. Default: the machine's own way. */
  readonly lookup?: LookupFunction;
  /** What was sent that must not be told again: an answer may repeat it. */
  readonly secrets?: readonly string[];
}

/** How long an answer may take, in ms. */
const limitMs = 10_000;
/** Characters kept of an answer. */
const maxAnswerChars = 1000;
/** Bytes read of an answer. */
const maxAnswerBytes = 64 * 1024;

/** Ports on which something else listens that could take a request for its own commands: mail, shells, chats. */
const otherPorts: ReadonlySet<string> = new Set(
  [
    "1",
    "7",
    "9",
    "19",
    "20",
    "21",
    "22",
    "23",
    "25",
    "53",
    "69",
    "79",
    "110",
    "111",
    "119",
    "123",
    "135",
    "137",
    "139",
  ].concat([
    "143",
    "161",
    "389",
    "427",
    "465",
    "512",
    "513",
    "514",
    "515",
    "554",
    "587",
    "636",
    "993",
    "995",
    "6000",
    "6379",
    "6667",
  ]),
);

/**
 * Follows no redirection: it could lead where the address may not. The address is checked in the moment of the connection, and no
 * other one is connected to.
 *
 * @throws Error that says what went wrong, without the address
 */
export async function sendHttp(request: HttpRequest, options: SendOptions): Promise<HttpAnswer> {
  const url = toUrl(request.url);
  const refuse = (address: string): string | null => options.checkAddress(address, request);
  const literal = literalAddress(url.hostname);
  const refused = literal === null ? null : refuse(literal);
  if (refused !== null) throw new Error(refused);
  const lookup = checkedLookup(url.hostname, refuse, options.lookup ?? (askForAddress as LookupFunction));
  // A proxy connects by itself, so that nothing is asked for on the way: then this is all that can be checked.
  if (literal === null && isThereProxy()) await resolves(url.hostname, lookup);
  using limit = timeoutSignal({ ms: limitMs, clock: options.clock });
  const response = await abortable(ask(request, { url, lookup, signal: limit.signal }), limit.signal);
  const retryAfterMs = toRetryAfterMs(response.headers["retry-after"], options.clock.now());
  return { status: response.statusCode ?? 0, text: await readStart(response, options.secrets ?? []), retryAfterMs };
}

function toUrl(text: string): URL {
  if (!URL.canParse(text)) throw new Error("the address is no URL");
  const url = new URL(text);
  const { protocol, username, password, port } = url;
  if (protocol !== "http:" && protocol !== "https:") throw new Error(`the address is for ${protocol} and not for HTTP`);
  if (username !== "" || password !== "") throw new Error("the address has a name or a password in it");
  if (otherPorts.has(port)) throw new Error(`the address is for port ${port}, on which no HTTP is spoken`);
  return url;
}

/** Of a name that has several addresses, all must be such as may be sent to. */
function checkedLookup(
  hostname: string,
  refuse: (address: string) => string | null,
  lookup: LookupFunction,
): LookupFunction {
  return (name, options, callback) => {
    lookup(name, options, (error, found, family) => {
      const addresses = typeof found === "string" ? [found] : (found ?? []).map(({ address }) => address);
      // The name of a proxy is none that a person has given.
      const reason = name === hostname ? (addresses.map(refuse).find((each) => each !== null) ?? null) : null;
      if (error !== null || reason === null) callback(error, found, family);
      else callback(new Error(reason), found, family);
    });
  };
}

function resolves(hostname: string, lookup: LookupFunction): Promise<void> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error) => (error === null ? resolve() : reject(error)));
  });
}

function isThereProxy(): boolean {
  return (
    (http.globalAgent as unknown as { readonly options: { readonly proxyEnv?: unknown } }).options.proxyEnv !==
    undefined
  );
}

function ask(
  { method, headers, body = "" }: HttpRequest,
  { url, lookup, signal }: { readonly url: URL; readonly lookup: LookupFunction; readonly signal: AbortSignal },
): Promise<IncomingMessage> {
  const bytes = body === "" || method === "GET" ? null : Buffer.from(body);
  const length = bytes === null ? {} : { "content-length": String(bytes.length) };
  const type = bytes === null || hasType(headers) ? {} : { "content-type": "text/plain;charset=UTF-8" };
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === "https:" ? https : http;
    const sent = { ...type, ...withoutConnection(headers), ...length, connection: "close" };
    const asked = request(url, { method, headers: sent, lookup, signal }, resolve);
    asked.on("error", reject);
    asked.end(bytes);
  });
}

/** A connection is for one request: on one that is left open the next would be sent without a look at where it leads. */
function withoutConnection(headers: HttpRequest["headers"]): HttpRequest["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "connection"));
}

function hasType(headers: HttpRequest["headers"]): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
}

/** Without the address, which may hold a secret. What has a code is of the machine, whose words have the address in them. */
export function describeSendFailure(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? error.message : `it could not be sent: ${code}`;
}

/** Whether nobody has answered, which says nothing against the call itself. */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  // What Node finds wrong with the request itself begins so.
  return error.name === "TimeoutError" || (typeof code === "string" && !code.startsWith("ERR_"));
}

/** Seconds, or a time. */
function toRetryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/** Secrets are masked before anything is cut: it is read for so much longer that the last one is whole, in base64 or a URL too. */
async function readStart(response: IncomingMessage, secrets: readonly string[]): Promise<string> {
  const masker = createMasker(secrets);
  const maxReadChars = maxAnswerChars + 3 * Math.max(0, ...secrets.map(({ length }) => length));
  const decoder = new TextDecoder();
  let text = "";
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    if (sizeBytes >= maxAnswerBytes || text.length >= maxReadChars) break;
  }
  return masker.mask(text).slice(0, maxAnswerChars);
}
