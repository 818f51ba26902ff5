/**
 * Api over HTTP: the same methods, made from the table of the contract. Needs nothing of a platform but `fetch`, so it works
 * in Node, in browsers and at the edge.
 */

import type { ApiKey, MadeApiKey } from "../contract/access.ts";
import type { Api } from "../contract/api.ts";
import { isMillraceError, MillraceError } from "../contract/errors.ts";
import type { RecordOutcome } from "../contract/record.ts";
import type {
  BlockAround,
  BlockToCreate,
  BlockTrial,
  BlockValues,
  BlockValuesChange,
} from "../contract/wire/sealed-values.ts";
import type { OwnKeyToMake, PasswordChange, SessionDescription, SignInRequest } from "../contract/wire/session.ts";
import type { ServerSettings, ServerStatus } from "../contract/wire/server-description.ts";
import { apiVersion, type ServerInfo } from "../contract/wire/server-info.ts";
import { type ApiMethod, apiMethods, type ArgumentPlace, v1Calls } from "../contract/wire/v1-calls.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import { type Random, systemRandom } from "../kit/random.ts";
import { createSender } from "./send.ts";
import { joinOutcomes, splitBatch } from "./split-batch.ts";
import { toRequest } from "./to-request.ts";

export interface ClientOptions {
  /** Where the server is: http://127.0.0.1:4270. A path before `/v1` is kept. */
  readonly url: string;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
  /** Sent as `Authorization: Bearer …`: an API key, or what something before the server checks. A function is asked with each request. */
  readonly token?: string | (() => string);
  /**
   * Asked with each request: the `traceparent` of the trace that it is a part of (https://www.w3.org/TR/trace-context/), which
   * a run goes on with that is submitted; null for none. Default: what instruments `fetch` sets the header, if anything does.
   */
  readonly traceparent?: () => string | null;
  /** How long an answer is waited for, in ms. Default 30,000. */
  readonly timeoutMs?: number;
  /**
   * How long a server that has answered before, and does not now, is asked again, in ms. Default 30,000. Only what can be
   * sent twice without harm is, and what surely did not arrive.
   */
  readonly retryForMs?: number;
  /** Whether the server is known to be there: it is asked again from the first request on. Default false: the address may be wrong. */
  readonly hasAnswered?: boolean;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** What a server says of itself, what it seals with its key, and who comes in: no methods of Api, since a ledger has neither. */
export interface Client extends Api {
  /** What the server is. @throws SERVER_UNREACHABLE, SERVER_ANSWER_INVALID */
  readServerInfo(): Promise<ServerInfo>;
  /** The settings of the server, and where each is from. ROUTE_NOT_FOUND where it does not tell them. */
  readServerSettings(): Promise<ServerSettings>;
  /** How the server does: its database, its loops, what waits for it. */
  readServerStatus(): Promise<ServerStatus>;
  /** Who the server takes the caller for, and whether it asks at all. */
  readSession(): Promise<SessionDescription>;
  /** Opens a session of a page, which the browser keeps in a cookie. @throws UNAUTHENTICATED, ATTEMPTS_EXCEEDED */
  signIn(request: SignInRequest): Promise<SessionDescription>;
  signOut(): Promise<void>;
  /** One's own. Ends all other sessions. @throws UNAUTHENTICATED where the current one is another, OBJECT_INVALID */
  changePassword(change: PasswordChange): Promise<void>;
  /** One's own. */
  listOwnApiKeys(): Promise<readonly ApiKey[]>;
  /** Not by a key. @throws UNAUTHENTICATED, OBJECT_INVALID */
  createOwnApiKey(key: OwnKeyToMake): Promise<MadeApiKey>;
  /** False when one has none of this id. */
  deleteOwnApiKey(id: string): Promise<boolean>;
  /** Sets a secret: the server seals it with its key, and shows it to nobody. */
  setSecret(name: string, value: string): Promise<void>;
  /** The values of a block, its secrets as asterisks; null when there is no such block. */
  readBlockValues(id: string): Promise<BlockValues | null>;
  /** The blocks that another is within, at most 200: their values are sealed, so the ledger alone cannot say. */
  listBlocksAround(id: string): Promise<readonly BlockAround[]>;
  /** Sends a test by a block. @throws NOT_FOUND, OBJECT_INVALID for a type that is not one of `triableBlockTypes` */
  tryBlock(id: string): Promise<BlockTrial>;
  /** Saves a block; the server seals its values. @throws OBJECT_EXISTS, NOT_FOUND, OBJECT_INVALID */
  createBlock(block: BlockToCreate): Promise<{ readonly id: string }>;
  /** @throws NOT_FOUND, REVISION_CONFLICT, OBJECT_INVALID */
  changeBlockValues(id: string, change: BlockValuesChange): Promise<void>;
}

const passwordPath = "/v1/session/password";

/** A call as what all of them have in common, for code that does not know which one it has. */
interface AnyCall {
  readonly verb: string;
  readonly path: string;
  readonly places: readonly ArgumentPlace[];
  readonly isIdempotent: boolean | ((...args: readonly never[]) => boolean);
  readonly absent?: (...args: readonly never[]) => MillraceError;
}

/**
 * Its methods reject with the server's own errors, by code; with SERVER_UNREACHABLE (retryable) when nothing answers, and
 * SERVER_ANSWER_INVALID when something else does. Nothing is sent before the first call.
 *
 * @throws SETTING_INVALID for a URL that is none, or a token that cannot be sent
 */
export function createClient(options: ClientOptions): Client {
  const { timeoutMs = 30_000, retryForMs = 30_000, clock = systemClock, random = systemRandom } = options;
  const send = createSender({ ...options, timeoutMs, retryForMs, clock, random });

  const toMethod = (method: ApiMethod) => {
    const call = v1Calls[method] as unknown as AnyCall;
    return async (...args: readonly unknown[]): Promise<unknown> => {
      const { isIdempotent } = call;
      const answer = await send({
        ...toRequest(call, args),
        isIdempotent: typeof isIdempotent === "boolean" ? isIdempotent : isIdempotent(...(args as never[])),
      });
      if (answer.error === null) return answer.value;
      // Null goes over the wire as an error; another error of the same status is one.
      if (call.absent?.(...(args as never[])).code === answer.error.code) return null;
      throw answer.error;
    };
  };

  /** What is no method of Api. Writing the same twice is as good as once, but for making something new. */
  const ask = async (verb: "GET" | "PUT" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown> => {
    // A password that was changed is not the current one any more.
    const isIdempotent = verb !== "POST" && path !== passwordPath;
    const answer = await send({ verb, path, body, isIdempotent });
    if (answer.error !== null) throw answer.error;
    return answer.value;
  };
  const readOf = (path: string): Promise<unknown> => ask("GET", path);
  const secretPath = (name: string): string => `/v1/secrets/${encodeURIComponent(name)}/value`;
  const valuesPath = (id: string): string => `/v1/blocks/${encodeURIComponent(id)}/values`;

  const methods = Object.fromEntries(apiMethods.map((method) => [method, toMethod(method)])) as unknown as Pick<
    Api,
    ApiMethod
  >;
  return {
    ...methods,
    async record(batch) {
      const outcomes: RecordOutcome[] = [];
      for (const part of splitBatch(batch)) outcomes.push(await methods.record(part));
      return joinOutcomes(outcomes);
    },
    readServerInfo: async () => toServerInfo(await readOf("/v1/version"), options.url),
    readServerSettings: async () => (await readOf("/v1/settings")) as ServerSettings,
    readServerStatus: async () => (await readOf("/v1/status")) as ServerStatus,
    readSession: async () => (await readOf("/v1/session")) as SessionDescription,
    signIn: async (request) => (await ask("POST", "/v1/session", request)) as SessionDescription,
    signOut: async () => void (await ask("DELETE", "/v1/session")),
    changePassword: async (change) => void (await ask("PUT", passwordPath, change)),
    listOwnApiKeys: async () => (await readOf("/v1/session/api-keys")) as readonly ApiKey[],
    createOwnApiKey: async (key) => (await ask("POST", "/v1/session/api-keys", key)) as MadeApiKey,
    deleteOwnApiKey: async (id) => (await ask("DELETE", `/v1/session/api-keys/${encodeURIComponent(id)}`)) as boolean,
    setSecret: async (name, value) => void (await ask("PUT", secretPath(name), { value })),
    async readBlockValues(id) {
      try {
        return (await readOf(valuesPath(id))) as BlockValues;
      } catch (error) {
        if (isMillraceError(error, "NOT_FOUND")) return null;
        throw error;
      }
    },
    listBlocksAround: async (id) =>
      (await readOf(`/v1/blocks/${encodeURIComponent(id)}/around`)) as readonly BlockAround[],
    tryBlock: async (id) => (await ask("POST", `/v1/blocks/${encodeURIComponent(id)}/try`)) as BlockTrial,
    createBlock: async (block) => (await ask("POST", "/v1/blocks", block)) as { readonly id: string },
    changeBlockValues: async (id, change) => void (await ask("PUT", valuesPath(id), change)),
    // Connections are the platform's, which keeps and closes them by itself.
    close: async () => undefined,
  };
}

/** Many things answer at an address; what does not say that it is Millrace, in a version that we speak, is none. */
function toServerInfo(answer: unknown, url: string): ServerInfo {
  const info = (typeof answer === "object" && answer !== null ? answer : {}) as Partial<ServerInfo>;
  const { name, version, apiVersion: found, leaseMs, runKeys } = info;
  if (name !== "millrace" || typeof version !== "string" || typeof leaseMs !== "number") {
    throw new MillraceError("SERVER_ANSWER_INVALID", { url, reason: "it does not say that it is one" });
  }
  if (found !== apiVersion) {
    const reason = `its API has version ${found}, and this client knows version ${apiVersion}`;
    throw new MillraceError("SERVER_ANSWER_INVALID", { url, reason });
  }
  return { name, version, apiVersion: found, leaseMs, ...(runKeys === true ? { runKeys } : {}) };
}
