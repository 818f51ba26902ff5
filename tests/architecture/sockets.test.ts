/** Who speaks WebSocket: the server alone, to those who come to it. No server that means harm has a socket of ours to send frames to. */

import { expect, test } from "vitest";
import { unshippedFile } from "./import-table.ts";
import { isIdentifier, lineOf, parseSource, readSourcesWith, type SourceFile, type SyntaxNode } from "./source-file.ts";

/** Where sockets are opened: by `new WebSocket`, of the platform or of a library. */
function findClients(file: SourceFile): readonly string[] {
  if (unshippedFile.test(file.path)) return [];
  return file.nodes
    .filter(({ type, callee }) => type === "NewExpression" && isClient(callee))
    .map((node) => `${file.path}:${lineOf(file, node)} opens a WebSocket`);
}

function isClient(callee: unknown): boolean {
  if (isIdentifier(callee, "WebSocket") || isIdentifier(callee, "WebSocketStream")) return true;
  const { type, property } = callee as SyntaxNode;
  return type === "MemberExpression" && isIdentifier(property, "WebSocket");
}

test("no client, worker or command opens a WebSocket", () => {
  expect(readSourcesWith(/WebSocket/).flatMap(findClients)).toEqual([]);
});

test.each(["new WebSocket(url)", "new ws.WebSocket(url)", "new globalThis.WebSocket(url)"])("%s is seen", (text) => {
  expect(findClients(parseSource("client/a.ts", text))).toEqual(["client/a.ts:1 opens a WebSocket"]);
});

test("what takes them is in one folder", () => {
  const importers = readSourcesWith(/"ws"/).filter(
    ({ path, nodes }) =>
      !unshippedFile.test(path) &&
      nodes.some(({ type, source }) => type === "ImportDeclaration" && (source as SyntaxNode).value === "ws"),
  );
  expect(importers.map(({ path }) => path)).toEqual([
    "server/prefect/sockets/prefect-socket.ts",
    "server/prefect/sockets/socket-hub.ts",
  ]);
});
