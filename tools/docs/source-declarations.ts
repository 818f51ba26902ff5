/** What the sources declare, with the comments that stand before it: the members of interfaces, the names of exports. */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Comment, type ExportNamedDeclaration, parseSync, type Program, type Span } from "oxc-parser";

export const root = dirname(dirname(import.meta.dirname));
export const sources = join(root, "packages/millrace/src");

export interface Member {
  readonly name: string;
  /** As it is written: `readonly string[]`. */
  readonly type: string;
  readonly isOptional: boolean;
  /** What the comment before it says, as one paragraph a line; empty where there is none. */
  readonly doc: string;
}

interface Parsed {
  readonly text: string;
  readonly program: Program;
  readonly comments: readonly Comment[];
}

const parsed = new Map<string, Parsed>();

/** @param path relative to packages/millrace/src */
function parse(path: string): Parsed {
  const known = parsed.get(path);
  if (known !== undefined) return known;
  const text = readFileSync(join(sources, path), "utf8");
  const { program, comments, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} cannot be parsed: ${error.message}`);
  const made = { text, program, comments };
  parsed.set(path, made);
  return made;
}

/** The members of an interface, in their order; those of an interface that it extends in the same file come first. */
export function interfaceMembers(path: string, name: string): readonly Member[] {
  const { program } = parse(path);
  for (const statement of program.body) {
    const declared = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (declared?.type !== "TSInterfaceDeclaration" || declared.id.name !== name) continue;
    const inherited = declared.extends.flatMap(({ expression }) =>
      expression.type === "Identifier" && declaresInterface(program, expression.name)
        ? interfaceMembers(path, expression.name)
        : [],
    );
    return [...inherited, ...declared.body.body.flatMap((member) => toMember(path, member))];
  }
  throw new Error(`${path} declares no interface ${name}`);
}

/** The words of a type that is one of several, such as `"COMPLETED" | "FAILED"`; null for a type of another form. */
export function literalsOf(path: string, name: string): readonly string[] | null {
  for (const statement of parse(path).program.body) {
    const declared = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (declared?.type !== "TSTypeAliasDeclaration" || declared.id.name !== name) continue;
    const { typeAnnotation: type } = declared;
    if (type.type !== "TSUnionType") return null;
    const words = type.types.map((each) =>
      each.type === "TSLiteralType" && each.literal.type === "Literal" ? String(each.literal.value) : null,
    );
    return words.every((word) => word !== null) ? words : null;
  }
  return null;
}

function declaresInterface({ body }: Program, name: string): boolean {
  return body.some((statement) => {
    const declared = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    return declared?.type === "TSInterfaceDeclaration" && declared.id.name === name;
  });
}

type InterfaceMember = Extract<Program["body"][number], { type: "TSInterfaceDeclaration" }>["body"]["body"][number];

function toMember(path: string, member: InterfaceMember): readonly Member[] {
  const { text } = parse(path);
  if (member.type === "TSPropertySignature" && member.key.type === "Identifier" && !member.computed) {
    const { key, optional, typeAnnotation } = member;
    const type =
      typeAnnotation === null || typeAnnotation === undefined ? "" : sliceOf(text, typeAnnotation.typeAnnotation);
    return [{ name: key.name, type, isOptional: optional, doc: docBefore(path, member) }];
  }
  if (member.type === "TSMethodSignature" && member.key.type === "Identifier") {
    const type = text.slice(member.key.end, member.end).replace(/;$/, "").replaceAll(/\s+/g, " ");
    return [{ name: member.key.name, type, isOptional: member.optional, doc: docBefore(path, member) }];
  }
  return [];
}

function sliceOf(text: string, { start, end }: Span): string {
  return text.slice(start, end).replaceAll(/\s+/g, " ").replace(/^\| /, "");
}

/** The JSDoc comment right before a node. */
function docBefore(path: string, { start }: Span): string {
  const { text, comments } = parse(path);
  const comment = comments.findLast((each) => each.end <= start);
  if (comment?.type !== "Block" || !comment.value.startsWith("*")) return "";
  if (text.slice(comment.end, start).trim() !== "") return "";
  return comment.value
    .slice(1)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trim())
    .join("\n")
    .trim();
}

export interface PublicName {
  readonly name: string;
  readonly isType: boolean;
  /** The comment of its declaration, `@` tags included. */
  readonly doc: string;
  /** The comment that stands over its group in the list of exports, without slashes. */
  readonly group: string;
}

/** What a file of exports/ hands out, in its order. Only what comes `from` another file of the sources. */
export function publicNames(path: string): readonly PublicName[] {
  const { program, comments, text } = parse(path);
  let group = "";
  return program.body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || statement.source === null) return [];
    const heading = comments.findLast(({ type, end }) => type === "Line" && end <= statement.start);
    if (heading !== undefined && text.slice(heading.end, statement.start).trim() === "") group = heading.value.trim();
    return namesOf(path, statement, statement.source.value, group);
  });
}

function namesOf(path: string, statement: ExportNamedDeclaration, from: string, group: string): readonly PublicName[] {
  const source = join(dirname(path), from);
  return statement.specifiers.map(({ local, exported, exportKind }) => ({
    name: nameOf(exported),
    isType: statement.exportKind === "type" || exportKind === "type",
    // A function that only makes an object of a type is explained at the type.
    doc: docOf(source, nameOf(local)) || docOf(source, capitalised(nameOf(local))),
    group,
  }));
}

function nameOf(name: { readonly type: string; readonly name?: string; readonly value?: unknown }): string {
  return name.type === "Literal" ? String(name.value) : (name.name ?? "");
}

function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** The comment of an exported declaration; of an overloaded function, that of its first form. */
function docOf(path: string, name: string): string {
  for (const statement of parse(path).program.body) {
    if (statement.type !== "ExportNamedDeclaration" || statement.declaration === null) continue;
    const { declaration } = statement;
    const declared =
      declaration.type === "VariableDeclaration"
        ? declaration.declarations.map(({ id }) => (id.type === "Identifier" ? id.name : ""))
        : "id" in declaration && declaration.id?.type === "Identifier"
          ? [declaration.id.name]
          : [];
    if (declared.includes(name)) return docBefore(path, statement);
  }
  return "";
}
