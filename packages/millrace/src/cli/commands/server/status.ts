import type { Settings } from "../../../app/settings.ts";
import { readText } from "../../../client/read-answer.ts";
import type { ReadinessProblem } from "../../../contract/wire/server-description.ts";
import type { ServerInfo } from "../../../contract/wire/server-info.ts";
import { duration } from "../../arguments/options.ts";
import { type CommandContext, defineCommand, exitCodes } from "../../command.ts";
import { cleanLine } from "../../output/clean-text.ts";
import { renderFacts } from "../../output/facts.ts";

/** What a server was found to be. */
interface ServerStatus {
  readonly url: string;
  readonly status: "ready" | "not ready" | "not reached";
  /** Of the package that serves; null where it did not say. */
  readonly version: string | null;
  readonly apiVersion: number | null;
  /** Whom it takes the asker for; null where it asks nobody, and for somebody whom it does not know. */
  readonly account: string | null;
  /** Why it is not ready; null when it is. */
  readonly reason: string | null;
}

/** How long it may take to answer, and how long it is before it is asked again; in ms. */
const askLimitMs = 5000;
const askAgainMs = 250;
/** Bytes of an answer: it is a few words. */
const maxStatusBytes = 2 ** 20;

export const serverStatus = defineCommand({
  summary: "Say whether the server is there and ready",
  details: [
    "With access control it says also whose MILLRACE_API_KEY is; without a key it tells no version.",
    "Asks the server of MILLRACE_API_URL; where none is set, one on this machine at serverHost and serverPort. Exit code 1 when it is not ready: it cannot be reached, its database does not answer, one of its loops is stuck, or it is stopping.",
    'With --json: `{ "url", "status", "version", "apiVersion", "account", "reason" }`; `status` is ready, not ready or not reached.',
  ],
  positionals: {},
  options: { wait: duration("Wait so long for it to be ready.") },
  examples: [
    { command: "server status", why: "is it there?" },
    { command: "server status --wait 30s", why: "in a script, after it was started" },
  ],
  async run({ options }, context) {
    const place = await placeOf(await context.settings());
    const status = await askUntilReady(place, { waitMs: options.wait ?? 0, context });
    const { out, json } = context;
    if (json) out.json(status);
    else print(status, context);
    return status.status === "ready" ? exitCodes.ok : exitCodes.failed;
  },
});

interface Place {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A key goes to the server that it was set for. */
async function placeOf(settings: Settings): Promise<Place> {
  const { serverUrl } = await import("../../../app/open-ledger.ts");
  const url = serverUrl(settings);
  if (url !== null) {
    const { apiKey } = settings;
    return { url: url.replace(/\/$/, ""), headers: apiKey === null ? {} : { authorization: `Bearer ${apiKey}` } };
  }
  const { serverHost, serverPort } = settings;
  const isAny = serverHost === "0.0.0.0" || serverHost === "::";
  const host = isAny ? "127.0.0.1" : serverHost.includes(":") ? `[${serverHost}]` : serverHost;
  return { url: `http://${host}:${serverPort}`, headers: {} };
}

async function askUntilReady(
  place: Place,
  { waitMs, context }: { readonly waitMs: number; readonly context: CommandContext },
): Promise<ServerStatus> {
  const { clock } = context;
  const startedAt = clock.monotonic();
  const signal = waitMs === 0 ? undefined : context.interrupt();
  for (;;) {
    const status = await ask(place);
    if (status.status === "ready" || clock.monotonic() - startedAt >= waitMs) return status;
    await clock.sleep(askAgainMs, signal);
  }
}

async function ask({ url, headers }: Place): Promise<ServerStatus> {
  const status = { url, version: null, apiVersion: null, account: null };
  try {
    const info = await fetchJson(`${url}/v1/version`, headers);
    if (!isServerInfo(info.body) && !isAskedForKey(info)) {
      return {
        ...status,
        status: "not reached",
        reason: `what answers there is no server of Millrace (${info.status})`,
      };
    }
    const { version, apiVersion } = isServerInfo(info.body) ? info.body : status;
    const session = await fetchJson(`${url}/v1/session`, headers);
    const { isReady, reason } = await askReadiness(url, headers);
    const account = nameIn(session.body);
    return { url, version, apiVersion, account, status: isReady ? "ready" : "not ready", reason };
  } catch (error) {
    return { ...status, status: "not reached", reason: describeFailure(error) };
  }
}

/** With why it is not ready; null when it is. */
export async function askReadiness(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly isReady: boolean; readonly reason: string | null }> {
  const { status, body } = await fetchJson(`${url}/readyz`, headers);
  if (status === 200) return { isReady: true, reason: null };
  const { problems } = (body ?? {}) as { readonly problems?: unknown };
  const told = Array.isArray(problems) ? problems.map(describeProblem).filter((text) => text !== "") : [];
  const reason = told.length > 0 ? told.join("; ") : `it answers ${status} when it is asked whether it is ready`;
  return { isReady: false, reason };
}

function describeProblem(problem: unknown): string {
  const { part, name, reason } = (problem ?? {}) as { readonly [Field in keyof ReadinessProblem]?: unknown };
  if (typeof reason !== "string") return "";
  return part === "shutdown" ? reason : `${typeof name === "string" ? name : `the ${String(part)}`}: ${reason}`;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function fetchJson(url: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  // Whoever answers may lead elsewhere, where the key does not belong, and may have no end.
  const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(askLimitMs) });
  const text = await readText(response, url, maxStatusBytes);
  try {
    return { status: response.status, body: JSON.parse(text) as unknown };
  } catch {
    return { status: response.status, body: null };
  }
}

function isServerInfo(body: unknown): body is ServerInfo {
  return typeof body === "object" && body !== null && "name" in body && body.name === "millrace";
}

/** A server with access control tells its version to those it knows. */
function isAskedForKey({ status, body }: Answer): boolean {
  const { error } = (body ?? {}) as { readonly error?: { readonly code?: unknown } };
  return status === 401 && error?.code === "UNAUTHENTICATED";
}

function nameIn(session: unknown): string | null {
  const { account } = (session ?? {}) as { readonly account?: { readonly name?: unknown } | null };
  return typeof account?.name === "string" ? account.name : null;
}

/** What `fetch` says is "fetch failed"; why is its cause. A host of several addresses has a cause for each. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const first: unknown = cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
  if (!(first instanceof Error)) return error.message;
  const { message, code }: NodeJS.ErrnoException = first;
  return message || code || error.message;
}

function print({ url, status, version, account, reason }: ServerStatus, { out }: CommandContext): void {
  const { bold, green, red } = out.look.paint;
  out.lines(
    renderFacts(
      [
        ["Server", bold(cleanLine(url))],
        ["Status", status === "ready" ? green(status) : red(status)],
        ["Version", version === null ? null : cleanLine(version)],
        ["You are", account === null ? null : cleanLine(account)],
        ["Reason", reason === null ? null : cleanLine(reason)],
      ],
      out,
    ),
  );
  if (status === "not reached") out.line("`millrace server start` starts one.");
}
