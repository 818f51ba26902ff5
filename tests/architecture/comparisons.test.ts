/**
 * What proves somebody is compared in a time that tells nothing of it: as digests of one length, by `timingSafeEqual`, where this table
 * says. An operator stops at the first character that differs.
 */

import { expect, test } from "vitest";
import { unshippedFile } from "./import-table.ts";
import { lineOf, parseSource, readSourcesWith, type SourceFile, type SyntaxNode } from "./source-file.ts";

/** Files that compare what proves somebody. What they compare, and that it is of one length, is tested beside each. */
const comparers: readonly string[] = [
  "server/hooks/check-signature.ts",
  "service/access/key-text.ts",
  "service/access/password.ts",
  "service/access/run-key-text.ts",
];

/** What is secret, or made of it, is called so. */
const proof = /(digest|secret|signature|password|passwordhash|token|mac|nonce)$/i;

/** Where there may be such a comparison. */
const compared =
  /(digest|secret|signature|password|token|mac|nonce)\w*\)* *[!=]==? |[!=]==? [\w.(]*(digest|secret|signature|password|token|mac|nonce)/i;

/** Comparisons that are none of what proves somebody, with why. */
const allowed: Readonly<Record<string, string>> = {
  "server/hooks/make-event.ts: name === signature": "the name of a header",
  "server/prefect/sockets/teardown-desk.ts: held.token !== operation.token":
    "tells two orders of one desk apart, and lets nobody in",
};

function nameOf(node: SyntaxNode): string | null {
  switch (node.type) {
    case "Identifier":
      return node.name as string;
    case "MemberExpression":
      return nameOf(node.property as SyntaxNode);
    case "CallExpression":
      return nameOf(node.callee as SyntaxNode);
    default:
      return null;
  }
}

/** A comparison with what is written down, or with nothing, tells nobody anything. */
const isPlain = ({ type, name }: SyntaxNode): boolean =>
  type === "Literal" || (type === "Identifier" && name === "undefined");

function findComparisons(file: SourceFile): readonly string[] {
  if (unshippedFile.test(file.path) || !/^(server|service|client|worker)\//.test(file.path)) return [];
  return file.nodes.flatMap((node) => {
    if (node.type !== "BinaryExpression" || !/^[!=]==?$/.test(node.operator as string)) return [];
    const sides = [node.left as SyntaxNode, node.right as SyntaxNode];
    if (sides.some(isPlain) || !sides.some((side) => proof.test(nameOf(side) ?? ""))) return [];
    const found = `${file.path}: ${file.text.slice(node.start, node.end as number)}`;
    return Object.hasOwn(allowed, found) ? [] : [`${found} (line ${lineOf(file, node)})`];
  });
}

test("no operator compares what proves somebody", () => {
  expect(readSourcesWith(compared).flatMap(findComparisons)).toEqual([]);
});

test.each([
  "if (key.digest === digest) f();",
  "const a = wanted !== request.signature;",
  "b = hash() == readSecret();",
])("%s is seen", (text) => {
  expect(findComparisons(parseSource("service/access/a.ts", text))).toHaveLength(1);
});

test("the files that compare it are these, and each does it by timingSafeEqual", () => {
  const using = readSourcesWith(/timingSafeEqual|isSameDigest\(/).filter(({ path }) => !unshippedFile.test(path));
  const found = new Set(using.map(({ path }) => path));
  expect([...found].filter((path) => path !== "service/access/create-access.ts").toSorted()).toEqual(comparers);
});
