/** What is refused before there is a request: said in the same words as every error, and the connection ends. */

import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { MillraceError } from "../../contract/errors.ts";
import { toErrorBody } from "../../contract/wire/error-body.ts";
import { uuidv7 } from "../../kit/ids.ts";

const told: Readonly<Record<string, { readonly status: number; readonly reason: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, reason: "its head has more than 16 KiB" },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, reason: "its chunks say too much about themselves" },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: "it did not come in within the time" },
};

/** As Node calls it for a connection on which no request can be read. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  // Gone already, or in the middle of the answer to an earlier request: only Node itself knows of that one.
  const { _httpMessage: answering } = socket as Socket & { readonly _httpMessage?: ServerResponse | null };
  if (error.code === "ECONNRESET" || !socket.writable || answering?.headersSent === true) {
    socket.destroy();
    return;
  }
  const { status, reason } = told[error.code ?? ""] ?? { status: 400, reason: "it is no proper HTTP" };
  const body = JSON.stringify(toErrorBody(new MillraceError("REQUEST_INVALID", { reason }), uuidv7()));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    "Connection: close",
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
