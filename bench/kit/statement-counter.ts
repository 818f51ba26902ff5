/**
 * A proxy in front of PostgreSQL that counts the statements that a client sends, whatever the server can tell of itself: a
 * simple query's, and each execution of a prepared one.
 */

import { createServer, connect, type Socket } from "node:net";

export interface StatementCounter {
  /** The server's URL, by way of the proxy. */
  readonly url: string;
  /** How many were sent since it was asked last. */
  take(): number;
  close(): Promise<void>;
}

export async function countStatements(url: string): Promise<StatementCounter> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let count = 0;
  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    const read = createReader((statements) => {
      count += statements;
    });
    client.on("data", read);
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      // A client that ends without a word is no failure of the proxy.
      socket.on("error", () => undefined);
      socket.once("close", () => {
        sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once("error", reject);
    proxy.listen(0, "127.0.0.1", resolve);
  });
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const through = new URL(url);
  through.hostname = "127.0.0.1";
  through.port = String(address.port);
  return {
    url: through.href,
    take: () => {
      const taken = count;
      count = 0;
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        proxy.close(() => resolve());
      }),
  };
}

/** Reads what a client sends: a first message of a length and no type, then a type of one byte and a length each. */
function createReader(onStatements: (count: number) => void): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0);
  let hasStarted = false;
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const head = hasStarted ? 1 : 0;
      if (pending.length < head + 4) return;
      const end = head + pending.readInt32BE(head);
      if (pending.length < end) return;
      if (hasStarted) onStatements(statementsOf(String.fromCharCode(pending[0] ?? 0), pending.subarray(5, end)));
      hasStarted = true;
      pending = pending.subarray(end);
    }
  };
}

function statementsOf(type: string, body: Buffer): number {
  if (type === "E") return 1;
  if (type !== "Q") return 0;
  return body
    .toString("latin1")
    .split(";")
    .filter((text) => /\w/.test(text)).length;
}
