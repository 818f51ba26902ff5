/** How a client asks for a stream: its first message has the filter. */

import * as z from "zod";
import { parseJson } from "../../../kit/json.ts";
import type { PrefectSocket } from "./prefect-socket.ts";

/** RFC 6455: what was sent is not what is expected. */
const protocolError = 1002;

export interface StreamRequest<Filter> {
  readonly filter: Filter;
  /** Whether it wants what has been, too. */
  readonly wantsPast: boolean;
}

/** Null when the client asked for something else: the socket is closed then, with the reason. */
export async function readStreamRequest<Schema extends z.ZodType>(
  socket: PrefectSocket,
  filter: Schema,
): Promise<StreamRequest<z.output<Schema>> | null> {
  const message = parseMessage(await firstMessage(socket));
  if (message?.type !== "filter") {
    socket.close(protocolError, "Expected 'filter' message");
    return null;
  }
  const parsed = filter.safeParse(message.filter);
  if (!parsed.success) {
    socket.close(protocolError, `Invalid filter: ${z.prettifyError(parsed.error)}`);
    return null;
  }
  return { filter: parsed.data, wantsPast: message.backfill !== false };
}

async function firstMessage(socket: PrefectSocket): Promise<string | null> {
  for await (const message of socket.messages()) return message;
  return null;
}

function parseMessage(text: string | null): Readonly<Record<string, unknown>> | null {
  try {
    return parseJson(text ?? "null") as Readonly<Record<string, unknown>> | null;
  } catch {
    return null;
  }
}

/** Takes what a client has no more to say, so that its pings are answered, until the socket is closed. */
export async function ignoreMessages(socket: PrefectSocket): Promise<void> {
  for await (const _ of socket.messages());
}
