import { type Duration, toMs } from "../kit/duration.ts";
import { timeoutSignal } from "../kit/signal.ts";
import { type Found, type Look, type WaitOptions, waitUntilFound } from "./waiting.ts";

export interface WaitForHttpOptions extends WaitOptions {
  /** The status, or statuses, waited for. Default: each from 200 to 299. */
  readonly status?: number | readonly number[];
  /** Default "GET". */
  readonly method?: string;
  /** Not recorded: a token may be among them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Not recorded. Default: none. */
  readonly body?: string;
  /** One request may take this long; then it counts as not answered. Default 10 s. */
  readonly requestTimeout?: Duration;
}

export interface WaitForHttpUntilOptions<Value> extends WaitForHttpOptions {
  /** Looks into each answer that has the status: a value ends the wait and is its result; undefined, null or false does not. */
  readonly until: (response: Response) => Promise<Value | undefined | null | false> | Value | undefined | null | false;
}

export interface HttpAnswer {
  readonly status: number;
  /** Where the answer came from, after redirects. */
  readonly url: string;
}

/**
 * Waits until a server answers with a status, or with what `until` looks for. Requests that fail, time out or are answered by
 * another status are made again. The wait is a step of the run: once it is over, a resumed run is given the same result.
 *
 * @example await waitForHttp("https://example.com/health", { timeout: "10m" });
 * @example const job = await waitForHttp(url, { until: async (response) => { const job = await response.json(); return job.done && job; } });
 * @throws TIMED_OUT, with the last failure as its cause; what `until` throws
 */
export function waitForHttp<Value>(url: string | URL, options: WaitForHttpUntilOptions<Value>): Promise<Value>;
export function waitForHttp(url: string | URL, options?: WaitForHttpOptions): Promise<HttpAnswer>;
export async function waitForHttp(
  url: string | URL,
  options: WaitForHttpOptions & Partial<Pick<WaitForHttpUntilOptions<unknown>, "until">> = {},
): Promise<unknown> {
  const { href } = new URL(url);
  const requestTimeoutMs = toMs(options.requestTimeout ?? "10s");
  return waitUntilFound({
    name: "wait-for-http",
    subject: subjectOf(href, options.method),
    options,
    look: (look) => request(href, { ...options, requestTimeoutMs }, look),
  });
}

/** Without the user and the query, which may hold a secret. */
function subjectOf(href: string, method = "GET"): string {
  const { origin, pathname } = new URL(href);
  return `${method} ${origin}${pathname}`;
}

type Request = Omit<WaitForHttpOptions, "requestTimeout"> & {
  readonly until?: WaitForHttpUntilOptions<unknown>["until"];
  readonly requestTimeoutMs: number;
};

async function request(href: string, options: Request, { signal }: Look): Promise<Found<unknown>> {
  const { method = "GET", headers = {}, body = null, requestTimeoutMs } = options;
  using timeout = timeoutSignal({ ms: requestTimeoutMs });
  let response: Response | null = null;
  try {
    response = await fetch(href, { method, headers, body, signal: AbortSignal.any([signal, timeout.signal]) });
    return await lookInto(response, options);
  } catch (error) {
    signal.throwIfAborted();
    if (response === null || timeout.signal.aborted) return { isFound: false, because: error };
    throw error;
  } finally {
    // What nobody reads would keep the connection.
    if (response?.body?.locked === false) await response.body.cancel().catch(() => undefined);
  }
}

async function lookInto(response: Response, { status, until, method }: Request): Promise<Found<unknown>> {
  const { url } = response;
  if (!isWanted(response, status)) {
    return { isFound: false, because: new Error(`${subjectOf(url, method)} was answered by ${response.status}`) };
  }
  if (until === undefined) return { isFound: true, value: { status: response.status, url } };
  const value = await until(response);
  return value === undefined || value === null || value === false ? { isFound: false } : { isFound: true, value };
}

function isWanted({ ok, status }: Response, wanted: WaitForHttpOptions["status"]): boolean {
  if (wanted === undefined) return ok;
  return typeof wanted === "number" ? status === wanted : wanted.includes(status);
}
