import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { parseSync } from "oxc-parser";

export const root = dirname(dirname(import.meta.dirname));
export const sources = join(root, "packages/millrace/src");

/** A node of the syntax tree; offsets are into the text. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

export interface SourceFile {
  /** Relative to packages/millrace/src, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly nodes: readonly SyntaxNode[];
}

export interface Import {
  readonly specifier: string;
  /** Whether the imported file loads with this one, loads later, or only lends its types. */
  readonly kind: "static" | "late" | "type";
  readonly line: number;
}

export function readSources(): readonly SourceFile[] {
  return globSync("**/*.ts", { cwd: sources }).sort().map(readSource);
}

/** Those of them in which this stands: to look through all of them as trees takes seconds. */
export function readSourcesWith(text: RegExp): readonly SourceFile[] {
  const names = globSync("**/*.ts", { cwd: sources }).sort();
  return names.filter((name) => text.test(readFileSync(join(sources, name), "utf8"))).map(readSource);
}

function readSource(name: string): SourceFile {
  const path = name.split(sep).join("/");
  return parseSource(path, readFileSync(join(sources, name), "utf8"));
}

export function parseSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} cannot be parsed: ${error.message}`);
  return { path, text, nodes: [...walk(program)] };
}

function* walk(value: unknown): Generator<SyntaxNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* walk(item);
  } else if (typeof value === "object" && value !== null) {
    if ("type" in value && "start" in value) yield value as SyntaxNode;
    for (const child of Object.values(value)) yield* walk(child);
  }
}

export function lineOf(file: SourceFile, node: SyntaxNode): number {
  return file.text.slice(0, node.start).split("\n").length;
}

/** Each import of a file: statements, `export … from`, `import()`, types, and files named as entries of threads or processes. */
export function importsOf(file: SourceFile): readonly Import[] {
  return file.nodes.flatMap((node) => {
    const found = toImport(node);
    return found === undefined ? [] : [{ ...found, line: lineOf(file, node) }];
  });
}

function toImport(node: SyntaxNode): Omit<Import, "line"> | undefined {
  switch (node.type) {
    case "ImportDeclaration":
      return named(node.source, node.importKind === "type" ? "type" : "static");
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
      return named(node.source, node.exportKind === "type" ? "type" : "static");
    case "ImportExpression":
      return named(node.source, "late");
    case "TSImportType":
      return named(node.source ?? node.argument, "type");
    case "NewExpression":
      return isIdentifier(node.callee, "URL") ? entryReference(node) : undefined;
    default:
      return undefined;
  }
}

/** `new URL("./pool-thread.ts", import.meta.url)` names a file that a thread or a process starts from. */
function entryReference(node: SyntaxNode): Omit<Import, "line"> | undefined {
  const [first] = node.arguments as readonly unknown[];
  const found = named(first, "late");
  return found !== undefined && /^\.{1,2}\/.*\.ts$/.test(found.specifier) ? found : undefined;
}

function named(value: unknown, kind: Import["kind"]): Omit<Import, "line"> | undefined {
  const node = value as SyntaxNode | null | undefined;
  if (node?.type === "TSLiteralType") return named(node.literal, kind);
  if (node?.type !== "Literal" || typeof node.value !== "string") return undefined;
  return { specifier: node.value, kind };
}

export function isIdentifier(value: unknown, name: string): boolean {
  const node = value as SyntaxNode | null | undefined;
  return node?.type === "Identifier" && node.name === name;
}

/** The path, relative to the sources, that a relative specifier of a file means. */
export function resolveImport(file: string, specifier: string): string {
  return relative(sources, join(sources, dirname(file), specifier))
    .split(sep)
    .join("/");
}
