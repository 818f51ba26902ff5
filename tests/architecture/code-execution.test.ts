import { matchesGlob } from "node:path";
import { describe, expect, test } from "vitest";
import { executionTable } from "./code-execution-table.ts";
import { unshippedFile } from "./import-table.ts";
import { isIdentifier, lineOf, parseSource, readSources, type SourceFile, type SyntaxNode } from "./source-file.ts";

function findExecutions(file: SourceFile): readonly string[] {
  if (unshippedFile.test(file.path)) return [];
  return file.nodes.flatMap((node) =>
    namesOf(node).flatMap((name) => {
      const rule = executionTable.find((each) => each.name === name);
      if (rule === undefined || Object.keys(rule.allowedIn).some((pattern) => matchesGlob(file.path, pattern)))
        return [];
      return [`${file.path}:${lineOf(file, node)} uses ${name}: use ${rule.instead}`];
    }),
  );
}

/** The names, as the table writes them, that a node of the syntax tree uses. */
function namesOf(node: SyntaxNode): readonly string[] {
  switch (node.type) {
    case "ImportDeclaration":
    case "ImportExpression":
    case "ExportNamedDeclaration": {
      const source = (node.source as SyntaxNode | null)?.value;
      if (typeof source !== "string") return [];
      const specifiers = (node.specifiers ?? []) as readonly SyntaxNode[];
      return [source, ...specifiers.map(({ imported }) => `${source} ${nameOf(imported)}`)];
    }
    case "NewExpression":
      return isIdentifier(node.callee, "Function") ? ["new Function()"] : [];
    case "CallExpression":
      return ["eval", "Function"]
        .filter((name) => isIdentifier(node.callee, name))
        .map((name) => `${name}()`)
        .concat(
          (node.callee as SyntaxNode).type === "MemberExpression" ? [`${memberOf(node.callee as SyntaxNode)}()`] : [],
        );
    case "Property":
      return nameOf(node.key) === "shell" && !isFalse(node.value) && isOption(node.value) ? ["shell:"] : [];
    default:
      return [];
  }
}

function memberOf({ object, property }: SyntaxNode): string {
  return `${nameOf(object)}.${nameOf(property)}`;
}

function nameOf(value: unknown): string {
  const node = value as SyntaxNode | null | undefined;
  return node?.type === "Identifier" ? (node.name as string) : "?";
}

const isFalse = (value: unknown): boolean => (value as SyntaxNode).value === false;

/** The option of `spawn`: a literal, or what is true on some machines. Arguments and fields of that name are something else. */
function isOption(value: unknown): boolean {
  const { type } = value as SyntaxNode;
  return ["Literal", "BinaryExpression", "LogicalExpression", "ConditionalExpression"].includes(type);
}

describe("text that becomes a command or code", () => {
  test("is nowhere but where the table says", () => {
    expect(readSources().flatMap(findExecutions)).toEqual([]);
  });

  test.each([
    ["node:child_process exec", 'import { exec } from "node:child_process";'],
    ["node:child_process execSync", 'import { execSync as run } from "node:child_process";'],
    ["node:vm", 'import vm from "node:vm";'],
    ["node:vm", 'const vm = await import("node:vm");'],
    ["shell:", 'spawn("ls", [], { shell: true });'],
    ["shell:", 'spawn("ls", [], { shell: process.platform === "win32" });'],
    ["shell:", 'spawn("ls", [], { shell: "/bin/sh" });'],
    ["eval()", "eval(text);"],
    ["new Function()", "new Function(text);"],
    ["Function()", "Function(text)();"],
    ["v8.deserialize()", "v8.deserialize(bytes);"],
  ])("is seen: %s", (name, text) => {
    expect(findExecutions(parseSource("worker/run.ts", text))).toEqual([
      expect.stringContaining(`worker/run.ts:1 uses ${name}: use `),
    ]);
  });
});
