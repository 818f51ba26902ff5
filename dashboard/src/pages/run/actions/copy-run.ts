/** A run as text for a chat, a ticket or another tool. */

import type { FlowRun } from "millrace/client";
import { toDuration } from "../../../format/time.ts";

/** For people, as Markdown: what it is, how it ended and why. */
export function toMarkdown(run: FlowRun, address: string): string {
  const { state, startedAt, endedAt, error } = run;
  const facts: readonly (readonly [string, string | null])[] = [
    ["Flow", run.flowName],
    ["State", `${state.name}${state.message === undefined ? "" : `: ${oneLine(state.message)}`}`],
    ["Started", startedAt === null ? null : new Date(startedAt).toISOString()],
    ["Took", startedAt === null || endedAt === null ? null : toDuration(endedAt - startedAt)],
    ["Tags", run.tags.length === 0 ? null : run.tags.join(", ")],
    ["Version", run.version],
    ["Id", run.id],
  ];
  const lines = facts.flatMap(([name, value]) => (value === null ? [] : [`- ${name}: ${oneLine(value)}`]));
  const cause = error === null ? [] : ["", "```", fenced(error.stack ?? error.message), "```"];
  return [`**[${oneLine(run.name).replaceAll(/[[\]]/g, "")}](${address})**`, "", ...lines, ...cause].join("\n");
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").slice(0, 500);
const fenced = (text: string): string => text.replaceAll("```", "'''").slice(0, 4000);
