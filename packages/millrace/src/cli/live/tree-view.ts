/**
 * The tree of a terminal: drawn at most ten times a second while something happens, once a second while it waits (so that
 * the times go on), and not at all when nothing runs. Logs and the ends of runs are printed above it.
 */

import type { RunObserver } from "../../contract/observer.ts";
import { isTerminal } from "../../contract/states.ts";
import type { Clock, Timer } from "../../kit/clock.ts";
import { createDrawnArea } from "./drawn-area.ts";
import { type ForeignWrites, listenToForeignWrites } from "./foreign-writes.ts";
import { isOwnTerminal, type LiveStream, terminalSize } from "./live-stream.ts";
import { logText } from "./log-text.ts";
import type { Look } from "../output/look.ts";
import { retriesLogger } from "./retries-logger.ts";
import { renderSummaryDetails, type SummaryOptions } from "./summary.ts";
import { createTally } from "./tally.ts";
import { renderTree } from "./tree-frame.ts";
import type { FlowNode } from "./tree-model.ts";

/** Between two drawings while something happens, and before the first: what is quick is never drawn half-way. */
const drawEveryMs = 100;
/** Between two drawings while nothing happens. */
const tickEveryMs = 1000;
/** Text that waits to be printed above the tree; beyond this it is printed at once. */
const maxWaiting = 64 * 1024;
/** Lines of the tree that stays when a run has ended. */
const maxFinalHeight = 60;

export interface TreeViewOptions extends Look, SummaryOptions {
  readonly stream: LiveStream;
  readonly clock: Clock;
}

export function createTreeView(options: TreeViewOptions): RunObserver & { stop(): void } {
  const { stream, clock } = options;
  const tally = createTally();
  // Taken before anybody listens to the stream's writes, so that this view does not hear itself.
  const write = stream.write.bind(stream);
  const area = createDrawnArea(stream, (text) => void write(text));
  let foreign: ForeignWrites | null = null;
  let waiting = "";
  let timer: Timer | null = null;
  /** True when the timer draws what has changed, false when it only lets the times go on. */
  let isDirty = false;
  let drawnAt = Number.NEGATIVE_INFINITY;

  function markDirty(): void {
    if (isDirty) return;
    isDirty = true;
    if (drawnAt === Number.NEGATIVE_INFINITY) drawnAt = clock.monotonic();
    setTimer(Math.max(0, drawnAt + drawEveryMs - clock.monotonic()));
  }

  function setTimer(ms: number): void {
    timer?.cancel();
    timer = clock.setTimer(ms, draw, { background: true });
  }

  function draw(): void {
    timer = null;
    isDirty = false;
    drawnAt = clock.monotonic();
    if (tally.roots.size === 0) return idle();
    // One row stays free for the cursor under the tree.
    area.draw(render(tally.roots, Math.max(1, terminalSize(stream).rows - 1)), takeWaiting());
    setTimer(tickEveryMs);
  }

  /** The program may write to this terminal too, and may exit at any time. */
  function listen(): void {
    foreign = listenToForeignWrites({
      before: () => (waiting === "" ? area.beforeForeign() : flush()),
      after: (text) => {
        area.afterForeign(text);
        if (tally.roots.size > 0) markDirty();
      },
    });
    process.once("exit", stop);
  }

  /** Prints what waits and takes the tree away until it is drawn again. */
  function flush(): void {
    area.erase(takeWaiting());
  }

  function idle(): void {
    flush();
    timer?.cancel();
    timer = null;
    isDirty = false;
    drawnAt = Number.NEGATIVE_INFINITY;
    if (foreign === null) return;
    foreign.stop();
    foreign = null;
    process.off("exit", stop);
  }

  function takeWaiting(): string {
    const text = waiting;
    waiting = "";
    return text;
  }

  function printAbove(text: string): void {
    waiting += text;
    if (area.isDrawn && waiting.length <= maxWaiting) markDirty();
    else flush();
  }

  function render(roots: Iterable<FlowNode>, height: number): readonly string[] {
    return renderTree(roots, { ...options, width: terminalSize(stream).columns, height, now: clock.now() });
  }

  /** The tree of a run that has ended stays, with the last words on it. */
  function printEnd(node: FlowNode): void {
    const lines = [...render([node], maxFinalHeight), "", ...renderSummaryDetails(node, options, options), ""];
    printAbove(`${lines.join("\n")}\n`);
  }

  function stop(): void {
    for (const node of tally.roots) printAbove(`${render([node], maxFinalHeight).join("\n")}\n`);
    idle();
  }

  return {
    flowRun(sighting) {
      const { node } = tally.flowRun(sighting);
      const isOver = isTerminal(sighting.state.type) || sighting.state.details?.suspended === true;
      // From the first run on, so that it is known where the program's own output has left the cursor.
      if (foreign === null && isOwnTerminal(stream)) listen();
      if (node.parent === null && isOver) printEnd(node);
      if (tally.roots.size === 0) idle();
      else markDirty();
    },
    taskRun(sighting) {
      tally.taskRun(sighting);
      if (!isDirty && tally.roots.size > 0) markDirty();
    },
    log(line) {
      if (line.logger === retriesLogger) return;
      printAbove(`${logText({ ...line, label: tally.labelOf(line) }, options)}\n`);
    },
    artifact(artifact) {
      if (tally.artifact(artifact) !== null) markDirty();
    },
    stop,
  };
}
