/** Frames as no client sends them, byte by byte: the connection is closed with its code, and the others go on. */

import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../kit/clock.ts";
import { addPrefectSockets, type SocketHub } from "./socket-hub.ts";

let server: Server;
let hub: SocketHub;
const failures: unknown[] = [];

beforeAll(async () => {
  server = createServer((_, response) => response.end("http"));
  hub = addPrefectSockets(server, {
    clock: systemClock,
    guard: null,
    onFailure: ({ error }) => failures.push(error),
    routes: [
      {
        path: "/api/echo",
        policy: { role: "runner", does: "work" },
        open: async (socket) => {
          for await (const message of socket.messages()) await socket.send(message);
        },
      },
    ],
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  await hub.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface FrameOptions {
  /** FIN, the reserved bits and the opcode. */
  readonly head: number;
  readonly isMasked?: boolean;
  /** What the frame says of its length, if that is not so. */
  readonly saysLength?: number;
}

function frame(payload: string | Buffer, { head, isMasked = true, saysLength }: FrameOptions): Buffer {
  const bytes = Buffer.from(payload as string);
  const length = saysLength ?? bytes.length;
  const mask = isMasked ? 0x80 : 0;
  let start = Buffer.from([head, mask | length]);
  if (length > 65_535) {
    start = Buffer.alloc(10);
    start.set([head, mask | 127]);
    start.writeBigUInt64BE(BigInt(length), 2);
  } else if (length > 125) {
    start = Buffer.alloc(4);
    start.set([head, mask | 126]);
    start.writeUInt16BE(length, 2);
  }
  // A mask of zeros changes nothing.
  return Buffer.concat([start, Buffer.alloc(isMasked ? 4 : 0), bytes]);
}

const close = frame(Buffer.from([0x03, 0xe8]), { head: 0x88 });

const lastWord = "that is all";

const text = (payload: string): Buffer => frame(payload, { head: 0x81 });

/** What the server sends in answer to these bytes, until it ends the connection: payloads of text, and the code of its close. */
async function say(
  ...frames: readonly Buffer[]
): Promise<{ readonly texts: readonly string[]; readonly code: number | null }> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    // Whoever has heard this has heard all that they came for.
    if (Buffer.concat(chunks).includes(lastWord)) socket.write(close);
  });
  const handshake = [
    "GET /api/echo HTTP/1.1",
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    // It would be read, if it were agreed on.
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99",
  ];
  socket.write(`${handshake.join("\r\n")}\r\n\r\n`);
  for (const each of frames) socket.write(each);
  await new Promise((resolve) => socket.once("close", resolve));
  return readFrames(Buffer.concat(chunks));
}

function readFrames(bytes: Buffer): { readonly texts: readonly string[]; readonly code: number | null } {
  const texts: string[] = [];
  let at = bytes.indexOf("\r\n\r\n") + 4;
  while (at + 2 <= bytes.length) {
    const opcode = (bytes[at] ?? 0) & 0x0f;
    const length = (bytes[at + 1] ?? 0) & 0x7f;
    const payload = bytes.subarray(at + 2, at + 2 + length);
    if (opcode === 8) return { texts, code: payload.length >= 2 ? payload.readUInt16BE(0) : null };
    if (opcode === 1) texts.push(payload.toString());
    at += 2 + length;
  }
  return { texts, code: null };
}

test.each<readonly [string, readonly Buffer[], number]>([
  ["an opcode that there is not", [frame("a", { head: 0x83 })], 1002],
  ["a control frame that there is not", [frame("a", { head: 0x8b })], 1002],
  ["a reserved bit", [frame("a", { head: 0xa1 })], 1002],
  ["packed, as was not agreed on", [frame(Buffer.alloc(100), { head: 0xc1 })], 1002],
  ["no mask", [frame("a", { head: 0x81, isMasked: false })], 1002],
  ["a ping in parts", [frame("a", { head: 0x09 })], 1002],
  ["a ping that is too long", [frame("a".repeat(126), { head: 0x89 })], 1002],
  ["a part of nothing", [frame("a", { head: 0x80 })], 1002],
  ["a beginning within another", [frame("a", { head: 0x01 }), frame("b", { head: 0x01 })], 1002],
  ["a close with one byte", [frame("a", { head: 0x88 })], 1002],
  ["a close with a code that there is not", [frame(Buffer.from([0x03, 0xed]), { head: 0x88 })], 1002],
  ["text that is no UTF-8", [frame(Buffer.from([0xc3, 0x28]), { head: 0x81 })], 1007],
  ["a length of 2 MiB", [frame("a", { head: 0x81, saysLength: 2 ** 21 })], 1009],
  ["a length of 8 EiB", [frame("a", { head: 0x81, saysLength: Number.MAX_SAFE_INTEGER })], 1009],
  ["parts that are 2 MiB together", [0x01, 0, 0, 0].map((head) => frame("a".repeat(2 ** 19), { head })), 1009],
])("is closed for: %s", async (_, frames, code) => {
  expect((await say(...frames)).code).toBe(code);
  expect(await say(text(lastWord))).toEqual({ texts: [lastWord], code: 1000 });
});

test("a flood of pings and of empty parts keeps nobody else waiting", async () => {
  const pings = Buffer.concat(Array.from({ length: 20_000 }, () => frame("", { head: 0x89 })));
  const parts = Buffer.concat([
    frame("a", { head: 0x01 }),
    ...Array.from({ length: 20_000 }, () => frame("", { head: 0 })),
    frame("b", { head: 0x80 }),
  ]);
  const [pinged, inParts, other] = await Promise.all([say(pings, text(lastWord)), say(parts), say(text(lastWord))]);
  expect(other).toEqual({ texts: [lastWord], code: 1000 });
  expect(pinged).toEqual({ texts: [lastWord], code: 1000 });
  expect(inParts).toEqual({ texts: [], code: 1008 });
});

test("a handshake that is none is no socket", async () => {
  const { port } = server.address() as AddressInfo;
  for (const line of [
    "Sec-WebSocket-Key: short",
    "Sec-WebSocket-Version: 7",
    `Sec-WebSocket-Protocol: ${"a,".repeat(4000)}`,
  ]) {
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    let heard = "";
    socket.on("data", (chunk: Buffer) => (heard += chunk.toString("latin1")));
    const lines = ["GET /api/echo HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket", line];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    await new Promise((resolve) => socket.once("close", resolve));
    expect(heard).toMatch(/^HTTP\/1\.1 4\d\d /);
  }
});

test("none of all that was a failure of the server, and no socket is left", () => {
  expect(failures).toEqual([]);
  expect(hub.openSockets).toBe(0);
});
