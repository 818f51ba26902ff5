/** Shows a run that is executed elsewhere: the tree is read from the orchestrator again and again, and logs as they come. */

import type { Api } from "../../contract/api.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { StoredLogLine } from "../../contract/records.ts";
import { isTerminal } from "../../contract/states.ts";
import type { CommandContext } from "../command.ts";
import { openPages } from "../open-pages.ts";
import { readPages } from "../read-pages.ts";
import { countArtifacts } from "../run-family.ts";
import { createDrawnArea } from "./drawn-area.ts";
import { terminalSize } from "./live-stream.ts";
import { logText } from "./log-text.ts";
import { readTree } from "./read-tree.ts";
import { renderSummary, renderSummaryDetails, type SummaryOptions } from "./summary.ts";
import { renderTree } from "./tree-frame.ts";
import { countDone, type FlowNode, totalsOf } from "./tree-model.ts";

/** Between two looks; a look takes a few queries. */
const lookEveryMs = 500;
const maxFinalHeight = 60;

/** A suspended run, too, has nobody who executes it: its watching ends. Null when the watching was interrupted. */
export async function watchRun(options: {
  readonly api: Api;
  readonly id: string;
  readonly context: CommandContext;
}): Promise<FlowRun | null> {
  const { api, id, context } = options;
  const signal = context.interrupt();
  const pages = { pageOf: await openPages(context) };
  const screen = context.err.isTerminal ? createTreeScreen(context, pages) : createLineScreen(context, pages);
  const logs = createLogTail(api, id);
  await logs.skip();
  for (;;) {
    const run = await api.readFlowRun(id);
    if (run === null || signal.aborted) {
      screen.leave();
      return null;
    }
    const node = await readTree(api, run);
    const isOver = isTerminal(run.state.type) || run.state.details?.suspended === true;
    const lines = (await logs.read()).map((line) => `${logText({ ...line, label: run.flowName }, context.err.look)}\n`);
    if (isOver) {
      node.artifacts = await countArtifacts(api, run);
      screen.end(node, lines.join(""));
      return run;
    }
    screen.show(node, lines.join(""));
    await context.clock.sleep(lookEveryMs, signal).catch(() => undefined);
  }
}

/** The new lines of the run itself. */
function createLogTail(api: Api, id: string): { skip(): Promise<void>; read(): Promise<readonly StoredLogLine[]> } {
  let afterSeq = 0;
  const read = async (): Promise<readonly StoredLogLine[]> => {
    const lines = await readPages((page) => api.listLogs({ flowRunIds: [id], afterSeq }, page));
    afterSeq = lines.at(-1)?.seq ?? afterSeq;
    return lines;
  };
  return { skip: async () => void (await read()), read };
}

interface WatchScreen {
  show(node: FlowNode, logs: string): void;
  end(node: FlowNode, logs: string): void;
  /** The watching ends before the run does. */
  leave(): void;
}

function createTreeScreen({ err, clock }: CommandContext, options: SummaryOptions): WatchScreen {
  const stream = process.stderr;
  const area = createDrawnArea(stream, (text) => void stream.write(text));
  const render = (node: FlowNode, height: number): readonly string[] =>
    renderTree([node], { ...err.look, width: terminalSize(stream).columns, height, now: clock.now() });
  return {
    show: (node, logs) => area.draw(render(node, terminalSize(stream).rows - 1), logs),
    end(node, logs) {
      const lines = [...render(node, maxFinalHeight), "", ...renderSummaryDetails(node, err.look, options), ""];
      area.erase(`${logs}${lines.join("\n")}\n`);
    },
    leave: () => undefined,
  };
}

/** Logs, and a line whenever the counts have changed. */
function createLineScreen({ err, clock }: CommandContext, options: SummaryOptions): WatchScreen {
  let told = "";
  const tell = (logs: string): void => {
    if (logs !== "") err.line(logs.trimEnd());
  };
  return {
    show(node, logs) {
      tell(logs);
      const counts = totalsOf(node);
      const message = `${node.state.name}: ${countDone(counts).done} of ${counts.all} tasks done, ${counts.counts.running} running`;
      if (message === told) return;
      told = message;
      err.line(logText({ at: clock.now(), level: "info", label: node.flowName, message }, err.look));
    },
    end(node, logs) {
      tell(logs);
      err.lines(["", ...renderSummary(node, err.look, options), ""]);
    },
    leave: () => undefined,
  };
}
