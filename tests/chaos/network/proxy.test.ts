/** Every trouble that the proxy can make, between real sockets, in virtual time where it is about time. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createServer as createHttpServer } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createVirtualClock, type VirtualClock } from "../../../packages/millrace/src/kit/virtual-clock.ts";
import type { Cut } from "./faults.ts";
import { type Proxy, startProxy } from "./proxy.ts";

interface End {
  readonly socket: Socket;
  /** What has come so far, as text. */
  readonly got: () => string;
  /** How it ended for this side; null while it has not. */
  readonly end: () => "end" | "reset" | null;
}

function watch(socket: Socket): End {
  let got = "";
  let end: "end" | "reset" | null = null;
  socket.on("data", (bytes: Buffer) => (got += bytes.toString()));
  socket.on("end", () => (end ??= "end"));
  socket.on("error", () => (end ??= "reset"));
  socket.on("close", () => (end ??= "reset"));
  return { socket, got: () => got, end: () => end };
}

interface Line {
  readonly proxy: Proxy;
  readonly clock: VirtualClock;
  readonly client: End;
  readonly server: End;
}

/** A connection through a proxy, whose other end says nothing by itself. */
async function openLine(seed = 1): Promise<Line> {
  const clock = createVirtualClock();
  const listener = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => void listener.listen(0, "127.0.0.1", resolve));
  const proxy = await startProxy({ to: `http://127.0.0.1:${portOf(listener.address())}`, seed, clock });
  const arrival = once(listener, "connection") as Promise<[Socket]>;
  const client = watch(connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true }));
  const server = watch((await arrival)[0]);
  onTestFinished(async () => {
    for (const { socket } of [client, server]) socket.destroy();
    listener.close();
    await proxy.stop();
  });
  return { proxy, clock, client, server };
}

const portOf = (address: unknown): number => (address as AddressInfo).port;

/** Until it is so: what sockets do takes turns of the event loop. */
async function comes(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

/** Enough turns for what would come if nothing held it. */
async function someTurns(): Promise<void> {
  for (let n = 0; n < 50; n++) await turn();
}

test("without a fault what is sent comes, both ways, with the end of each direction", async () => {
  const { client, server, proxy } = await openLine();
  client.socket.end("question");
  await comes(() => server.end() !== null);
  server.socket.end("answer");
  await comes(() => client.end() !== null);
  expect([server.got(), server.end(), client.got(), client.end()]).toEqual(["question", "end", "answer", "end"]);
  expect(proxy.carried).toEqual({ toServer: 8, toClient: 6 });
  await comes(() => proxy.open === 0);
});

test("a latency holds what was sent for its time, in order, and one direction alone", async () => {
  const { client, server, proxy, clock } = await openLine();
  proxy.set({ toServer: { latencyMs: 200, jitterMs: 100 } });
  for (const word of ["one ", "two ", "three"]) {
    client.socket.write(word);
    await someTurns();
  }
  server.socket.write("back at once");
  await comes(() => client.got() === "back at once");
  await clock.advance(199);
  await someTurns();
  expect(server.got()).toBe("");
  await clock.advance(101);
  await comes(() => server.got() === "one two three");
});

test("a bandwidth lets so many bytes through in a second", async () => {
  const { client, server, proxy, clock } = await openLine();
  proxy.set({ toServer: { bytesPerSecond: 1000, sliceBytes: 1 } });
  client.socket.write("x".repeat(100));
  await comes(() => clock.pending > 0);
  for (let ms = 0; ms < 50; ms++) {
    await clock.advance(1);
    await comes(() => clock.pending > 0);
  }
  await someTurns();
  expect(server.got()).toHaveLength(50);
});

test("a slicer hands on in small pieces what came at once, and loses nothing", async () => {
  const { client, server, proxy } = await openLine();
  const pieces: number[] = [];
  server.socket.on("data", (bytes: Buffer) => pieces.push(bytes.length));
  proxy.set({ toServer: { sliceBytes: 7 } });
  const text = Array.from({ length: 300 }, (_, n) => `${n},`).join("");
  client.socket.write(text);
  await comes(() => server.got().length === text.length);
  expect(server.got()).toBe(text);
  expect(pieces.length).toBeGreaterThan(1);
});

test("a black hole keeps back bytes and ends until it is over, one way or both", async () => {
  const { client, server, proxy } = await openLine();
  proxy.set({ toServer: { isBlackHole: true } });
  client.socket.write("are you there?");
  server.socket.write("I am");
  await comes(() => client.got() === "I am");
  proxy.set({ toServer: { isBlackHole: true }, toClient: { isBlackHole: true } });
  server.socket.end(" still");
  await someTurns();
  expect([server.got(), client.got(), client.end()]).toEqual(["", "I am", null]);
  proxy.heal();
  await comes(() => client.end() === "end" && server.got() !== "");
  expect([server.got(), client.got()]).toEqual(["are you there?", "I am still"]);
});

test("the death of a server is not heard of through a black hole, and is after it", async () => {
  const { client, server, proxy } = await openLine();
  proxy.set({ toClient: { isBlackHole: true } });
  server.socket.resetAndDestroy();
  await someTurns();
  expect(client.end()).toBeNull();
  proxy.heal();
  await comes(() => client.end() !== null);
  expect(client.end()).toBe("reset");
});

/** The server has sent "before ", and then "answer" of which four bytes came. */
async function openCutLine(then: Cut): Promise<Line> {
  const line = await openLine();
  const { client, server, proxy } = line;
  server.socket.write("before ");
  await comes(() => client.got() === "before ");
  proxy.set({ toClient: { limit: { bytes: 4, then } } });
  server.socket.write("answer");
  await comes(() => client.end() !== null);
  return line;
}

test.for([
  ["reset", "reset"],
  ["close", "end"],
] as const)(
  "after a number of bytes a connection is cut for both: by a %s they hear of a(n) %s",
  async ([then, end]) => {
    const { client, server } = await openCutLine(then);
    client.socket.write("and I?");
    await comes(() => server.end() !== null);
    expect([client.got(), client.end(), server.got(), server.end()]).toEqual(["before answ", end, "", end]);
  },
);

test("after a number of bytes one half of a connection is closed, and the other goes on", async () => {
  const { client, server } = await openCutLine("half-close");
  client.socket.write("and I?");
  server.socket.write("is lost");
  await comes(() => server.got() === "and I?");
  await someTurns();
  expect([client.got(), client.end(), server.end()]).toEqual(["before answ", "end", null]);
});

test("a share of what comes cuts its connection, and the same share for the same seed", async () => {
  const cutAfter = async (seed: number): Promise<number> => {
    const { client, server, proxy } = await openLine(seed);
    proxy.set({ toServer: { cutShare: 0.2 } });
    for (let words = 0; ; words++) {
      client.socket.write("x");
      await comes(() => server.got().length > words || client.end() !== null);
      if (client.end() !== null) return words;
    }
  };
  const first = await cutAfter(3);
  expect(await cutAfter(3)).toBe(first);
  const others = await Promise.all([4, 5, 6, 7, 8].map(cutAfter));
  expect(new Set([first, ...others]).size).toBeGreaterThan(1);
});

test("it refuses connections as a machine on which nothing listens, and takes them again on its port", async () => {
  const { client, server, proxy } = await openLine();
  await proxy.refuse();
  await comes(() => client.end() !== null && server.end() !== null);
  expect([client.end(), server.end(), proxy.open]).toEqual(["reset", "reset", 0]);
  const refused = connect(proxy.port, "127.0.0.1");
  expect(await once(refused, "error").then(([error]) => (error as NodeJS.ErrnoException).code)).toBe("ECONNREFUSED");
  await proxy.accept();
  const again = connect(proxy.port, "127.0.0.1");
  await once(again, "connect");
  again.destroy();
  expect(proxy.accepted).toBe(2);
});

test("a client learns that behind the proxy nothing listens", async () => {
  const { proxy: outer } = await openLine();
  await outer.refuse();
  const proxy = await startProxy({ to: `http://127.0.0.1:${outer.port}` });
  onTestFinished(() => proxy.stop());
  const client = watch(connect(proxy.port, "127.0.0.1"));
  await comes(() => client.end() !== null);
  expect(client.end()).toBe("reset");
});

test("the sender of much waits for a receiver that does not read, and all of it comes in the end", async () => {
  const { client, server, proxy } = await openLine();
  const sizeBytes = 24 * 1024 * 1024;
  server.socket.pause();
  const isTaken = client.socket.write("x".repeat(sizeBytes));
  await someTurns();
  expect([isTaken, client.socket.writableLength > 0]).toEqual([false, true]);
  expect(proxy.carried.toServer).toBeLessThan(sizeBytes);
  server.socket.resume();
  await comes(() => server.got().length === sizeBytes);
});

test("HTTP goes through it, and a request whose answer is lost has been served", async () => {
  const served: string[] = [];
  const http = createHttpServer(({ url = "" }, response) => {
    served.push(url);
    response.end(`served ${url}`);
  });
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${portOf(http.address())}`;
  const proxy = await startProxy({ to: url });
  onTestFinished(async () => {
    http.closeAllConnections();
    http.close();
    await proxy.stop();
  });
  const ask = (path: string): Promise<string> =>
    fetch(proxy.through(url) + path).then(
      (answer) => answer.text(),
      () => "no answer",
    );
  expect(await ask("/one")).toBe("served /one");
  proxy.set({ toClient: { limit: { bytes: 0, then: "reset" } } });
  expect(await ask("/two")).toBe("no answer");
  proxy.heal();
  expect(await ask("/three")).toBe("served /three");
  expect(served).toEqual(["/one", "/two", "/three"]);
});
