/**
 * A network as companies have it: the server is at https://flows.internal, under the company's own authority, and can be
 * reached through a proxy only.
 *
 * The certificate and its key in fixtures/tls are worth nothing elsewhere: nobody trusts that authority, whose key is gone.
 */

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Server as NetServer, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { onTestFinished } from "vitest";

const tls = join(import.meta.dirname, "fixtures/tls");

/** No name server knows it: who does not ask the proxy does not find it. */
export const hiddenHost = "flows.internal";

/** For NODE_EXTRA_CA_CERTS. */
export const authority = join(tls, "authority.pem");

export interface HiddenServer {
  readonly url: string;
  readonly proxyUrl: string;
  /** The tunnels that were asked for, as `host:port`. */
  readonly tunnels: readonly string[];
}

/** Hides a server that listens on this machine, until the test ends. */
export async function hideServer(url: string): Promise<HiddenServer> {
  const open = new Set<Socket>();
  const joinSockets = (one: Socket, other: Socket): void => {
    for (const socket of [one, other]) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        open.delete(socket);
        one.destroy();
        other.destroy();
      });
    }
    one.pipe(other).pipe(one);
  };
  const files = { cert: readFileSync(join(tls, "server.pem")), key: readFileSync(join(tls, "server-key.pem")) };
  const port = Number(new URL(url).port);
  const front = createTlsServer(files, (socket) => joinSockets(socket, connect(port, "127.0.0.1")));
  front.on("tlsClientError", () => undefined);
  const frontPort = await listen(front);
  const tunnels: string[] = [];
  const proxy = createServer((_, response) => response.writeHead(405).end());
  proxy.on("connect", ({ url: target = "" }, socket: Socket, head) => {
    tunnels.push(target);
    if (target !== `${hiddenHost}:443`) {
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const there = connect(frontPort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      there.write(head);
      joinSockets(socket, there);
    });
    there.on("error", () => socket.destroy());
  });
  const proxyPort = await listen(proxy);
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    front.close();
    proxy.close();
  });
  return { url: `https://${hiddenHost}`, proxyUrl: `http://127.0.0.1:${proxyPort}`, tunnels };
}

async function listen(server: Server | NetServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
