/**
 * WebSockets on the server's own port, as Prefect's clients speak them: the subprotocol `prefect`, a first frame that says
 * who one is, and its answer. Older clients ask for no subprotocol and say nothing first; they are let in where no token is
 * asked for.
 */

import type { EventEmitter } from "node:events";
import { STATUS_CODES, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { isMillraceError } from "../../../contract/errors.ts";
import type { Policy } from "../../../contract/access.ts";
import type { Clock } from "../../../kit/clock.ts";
import { readToken } from "../../access/credentials.ts";
import { type Admission, type AdmissionNeeds, type Guard, pathOf } from "../../access/guard.ts";
import { createAddressReader, type ReadAddress } from "../../http/client-address.ts";
import { createClientShares } from "../../http/client-shares.ts";
import type { HostCheck } from "../../http/guard-hosts.ts";
import { toRequestId } from "../../http/request-ids.ts";
import { mountOf } from "../../workspaces/mount.ts";
import { createPrefectSocket, type PrefectSocket } from "./prefect-socket.ts";

export interface SocketRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** The address that the client has for /api, without a slash at its end. */
  readonly baseUrl: string;
}

export interface SocketRoute {
  /** As fastify writes it: "/api/work_pools/:name/workers/connect". */
  readonly path: string;
  /** What it needs, where clients are asked who they are. */
  readonly policy: Policy;
  /** Speaks with a client that was let in. The socket is closed when this ends: with 1011 when it rejects. */
  readonly open: (socket: PrefectSocket, request: SocketRequest) => Promise<void>;
}

export interface SocketHubOptions {
  readonly clock: Clock;
  readonly routes: readonly SocketRoute[];
  /** Why a request is not answered at all, whatever its path; null when it is. What HTTP asks of a request too. */
  readonly refuse?: HostCheck;
  /** Where a request comes from. Default: where its connection does. */
  readonly readAddress?: ReadAddress;
  /** Decides who is let in. Null: every one. */
  readonly guard: Guard | null;
  /** Default 1024. */
  readonly maxSockets?: number;
  /** Of them those of one client, which is an address. Default 768. */
  readonly maxSocketsOfClient?: number;
  /** Told of each that is refused, and by which limit. */
  readonly onRefused?: (limit: "client" | "server") => void;
  /** Told of what a route rejected with. */
  readonly onFailure?: (failure: { readonly path: string; readonly error: unknown }) => void;
}

export interface SocketHub {
  readonly openSockets: number;
  /** Closes every socket, and lets none in any more. */
  close(): Promise<void>;
}

/** The largest frame, in bytes: an event may have 1.5 MB. */
const maxFrameBytes = 1.5 * 2 ** 20;
/** How long a client may take to say who it is, in ms. */
const helloLimitMs = 10_000;
/** How long a client may take to agree that a socket is closed, in ms. */
const goodbyeLimitMs = 1000;

const subprotocol = "prefect";

/** Codes of RFC 6455, 7.4.1. */
const closeCode = { goingAway: 1001, protocolError: 1002, policy: 1008, failure: 1011 } as const;

/** Where requests to change to another protocol are told of. */
export type Upgrades = Pick<EventEmitter, "on" | "off">;

export function addPrefectSockets(upgrades: Upgrades, options: SocketHubOptions): SocketHub {
  const {
    clock,
    refuse = () => null,
    readAddress = createAddressReader([]),
    guard,
    onRefused = () => undefined,
    onFailure = () => undefined,
  } = options;
  const { maxSockets = 1024, maxSocketsOfClient = 768 } = options;
  const routes = options.routes.map((route) => ({ ...route, match: createPathMatch(route.path) }));
  const shares = createClientShares({
    max: maxSockets,
    maxOfClient: maxSocketsOfClient,
    describe: (count) => `${count} sockets are open`,
    onRefused,
  });
  const open = new Set<WebSocket>();
  let isClosing = false;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    autoPong: false,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has(subprotocol) ? subprotocol : false),
  });

  upgrades.on("upgrade", onUpgrade);

  function onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on("error", () => stream.destroy());
    const refusal = refuse(request);
    if (refusal !== null) return answerHttp(stream, 403, refusal);
    const pathname = (request.url ?? "/").split("?", 1)[0] ?? "/";
    for (const route of routes) {
      const params = route.match(pathname);
      if (params === null) continue;
      if (isClosing) return answerHttp(stream, 503, "The server is stopping");
      const giveBack = takePlace(request, stream);
      if (giveBack === null) return;
      // Also when the handshake comes to nothing.
      stream.once("close", giveBack);
      sockets.handleUpgrade(request, stream, head, (socket) => {
        const baseUrl = `http://${request.headers.host ?? "localhost"}${mountOf(request)}/api`;
        const from = readAddress(request);
        const path = pathOf({ originalUrl: request.originalUrl ?? request.url ?? "/" });
        const asked = { action: "openSocket", path, requestId: toRequestId(request) };
        void speak(socket, route, { request: { params, headers: request.headers, baseUrl }, from, asked });
      });
      return;
    }
    answerHttp(stream, 404, `There is no socket at ${pathname}`);
  }

  /** Null when it was refused. */
  function takePlace(request: IncomingMessage, stream: Duplex): (() => void) | null {
    try {
      return shares.take(readAddress(request));
    } catch (error) {
      if (!isMillraceError(error)) throw error;
      // Also when it is the client that has too many: from what is below 500 Prefect's workers do not come back.
      answerHttp(stream, 503, error.message);
      return null;
    }
  }

  async function speak(
    raw: WebSocket,
    route: SocketRoute,
    { request, ...who }: { readonly request: SocketRequest } & Omit<AdmissionNeeds, "policy">,
  ): Promise<void> {
    open.add(raw);
    raw.once("close", () => open.delete(raw));
    const socket = createPrefectSocket(raw, clock);
    let admission: Admission | null = null;
    try {
      const welcomed = await welcome(raw, socket, { policy: route.policy, ...who });
      if (welcomed !== null && "reason" in welcomed) return socket.close(welcomed.code, welcomed.reason);
      admission = welcomed;
      admission?.signal.addEventListener("abort", () => socket.close(closeCode.policy, "Invalid token"), {
        once: true,
      });
      await route.open(socket, request);
      socket.close();
    } catch (error) {
      // A client that goes away makes what is sent to it fail.
      if (!socket.signal.aborted) onFailure({ path: route.path, error });
      socket.close(closeCode.failure, "The server could not go on");
    } finally {
      admission?.end();
    }
  }

  /** Why the client is not let in; else its admission, which is null where nobody is asked who they are. */
  async function welcome(
    raw: WebSocket,
    socket: PrefectSocket,
    needs: AdmissionNeeds,
  ): Promise<Refusal | Admission | null> {
    if (raw.protocol !== subprotocol) {
      if (guard === null) return null;
      await guard.admit(null, needs);
      return { code: closeCode.protocolError, reason: "'prefect' subprotocol required when auth is configured" };
    }
    const hello = await firstMessage(socket);
    const token = toToken(hello);
    if (token === undefined) return { code: closeCode.policy, reason: "Expected 'auth' message" };
    const admission = guard === null ? null : await admit(guard, token, needs);
    if (admission !== null && "reason" in admission) return admission;
    await socket.send(JSON.stringify({ type: "auth_success" }));
    return admission;
  }

  /** Null when the client says nothing in time. */
  async function firstMessage(socket: PrefectSocket): Promise<string | null> {
    const limit = clock.setTimer(helloLimitMs, () => socket.close(closeCode.policy, "Expected 'auth' message"), {
      background: true,
    });
    try {
      for await (const message of socket.messages()) return message;
      return null;
    } finally {
      limit.cancel();
    }
  }

  return {
    get openSockets() {
      return open.size;
    },
    async close() {
      isClosing = true;
      upgrades.off("upgrade", onUpgrade);
      const ended = [...open].map((socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())));
      for (const socket of open) socket.close(closeCode.goingAway, "The server is stopping");
      const limit = clock.setTimer(goodbyeLimitMs, () => {
        for (const socket of open) socket.terminate();
      });
      await Promise.all(ended);
      limit.cancel();
      sockets.close();
    },
  };
}

interface Refusal {
  readonly code: number;
  readonly reason: string;
}

/** Prefect's clients send a key to its cloud only; to a server they send what this setting has, also in the first frame. */
const noToken = "Auth required but no token provided: set PREFECT_API_AUTH_STRING to name:key or name:password";

async function admit(guard: Guard, token: string | null, needs: AdmissionNeeds): Promise<Refusal | Admission> {
  const code = closeCode.policy;
  const reason = token === null ? noToken : "Invalid token";
  try {
    return (await guard.admit(token === null ? null : readToken(token), needs)) ?? { code, reason };
  } catch (error) {
    if (!isMillraceError(error, "ATTEMPTS_EXCEEDED")) throw error;
    return { code, reason: error.message };
  }
}

/** Undefined for what is no such message. */
function toToken(message: string | null): string | null | undefined {
  try {
    const { type, token } = JSON.parse(message ?? "null") as { readonly type?: unknown; readonly token?: unknown };
    if (type !== "auth") return undefined;
    return typeof token === "string" && token !== "" ? token : null;
  } catch {
    return undefined;
  }
}

/** The parameters of a path that matches; else null. A slash at the end makes no difference. */
function createPathMatch(pattern: string): (path: string) => Readonly<Record<string, string>> | null {
  const names = pattern.split("/");
  return (path) => {
    const parts = path.replace(/\/$/, "").split("/");
    if (parts.length !== names.length) return null;
    const params: Record<string, string> = {};
    for (const [index, name] of names.entries()) {
      const part = parts[index] ?? "";
      if (!name.startsWith(":")) {
        if (part !== name) return null;
        continue;
      }
      const value = decode(part);
      if (value === null || value === "") return null;
      params[name.slice(1)] = value;
    }
    return params;
  };
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** What a client is asked to wait when there are too many sockets, in s. */
const retryAfterS = 1;

function answerHttp(stream: Duplex, status: number, detail: string): void {
  const body = JSON.stringify({ detail });
  const comeAgain = status === 503 ? `retry-after: ${retryAfterS}\r\n` : "";
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `${comeAgain}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
