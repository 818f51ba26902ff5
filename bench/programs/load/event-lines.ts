/** A stream of events over a connection of its own, as little of HTTP as it takes, so that thousands fit in a process. */

import { connect, type Socket } from "node:net";

export interface StreamOptions {
  readonly url: string;
  /** Only events of these names; none: all. */
  readonly names: readonly string[];
  /** The address that it comes from. */
  readonly from: string;
  /** Told of the text of each event as it comes; and of a part of one never. */
  readonly onEvent: (json: string) => void;
  /** The connection has ended, by whichever side. */
  readonly onClose: () => void;
}

/** Resolves when the server says that it is open. */
export function openEventStream({ url, names, from, onEvent, onClose }: StreamOptions): Promise<Socket> {
  const { hostname, port, host } = new URL(url);
  const query = names.map((name) => `name=${encodeURIComponent(name)}`).join("&");
  const socket = connect({ host: hostname, port: Number(port), localAddress: from });
  socket.write(`GET /v1/events/stream?${query} HTTP/1.1\r\nhost: ${host}\r\naccept: text/event-stream\r\n\r\n`);
  return new Promise((resolve, reject) => {
    let rest = "";
    let isOpen = false;
    socket.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString("latin1")).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith("data: ")) onEvent(line.slice("data: ".length));
        else if (!isOpen && line.startsWith("HTTP/1.1 ") && !line.startsWith("HTTP/1.1 200")) reject(new Error(line));
        else if (line.startsWith(": connected")) {
          isOpen = true;
          resolve(socket);
        }
      }
    });
    socket.on("error", (error) => reject(error));
    socket.on("close", () => {
      reject(new Error("the stream was closed before it was open"));
      onClose();
    });
  });
}

/** Addresses of this machine that nobody else has: a server takes each for a client of its own. */
export function addressOf(index: number, eachAddress: number): string {
  return `127.0.1.${1 + Math.floor(index / eachAddress)}`;
}
