import { matchesGlob } from "node:path";
import { describe, expect, test } from "vitest";
import { ambientTable } from "./ambient-table.ts";
import { unshippedFile } from "./import-table.ts";
import { isIdentifier, lineOf, parseSource, readSources, type SourceFile, type SyntaxNode } from "./source-file.ts";

function findAmbientUses(file: SourceFile): readonly string[] {
  if (unshippedFile.test(file.path)) return [];
  return file.nodes.flatMap((node) =>
    namesOf(node).flatMap((name) => {
      const rule = ambientTable.find(({ names }) => names.includes(name));
      if (rule === undefined || rule.allowedIn.some((pattern) => matchesGlob(file.path, pattern))) return [];
      return [`${file.path}:${lineOf(file, node)} uses ${name}: use ${rule.instead}`];
    }),
  );
}

/** The names, as the table writes them, that a node of the syntax tree uses. */
function namesOf(node: SyntaxNode): readonly string[] {
  switch (node.type) {
    case "MemberExpression":
      return [`${nameOf(node.object)}.${nameOf(node.property)}`];
    case "NewExpression":
      return isIdentifier(node.callee, "Date") && (node.arguments as readonly unknown[]).length === 0
        ? ["new Date()"]
        : [];
    case "CallExpression":
      return isIdentifier(node.callee, "Date") ? ["Date()"] : [];
    case "ImportDeclaration":
      return (node.specifiers as readonly SyntaxNode[]).map(
        ({ imported }) => `${(node.source as SyntaxNode).value as string} ${nameOf(imported)}`,
      );
    default:
      return [];
  }
}

function nameOf(value: unknown): string {
  const node = value as SyntaxNode | null | undefined;
  return node?.type === "Identifier" ? (node.name as string) : "?";
}

describe("time, randomness and the environment", () => {
  test("are read in one place each", () => {
    expect(readSources().flatMap(findAmbientUses)).toEqual([]);
  });

  test.each([
    ["Date.now", "const t = Date.now();"],
    ["new Date()", "const t = new Date();"],
    ["Math.random", "const r = Math.random();"],
    ["process.env", "const { HOME } = process.env;"],
    ["node:crypto randomUUID", 'import { randomUUID } from "node:crypto";'],
  ])("are seen: %s", (name, text) => {
    expect(findAmbientUses(parseSource("engine/run.ts", text))).toEqual([
      expect.stringContaining(`engine/run.ts:1 uses ${name}: use `),
    ]);
  });

  test("may be read where the table says, and in tests", () => {
    expect(findAmbientUses(parseSource("kit/clock.ts", "Date.now(); new Date(5);"))).toEqual([]);
    expect(findAmbientUses(parseSource("engine/run.test.ts", "Date.now();"))).toEqual([]);
  });
});
