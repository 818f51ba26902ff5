/** A reverse proxy as companies have them before a server: one that serves it below a path, one that collects answers. */

import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ProxyOptions {
  /** Of the server, with a slash at its end. */
  readonly target: string;
  /** What is taken away from the front of each path: `/sub`. Default: nothing. */
  readonly strip?: string;
  /** Whether an answer is passed on only when it is all there, so that a stream never is. */
  readonly collects?: boolean;
  /** What the server's clock is said to show, in ms since the epoch. */
  readonly date?: number;
}

export interface Proxy {
  /** Of the dashboard behind it, with a slash at its end. */
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const { strip = "" } = options;
  const server = createServer((asked, answer) => pass(asked, answer, options));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${strip}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(asked: IncomingMessage, answer: ServerResponse, options: ProxyOptions): void {
  const { target, strip = "", collects = false, date } = options;
  const path = asked.url ?? "/";
  if (!path.startsWith(`${strip}/`)) {
    answer.writeHead(404).end("Nothing is served here.");
    return;
  }
  const { hostname, port } = new URL(target);
  const onward = request(
    { hostname, port, path: path.slice(strip.length), method: asked.method ?? "GET", headers: asked.headers },
    (got) => {
      const headers = date === undefined ? got.headers : { ...got.headers, date: new Date(date).toUTCString() };
      if (!collects) {
        answer.writeHead(got.statusCode ?? 502, headers);
        answer.flushHeaders();
        got.pipe(answer);
        return;
      }
      const parts: Buffer[] = [];
      got.on("data", (part: Buffer) => parts.push(part));
      got.on("end", () => answer.writeHead(got.statusCode ?? 502, headers).end(Buffer.concat(parts)));
    },
  );
  onward.on("error", () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
  answer.on("close", () => onward.destroy());
  asked.pipe(onward);
}
