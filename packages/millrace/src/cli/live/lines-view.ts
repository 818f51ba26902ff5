/**
 * Plain lines with times, for files, pipes and CI. Logs, failures and retries are always told; what went well is told task
 * by task up to a bound, and then summed up once a second, so that a run of 10,000 tasks stays readable.
 */

import type { RunObserver, TaskRunSighting } from "../../contract/observer.ts";
import type { LogLevel } from "../../contract/records.ts";
import { isTerminal } from "../../contract/states.ts";
import type { Clock } from "../../kit/clock.ts";
import { formatDuration } from "../../kit/duration.ts";
import { cleanLine } from "../output/clean-text.ts";
import { formatCount } from "../output/numbers.ts";
import { shortId } from "../output/short-id.ts";
import { errorLine } from "./error-line.ts";
import type { LiveStream } from "./live-stream.ts";
import { logText } from "./log-text.ts";
import type { Look } from "../output/look.ts";
import { isDone, type Outcome } from "./outcome.ts";
import { retriesLogger } from "./retries-logger.ts";
import { renderSummary, type SummaryOptions } from "./summary.ts";
import { createTally } from "./tally.ts";
import { type FlowNode, totalsOf } from "./tree-model.ts";

/** Task runs of one flow run whose good end is told in a line of its own. */
const maxTaskLines = 200;
const sumEveryMs = 1000;

interface Told {
  lines: number;
  /** When the last sum was told, in ms since the epoch. */
  summedAt: number;
}

export interface LinesViewOptions extends Look, SummaryOptions {
  readonly stream: LiveStream;
  readonly clock: Clock;
}

export function createLinesView(options: LinesViewOptions): RunObserver {
  const { stream, clock } = options;
  const tally = createTally();
  const told = new WeakMap<FlowNode, Told>();

  const print = (line: Parameters<typeof logText>[0]): void => void stream.write(`${logText(line, options)}\n`);

  /** A line of the view's own: what it names stays on it. */
  const tell = (at: number, level: LogLevel, label: string, message: string): void =>
    print({ at, level, label, message: cleanLine(message) });

  /** Something went as it should: a line of its own, or a part of a sum. */
  function tellGood(
    at: number,
    node: FlowNode,
    line: () => { readonly label: string; readonly message: string },
  ): void {
    const counter = told.get(node) ?? { lines: 0, summedAt: at };
    told.set(node, counter);
    if (counter.lines < maxTaskLines) {
      counter.lines++;
      const { label, message } = line();
      tell(at, "info", label, message);
      if (counter.lines < maxTaskLines) return;
      counter.summedAt = at;
      const bound = `${maxTaskLines} tasks were told one by one; from here on they are summed up`;
      tell(at, "info", node.flowName, bound);
    } else if (at - counter.summedAt >= sumEveryMs) {
      counter.summedAt = at;
      tell(at, "info", node.flowName, sumMessage(node));
    }
  }

  return {
    flowRun(sighting) {
      const { node, isNew } = tally.flowRun(sighting);
      const { id, name, state, error } = sighting;
      const { at } = state;
      const label = node.flowName;
      const ends = isTerminal(state.type);
      if (isNew && !ends) {
        const message = `${name} ${sighting.resumed ? "is taken up again" : "started"} (${shortId(id)})`;
        if (node.parent === null) tell(at, "info", label, message);
        else tellGood(at, node.parent, () => ({ label, message }));
      } else if (node.parent === null && (ends || state.details?.suspended === true)) {
        stream.write(`\n${renderSummary(node, options, options).join("\n")}\n\n`);
      } else if (ends && state.type !== "COMPLETED") {
        const why = error === null ? (state.message ?? "") : errorLine(error);
        tell(at, "error", label, `${name}: ${state.name}${why === "" ? "" : `: ${why}`}`);
      } else if (node.parent === null) {
        const hint = state.type === "PAUSED" ? `; what it asks: millrace inbox inspect ${shortId(id)}` : "";
        tell(at, "info", label, `${name}: ${state.name}${hint}`);
      }
    },

    taskRun(sighting) {
      const counted = tally.taskRun(sighting);
      const { state, attempt } = sighting;
      const label = labelOf(counted.node, sighting);
      const { outcome } = counted;
      if (outcome === "failed" && !sighting.fromRecord) {
        const why = sighting.error === null ? (state.message ?? "") : errorLine(sighting.error);
        const attempts = attempt > 1 ? ` after ${formatCount(attempt)} attempts` : "";
        tell(state.at, "error", label, `${subject(sighting)}${state.name}${attempts}: ${why}`);
      } else if (outcome === "retrying") {
        tell(state.at, "warn", label, retryMessage(sighting));
      } else if (counted.isOver && (sighting.kind !== "flow" || sighting.fromRecord)) {
        const message = (): string => endMessage(sighting, outcome, counted.durationMs);
        // The record has the time at which it was made.
        const at = sighting.fromRecord ? clock.now() : state.at;
        tellGood(at, counted.node, () => ({ label, message: message() }));
      }
    },

    log(line) {
      if (line.logger === retriesLogger) return;
      print({ at: line.at, level: line.level, label: tally.labelOf(line), message: line.message, fields: line.fields });
    },

    artifact(artifact) {
      // They are counted for the end, and are for `artifact ls`: a line for each update of a progress would be noise.
      tally.artifact(artifact);
    },
  };
}

function labelOf(node: FlowNode, sighting: TaskRunSighting): string {
  return node.flowName === "" ? sighting.taskName : `${node.flowName}/${sighting.taskName}`;
}

/** "fold 3: ", where the run has a name of its own: the label has the task's. */
function subject({ name, taskName }: TaskRunSighting): string {
  return name === taskName ? "" : `${name}: `;
}

function endMessage(sighting: TaskRunSighting, outcome: Outcome, durationMs: number | null): string {
  const { state } = sighting;
  if (outcome === "recorded") return `${subject(sighting)}taken from the record`;
  if (sighting.fromRecord) return `${subject(sighting)}${state.name}, taken from the record`;
  if (outcome === "not-run") return `${subject(sighting)}not run: ${state.message ?? "what it needs has failed"}`;
  const took = durationMs === null || !isDone(outcome) ? "" : ` in ${formatDuration(durationMs)}`;
  const attempts = sighting.attempt > 1 ? `, attempt ${formatCount(sighting.attempt)}` : "";
  return `${subject(sighting)}${state.name}${took}${attempts}`;
}

function retryMessage(sighting: TaskRunSighting): string {
  const { attempt, state, error } = sighting;
  const why = error === null ? (state.message ?? "") : errorLine(error);
  const dueAt = state.details?.scheduledAt;
  const next = dueAt === undefined ? "" : `; next in ${formatDuration(Math.max(0, dueAt - state.at))}`;
  return `${subject(sighting)}attempt ${formatCount(attempt)} failed: ${why}${next}`;
}

function sumMessage(node: FlowNode): string {
  const { counts } = totalsOf(node);
  const done = counts.completed + counts.cached + counts.recorded;
  const parts: readonly (readonly [number, string])[] = [
    [done, "tasks done"],
    [counts.running, "running"],
    [counts.retrying, "to retry"],
    [counts.waiting, "waiting"],
    [counts.failed, "failed"],
  ];
  return parts.flatMap(([count, word]) => (count === 0 ? [] : [`${formatCount(count)} ${word}`])).join(", ");
}
