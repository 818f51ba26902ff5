import type { Server } from "node:net";
import type { FastifyInstance } from "fastify";
import { MillraceError } from "../../contract/errors.ts";
import { isLoopback } from "./guard-hosts.ts";

export interface ListenOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Without it, only this machine can reach the server: whoever reaches it may do everything. Default false. */
  readonly allowRemote?: boolean;
}

/** The URL it is reached by. @throws SERVER_REMOTE_REFUSED, SERVER_ADDRESS_TAKEN */
export async function listen(app: FastifyInstance, options: ListenOptions): Promise<string> {
  const { host = "127.0.0.1", port, allowRemote = false } = options;
  if (!allowRemote && !isLoopback(host)) throw new MillraceError("SERVER_REMOTE_REFUSED", { host });
  try {
    await app.listen({ host, port });
  } catch (cause) {
    throw toListenError(cause, { host, port });
  }
  return urlOf(app.server, host);
}

/** As SERVER_ADDRESS_TAKEN. */
export function toListenError(cause: unknown, { host, port }: Required<Pick<ListenOptions, "host" | "port">>): unknown {
  return new MillraceError("SERVER_ADDRESS_TAKEN", { host, port, reason: describe(cause, port) }, { cause });
}

export function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function describe(error: unknown, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "EADDRINUSE":
      return "another process listens there, perhaps a Millrace server";
    case "EACCES":
      return `port ${port} is reserved for administrators`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return "this machine has no such address";
    default:
      return message;
  }
}
