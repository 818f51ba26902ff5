/** Reads a template into its parts, and refuses what is not offered or too much. */

import { createReader, readExpression, readOr, type Reader } from "./safe-template-expressions.ts";
import { cutTemplate, type Segment } from "./safe-template-lexer.ts";
import { maxDepth, maxLoopDepth, maxLoops, TemplateError } from "./safe-template-limits.ts";
import type { Expression, Node } from "./safe-template-nodes.ts";

/** @throws TemplateError */
export function parseTemplate(source: string): readonly Node[] {
  const blocks = createBlocks(cutTemplate(source));
  const { nodes, stop } = readNodes(blocks, []);
  if (stop !== null) throw new TemplateError(`{% ${stop.keyword} %} closes nothing`, stop.reader.line);
  return nodes;
}

/** A statement at which a block ends. */
interface Stop {
  readonly keyword: string;
  readonly reader: Reader;
}

interface Blocks {
  readonly next: () => Segment | undefined;
  readonly nested: <Read>(line: number, read: () => Read) => Read;
  readonly inLoop: <Read>(line: number, read: () => Read) => Read;
}

function createBlocks(segments: readonly Segment[]): Blocks {
  let at = 0;
  let depth = 0;
  let loops = 0;
  let loopDepth = 0;
  return {
    next: () => segments[at++],
    nested(line, read) {
      if (++depth > maxDepth) throw new TemplateError(`blocks stand more than ${maxDepth} deep in each other`, line);
      const found = read();
      depth--;
      return found;
    },
    inLoop(line, read) {
      if (++loops > maxLoops) throw new TemplateError(`a template has at most ${maxLoops} for loops`, line);
      if (++loopDepth > maxLoopDepth) {
        throw new TemplateError(`for loops stand at most ${maxLoopDepth} deep in each other`, line);
      }
      const found = read();
      loopDepth--;
      return found;
    },
  };
}

const closers: ReadonlySet<string> = new Set(["elif", "else", "endif", "endfor"]);

/** Up to one of the stops, or to the end when there is none to wait for. */
function readNodes(
  blocks: Blocks,
  stops: readonly string[],
): { readonly nodes: readonly Node[]; readonly stop: Stop | null } {
  const nodes: Node[] = [];
  for (let segment = blocks.next(); segment !== undefined; segment = blocks.next()) {
    if (segment.kind === "text") {
      nodes.push(segment);
      continue;
    }
    const { line } = segment;
    const reader = createReader(segment.tokens, line);
    if (segment.kind === "output") {
      nodes.push({ kind: "output", value: readExpression(reader), line });
      reader.end();
      continue;
    }
    const keyword = reader.name();
    if (stops.includes(keyword) || closers.has(keyword)) return { nodes, stop: { keyword, reader } };
    nodes.push(blocks.nested(line, () => readStatement(blocks, keyword, reader)));
  }
  return { nodes, stop: null };
}

function readStatement(blocks: Blocks, keyword: string, reader: Reader): Node {
  switch (keyword) {
    case "if":
      return readIf(blocks, reader);
    case "for":
      return blocks.inLoop(reader.line, () => readFor(blocks, reader));
    case "set":
      return readSet(reader);
    default:
      throw new TemplateError(`{% ${keyword} %} is not offered; there are if, for, set and raw`, reader.line);
  }
}

function readIf(blocks: Blocks, first: Reader): Node {
  const branches: { test: Expression; body: readonly Node[] }[] = [];
  let otherwise: readonly Node[] = [];
  let reader = first;
  for (;;) {
    const test = readExpression(reader);
    reader.end();
    const { nodes, stop } = readBody(blocks, { of: "if", line: first.line, stops: ["elif", "else", "endif"] });
    branches.push({ test, body: nodes });
    reader = stop.reader;
    if (stop.keyword !== "elif") {
      reader.end();
      if (stop.keyword === "else") otherwise = readLastBody(blocks, { of: "if", line: first.line });
      return { kind: "if", branches, otherwise, line: first.line };
    }
  }
}

function readFor(blocks: Blocks, reader: Reader): Node {
  const { line } = reader;
  const names = [reader.name()];
  while (reader.take(",")) names.push(reader.name());
  reader.expect("in");
  const items = readOr(reader);
  const test = reader.take("if") ? readExpression(reader) : null;
  reader.end();
  const { nodes, stop } = readBody(blocks, { of: "for", line, stops: ["else", "endfor"] });
  stop.reader.end();
  const otherwise = stop.keyword === "else" ? readLastBody(blocks, { of: "for", line }) : [];
  return { kind: "for", names, items, test, body: nodes, otherwise, line };
}

function readSet(reader: Reader): Node {
  const name = reader.name();
  reader.expect("=");
  const value = readExpression(reader);
  reader.end();
  return { kind: "set", name, value, line: reader.line };
}

function readBody(
  blocks: Blocks,
  block: { readonly of: "if" | "for"; readonly line: number; readonly stops: readonly string[] },
): { readonly nodes: readonly Node[]; readonly stop: Stop } {
  const { nodes, stop } = readNodes(blocks, block.stops);
  if (stop !== null && block.stops.includes(stop.keyword)) return { nodes, stop };
  const found = stop === null ? "has no" : `meets {% ${stop.keyword} %} before its`;
  throw new TemplateError(`{% ${block.of} %} ${found} {% end${block.of} %}`, block.line);
}

function readLastBody(blocks: Blocks, block: { readonly of: "if" | "for"; readonly line: number }): readonly Node[] {
  const { nodes, stop } = readBody(blocks, { ...block, stops: [`end${block.of}`] });
  stop.reader.end();
  return nodes;
}
