/**
 * Sends a request until it is answered, or waiting makes no more sense.
 *
 * What is sent again: what can be done twice without harm, and what surely was not done (no connection came about; the
 * server said it takes nothing now). A server that has never answered is not waited for: its address may be wrong.
 */

import { isMillraceError, MillraceError } from "../contract/errors.ts";
import { exponential } from "../kit/backoff.ts";
import type { Clock } from "../kit/clock.ts";
import type { Random } from "../kit/random.ts";
import { type Answer, readAnswer } from "./read-answer.ts";
import { type PackedBody, packBody } from "./pack-body.ts";
import type { RequestParts } from "./to-request.ts";

export interface SenderOptions {
  readonly url: string;
  readonly fetch?: typeof fetch;
  readonly token?: string | (() => string);
  readonly traceparent?: () => string | null;
  readonly timeoutMs: number;
  readonly retryForMs: number;
  readonly hasAnswered?: boolean;
  readonly clock: Clock;
  readonly random: Random;
}

export interface ClientRequest extends RequestParts {
  readonly isIdempotent: boolean;
}

/** What became of one attempt. */
interface Attempt {
  readonly answer: Answer;
  /** The server has surely not done what it was asked. */
  readonly isUndone: boolean;
  /** How long the server asks to wait, in ms; null when it does not say. */
  readonly waitMs: number | null;
}

/** As platforms say it. */
const timedOut = "The operation was aborted due to timeout";

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** @throws SETTING_INVALID for a URL that is none, or a token that cannot be sent */
export function createSender(options: SenderOptions): (request: ClientRequest) => Promise<Answer> {
  const { token, timeoutMs, retryForMs, clock, random } = options;
  const base = toBase(options.url);
  if (typeof token === "string") checkToken(token);
  const ask = options.fetch ?? fetch;
  const backoff = exponential({ initial: 50, factor: 2, max: 1000, jitter: 0.5, random });
  const headers = {
    accept: "application/json",
    // Packing costs more than it saves where nothing is sent over a network.
    ...(loopback.test(base.hostname) ? { "accept-encoding": "identity" } : {}),
  };
  let { hasAnswered = false } = options;

  async function attempt(
    { verb, path, body, headers: own }: RequestParts,
    packed: PackedBody | null,
  ): Promise<Attempt> {
    const url = `${base.href}${path}`;
    const timeout = new AbortController();
    const timer = clock.setTimer(timeoutMs, () => timeout.abort(new DOMException(timedOut, "TimeoutError")));
    const traceparent = options.traceparent?.() ?? null;
    try {
      const response = await ask(url, {
        method: verb,
        headers: {
          ...headers,
          ...own,
          ...(token === undefined ? {} : { authorization: `Bearer ${typeof token === "string" ? token : token()}` }),
          ...(traceparent === null ? {} : { traceparent }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(typeof packed === "string" || packed === null ? {} : { "content-encoding": "gzip" }),
        },
        body: packed,
        // Whoever answers may lead elsewhere, where neither key nor body belong.
        redirect: "manual",
        signal: timeout.signal,
      });
      const answer = await readAnswer(response, base.href);
      if (answer.error?.code !== "SERVER_ANSWER_INVALID") hasAnswered = true;
      const code = answer.error?.code;
      return { answer, isUndone: code === "SERVER_BUSY" || code === "CLIENT_BUSY", waitMs: toWaitMs(response) };
    } catch (cause) {
      if (isMillraceError(cause)) return { answer: { error: cause }, isUndone: false, waitMs: null };
      const error = new MillraceError("SERVER_UNREACHABLE", { url: base.href, reason: describe(cause) }, { cause });
      return { answer: { error }, isUndone: isRefused(cause), waitMs: null };
    } finally {
      timer.cancel();
    }
  }

  return async (request) => {
    const packed = request.body === undefined ? null : await packBody(JSON.stringify(request.body));
    const startedAt = clock.monotonic();
    for (let count = 1; ; count++) {
      const { answer, isUndone, waitMs } = await attempt(request, packed);
      const isWorthIt = answer.error?.retryable === true && (isUndone || request.isIdempotent);
      // A full disk, a run that another owns: those are for the caller to wait for.
      const isOurs = answer.error?.status === 503 || answer.error?.status === 429;
      if (!isWorthIt || !isOurs || !hasAnswered) return answer;
      const delayMs = waitMs === null ? backoff(count) : waitMs * (1 + random() / 2);
      if (clock.monotonic() - startedAt + delayMs > retryForMs) return answer;
      await clock.sleep(delayMs);
    }
  };
}

/** The platform's own error would repeat it. */
function checkToken(token: string): void {
  if (/^[\u0021-\u007e]+$/.test(token)) return;
  const reason = "it has a character that no token has, such as a blank";
  throw new MillraceError("SETTING_INVALID", { setting: "`token`", reason });
}

interface Base {
  /** Without a slash at its end. */
  readonly href: string;
  readonly hostname: string;
}

function toBase(text: string): Base {
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new MillraceError("SETTING_INVALID", { setting: "`apiUrl`", reason: `\`${text}\` is not an http:// URL` });
  }
  const { origin, pathname, hostname } = new URL(text);
  return { href: `${origin}${pathname}`.replace(/\/+$/, ""), hostname };
}

/** `Retry-After` in its form of seconds. */
function toWaitMs(response: Response): number | null {
  const seconds = response.headers.get("retry-after");
  return seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : null;
}

function causeOf(error: unknown): { readonly code?: unknown; readonly message?: unknown } {
  const cause = error instanceof Error ? error.cause : undefined;
  return typeof cause === "object" && cause !== null ? cause : {};
}

/** No connection came about. Platforms that do not say why leave it open. */
function isRefused(error: unknown): boolean {
  return ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"].includes(String(causeOf(error).code));
}

function describe(error: unknown): string {
  const { code, message } = causeOf(error);
  if (code === "ECONNREFUSED") return "nothing listens there";
  if (typeof message === "string" && message !== "") return message;
  return error instanceof Error ? error.message : String(error);
}
