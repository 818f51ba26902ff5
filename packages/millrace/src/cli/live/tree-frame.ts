/** Draws the tree: one line a task name. Pure: the same model, size and time give the same lines. */

import { formatDuration } from "../../kit/duration.ts";
import { displayWidth, ellipsize, pad } from "../../kit/text.ts";
import { progressBar } from "../output/bar.ts";
import { cleanLine } from "../output/clean-text.ts";
import { formatCount } from "../output/numbers.ts";
import { shortId } from "../output/short-id.ts";
import { stateStyle } from "../output/state-text.ts";
import { rowWords } from "./count-words.ts";
import { errorLine } from "./error-line.ts";
import type { Look } from "../output/look.ts";
import { countDone, type FlowNode, isActive, type ProgressRow, type TaskRow } from "./tree-model.ts";

export interface FrameOptions extends Look {
  /** In columns; no line is wider. */
  readonly width: number;
  /** At most so many lines; what matters least is left out. */
  readonly height: number;
  readonly now: number;
}

/** What a line shows, and how much it matters: lower ranks stay when the height does not suffice for all. */
type Entry = { readonly rank: number; readonly depth: number } & (
  | { readonly kind: "flow"; readonly node: FlowNode }
  | { readonly kind: "row"; readonly row: TaskRow; readonly isFlow: boolean }
  | { readonly kind: "progress"; readonly progress: ProgressRow }
  | { readonly kind: "note"; readonly text: string }
);

const rank = { root: 0, active: 1, note: 2, waiting: 3, done: 4 } as const;

const barWidth = 12;
const maxNameShare = 0.4;
const durationWidth = 8;
/** The bar goes first when the terminal is narrow, then the words. In columns. */
const minWidthOfBar = 64;
const minWidthOfWords = 44;

/** The lines of the tree, without line ends. */
export function renderTree(roots: Iterable<FlowNode>, options: FrameOptions): readonly string[] {
  const entries = [...roots].flatMap((root) => entriesOf(root));
  const shown = choose(entries, Math.max(1, options.height));
  const lines = formatEntries(shown, options);
  const hidden = entries.length - shown.length;
  if (hidden > 0) lines.push(options.paint.dim(`  ${options.glyphs.more} ${formatCount(hidden)} more`));
  return lines;
}

function entriesOf(root: FlowNode): readonly Entry[] {
  const entries: Entry[] = [{ kind: "flow", node: root, depth: 0, rank: rank.root }];
  if (root.state.type === "PAUSED") {
    const text = `waits for an answer: millrace inbox inspect ${shortId(root.runId)}`;
    entries.push({ kind: "note", text, depth: 1, rank: rank.root });
  }
  addBody(root, root, 1, entries);
  return entries;
}

/** The tasks and subflows of a run; `root` is the run at the top of the tree. */
function addBody(node: FlowNode, root: FlowNode, depth: number, entries: Entry[]): void {
  for (const row of node.rows.values()) {
    // Recorded times and numbers are no steps that anybody waits for.
    if (row.kind === "value") continue;
    entries.push({ kind: "row", row, depth, rank: rankOf(row), isFlow: false });
    // What the whole run has failed of is told under the tree.
    if (row.error?.message !== root.error?.message) addError(row, depth, entries);
  }
  if (root.endedAt === null) {
    for (const progress of node.progress.values())
      entries.push({ kind: "progress", progress, depth, rank: rank.active });
  }
  for (const child of node.children.values()) {
    const body: Entry[] = [];
    addBody(child, root, depth + 1, body);
    // A subflow matters as much as what matters most in it.
    const least = body.reduce((lowest, entry) => Math.min(lowest, entry.rank), rankOf(child.calls));
    entries.push({ kind: "row", row: child.calls, depth, rank: least, isFlow: true }, ...body);
  }
}

function addError(row: TaskRow, depth: number, entries: Entry[]): void {
  if (row.error === null || (row.counts.failed === 0 && row.counts.retrying === 0)) return;
  entries.push({ kind: "note", text: errorLine(row.error), depth: depth + 1, rank: rank.note });
}

function rankOf(row: TaskRow): number {
  if (isActive(row) || row.counts.failed > 0) return rank.active;
  return row.counts.waiting > 0 ? rank.waiting : rank.done;
}

/** The most important entries, in their order; one line less when some are left out, for the line that says so. */
function choose(entries: readonly Entry[], height: number): readonly Entry[] {
  if (entries.length <= height) return entries;
  const byRank = entries.map((entry, index) => ({ entry, index })).sort((a, b) => a.entry.rank - b.entry.rank);
  const kept = new Set(byRank.slice(0, height - 1).map(({ index }) => index));
  return entries.filter((_, index) => kept.has(index));
}

function formatEntries(entries: readonly Entry[], options: FrameOptions): string[] {
  const rows = entries.filter((entry) => entry.kind === "row");
  const names = rows.map(({ row, depth }) => depth * 2 + displayWidth(cleanLine(row.name)));
  const widths: ColumnWidths = {
    name: Math.min(Math.max(0, ...names), Math.floor(options.width * maxNameShare)),
    count: Math.max(0, ...rows.map(({ row }) => countText(row).length)),
    hasBar: options.width >= minWidthOfBar && rows.some(({ row }) => countDone(row).all > 1),
    hasWords: options.width >= minWidthOfWords,
  };
  return entries.map((entry) => {
    switch (entry.kind) {
      case "flow":
        return formatFlow(entry.node, options);
      case "row":
        return formatRow(entry, widths, options);
      case "progress":
        return formatProgress(entry.progress, entry.depth, options);
      case "note":
        return formatNote(entry.text, entry.depth, options);
    }
  });
}

interface ColumnWidths {
  /** With the indentation. */
  readonly name: number;
  readonly count: number;
  readonly hasBar: boolean;
  readonly hasWords: boolean;
}

function formatFlow(node: FlowNode, options: FrameOptions): string {
  const { paint, glyphs, now } = options;
  const { state } = node;
  const mark = stateStyle(state.type, paint)(glyphs.states[state.type]);
  const names = `${paint.bold(cleanLine(node.flowName))} ${paint.dim(`${glyphs.dot} ${cleanLine(node.runName)}`)}`;
  const stateName = state.name === "Running" ? "" : `${stateStyle(state.type, paint)(cleanLine(state.name))}  `;
  return spread(`${mark} ${names}`, stateName + formatDuration((node.endedAt ?? now) - node.startedAt), options.width);
}

function formatRow(
  { row, depth, isFlow }: { readonly row: TaskRow; readonly depth: number; readonly isFlow: boolean },
  widths: ColumnWidths,
  options: FrameOptions,
): string {
  const { paint, glyphs, now, width } = options;
  const indent = " ".repeat(depth * 2);
  const name = pad(ellipsize(cleanLine(row.name), widths.name - indent.length), widths.name - indent.length);
  const parts = [`${indent}${rowMark(row, options)} ${isFlow ? paint.bold(name) : name}`];
  parts.push(pad(countText(row), widths.count, { align: "right" }));
  const { done, all } = countDone(row);
  if (widths.hasBar) parts.push(all > 1 ? progressBar(done / all, barWidth, { paint, glyphs }) : " ".repeat(barWidth));
  const end = isActive(row) ? now : (row.endedAt ?? row.startedAt);
  const duration = row.startedAt === null || end === null ? "" : formatDuration(Math.max(0, end - row.startedAt));
  if (widths.hasWords) {
    const room = width - displayWidth(parts.join("  ")) - 2 - durationWidth;
    parts.push(fitWords(rowWords(row, options), ` ${glyphs.dot} `, room));
  }
  return spread(parts.join("  ").trimEnd(), duration, width);
}

/** As many words as there is room for: a word is not cut. */
function fitWords(words: readonly string[], separator: string, room: number): string {
  let text = "";
  for (const word of words) {
    const longer = text === "" ? word : text + separator + word;
    if (displayWidth(longer) > room) break;
    text = longer;
  }
  return text;
}

function rowMark(row: TaskRow, { paint, glyphs }: Look): string {
  const { counts } = row;
  if (counts.failed > 0) return paint.red(glyphs.states.FAILED);
  if (isActive(row)) return paint.blue(glyphs.states.RUNNING);
  if (counts.waiting > 0) return paint.dim(glyphs.states.PENDING);
  if (counts["not-run"] + counts.cancelled > 0) return paint.dim(glyphs.states.CANCELLED);
  return counts.completed === 0 ? paint.green(glyphs.taken) : paint.green(glyphs.states.COMPLETED);
}

function countText(row: TaskRow): string {
  const { done, all } = countDone(row);
  return `${formatCount(done)}/${formatCount(all)}`;
}

function formatProgress({ label, fraction }: ProgressRow, depth: number, options: FrameOptions): string {
  const { paint, glyphs, width } = options;
  const percent = `${Math.floor(fraction * 100)}%`.padStart(4);
  const indent = " ".repeat(depth * 2);
  const name = ellipsize(cleanLine(label), Math.floor(width * maxNameShare));
  return ellipsize(
    `${indent}${glyphs.arrow} ${name}  ${progressBar(fraction, barWidth, { paint, glyphs })} ${percent}`,
    width,
  );
}

function formatNote(text: string, depth: number, { paint, glyphs, width }: FrameOptions): string {
  const indent = " ".repeat(depth * 2);
  return paint.dim(ellipsize(`${indent}${glyphs.branch} ${cleanLine(text)}`, width));
}

/** Two texts at both ends of a line; the left one gives way. */
function spread(left: string, right: string, width: number): string {
  if (right === "") return ellipsize(left, width);
  const room = width - displayWidth(right) - 1;
  const cut = ellipsize(left, Math.max(0, room));
  return `${cut}${" ".repeat(Math.max(1, width - displayWidth(cut) - displayWidth(right)))}${right}`;
}
