/** The last words on a run: how it ended, what its tasks did, the error, and the commands to look further. */

import type { RecordedError } from "../../contract/errors.ts";
import { formatDuration } from "../../kit/duration.ts";
import { displayWidth, pad } from "../../kit/text.ts";
import { cleanLine, cleanText } from "../output/clean-text.ts";
import { cutText } from "../output/cut-text.ts";
import { shortId } from "../output/short-id.ts";
import { firstOwnFrame, frameLocation } from "../output/stack-frame.ts";
import { stateText } from "../output/state-text.ts";
import { totalWords } from "./count-words.ts";
import type { Look } from "../output/look.ts";
import { type FlowNode, totalsOf } from "./tree-model.ts";

/** Of a message so many lines are shown, and so many characters; `--json` has all of it. */
const maxMessageLines = 12;
const maxMessageLength = 2000;

export interface SummaryOptions {
  /** Whether it is shown by `inspect` itself. Default false. */
  readonly isInspected?: boolean;
  /** Where a server shows a run; absent or null where none has it. */
  readonly pageOf?: ((runId: string) => string) | null;
}

/** Without line ends. The first line names the flow, its state and its duration. */
export function renderSummary(node: FlowNode, look: Look, options: SummaryOptions = {}): readonly string[] {
  return [summaryTitle(node, look), ...renderSummaryDetails(node, look, options)];
}

function summaryTitle(node: FlowNode, look: Look): string {
  const { paint, glyphs } = look;
  const verb = node.endedAt === null ? "" : ` in ${formatDuration(node.endedAt - node.startedAt)}`;
  const name = `${paint.bold(cleanLine(node.flowName))} ${paint.dim(`${glyphs.dot} ${cleanLine(node.runName)}`)}`;
  return `${stateText(node.state, look)}${verb}  ${name}`;
}

/** What follows the title: counts, the error, commands, the page. */
export function renderSummaryDetails(
  node: FlowNode,
  look: Look,
  { isInspected = false, pageOf = null }: SummaryOptions = {},
): readonly string[] {
  const totals = totalsOf(node);
  const lines = [`  ${totalWords(totals)}`];
  const { error, state } = node;
  if (error !== null) lines.push("", ...errorLines(error, look));
  else if (state.message !== undefined && state.type !== "COMPLETED") lines.push("", `  ${cleanLine(state.message)}`);
  const commands = nextCommands(node, { isInspected });
  if (totals.artifacts > 0) {
    commands.push({ command: `millrace artifact ls --run ${shortId(node.runId)}`, why: "what it has left" });
  }
  const width = Math.max(0, ...commands.map(({ command }) => displayWidth(command)));
  if (commands.length > 0) lines.push("");
  lines.push(...commands.map(({ command, why }) => `  ${pad(command, width)}  ${look.paint.dim(why)}`));
  if (pageOf !== null) lines.push(`  ${pageOf(node.runId)}`);
  return lines;
}

/** Kind, message, code and place of an error, two blanks in. */
export function errorLines(error: RecordedError, { paint }: Look): readonly string[] {
  const code = error.code === null ? "" : ` [${error.code}]`;
  const message = cutText(cleanText(error.message), maxMessageLength).split("\n");
  const [first = "", ...rest] = message.slice(0, maxMessageLines);
  const lines = [
    paint.red(`  ${cleanLine(error.name)}${cleanLine(code)}: ${first}`),
    ...rest.map((line) => `  ${line}`),
  ];
  if (message.length > maxMessageLines) lines.push(paint.dim(`  (${message.length - maxMessageLines} lines more)`));
  const frame = error.stack === null ? null : firstOwnFrame(error.stack, { cwd: process.cwd() });
  if (frame !== null) {
    const place = frameLocation(frame);
    lines.push(
      paint.dim(cleanLine(`    at ${frame.functionName === null ? place : `${frame.functionName} (${place})`}`)),
    );
  }
  return lines;
}

interface NextCommand {
  readonly command: string;
  readonly why: string;
}

function nextCommands(node: FlowNode, { isInspected }: { readonly isInspected: boolean }): NextCommand[] {
  const { runId, state, error } = node;
  const id = shortId(runId);
  const inspect = isInspected
    ? { command: `millrace flow-run explain ${id}`, why: "why each task ran, or did not" }
    : { command: `millrace flow-run inspect ${id}`, why: "what happened" };
  const resume = { command: `millrace flow-run resume ${id}`, why: "go on where it stopped" };
  switch (state.type) {
    case "FAILED":
      if (error?.code === "RESUME_DRIFT") {
        return [inspect, { command: `${resume.command} --on-drift rerun`, why: "run what the code calls now" }];
      }
      return [inspect, { command: `millrace flow-run retry ${id}`, why: "start again from what failed" }];
    case "CRASHED":
    case "CANCELLED":
      return [inspect, resume];
    case "PAUSED":
      return [inspect, { command: `millrace inbox inspect ${id}`, why: "what it asks, and how to answer" }];
    case "SCHEDULED":
    case "PENDING":
    case "RUNNING":
    case "COMPLETED":
    case "CANCELLING":
      return [inspect];
  }
}
