/** Prints recorded log lines, and goes on with new ones while their run lasts. */

import type { Api } from "../contract/api.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { LogFilter, StoredLogLine } from "../contract/records.ts";
import { isTerminal } from "../contract/states.ts";
import type { CommandContext } from "./command.ts";
import { logText } from "./live/log-text.ts";
import { readDescendants } from "./run-family.ts";
import { addTaskNames } from "./task-names.ts";

export interface LogRequest {
  readonly api: Api;
  /** The run whose lines, and whose subflows' lines, are printed. */
  readonly run: FlowRun;
  /** Asked for at each look: while a run goes on there are more task runs of a name. */
  readonly filter: () => Promise<Omit<LogFilter, "flowRunIds" | "afterSeq">>;
  /** Only the last so many; 0 for all. */
  readonly tail: number;
  readonly isFollowing: boolean;
}

const pageSize = 2000;
const followEveryMs = 300;

export async function printLogs(request: LogRequest, context: CommandContext): Promise<void> {
  const { api, run, tail, isFollowing } = request;
  const reader = createReader(request);
  const past = await reader.read(tail);
  const print = createPrinter(request.api, reader.flowNames, context);
  if (context.json && !isFollowing) return context.out.json(past);
  await print(past);
  if (isFollowing) await follow({ reader, print, isOver: async () => isOver(await api.readFlowRun(run.id)) }, context);
  else if (past.length === 0) context.err.line("There are no such log lines.");
}

function isOver(run: FlowRun | null): boolean {
  return run === null || isTerminal(run.state.type);
}

async function follow(
  options: {
    readonly reader: { read(tail: number): Promise<readonly StoredLogLine[]> };
    readonly print: (lines: readonly StoredLogLine[]) => Promise<void>;
    readonly isOver: () => Promise<boolean>;
  },
  { clock, interrupt }: CommandContext,
): Promise<void> {
  const signal = interrupt();
  for (let ends = false; !ends && !signal.aborted; ) {
    await clock.sleep(followEveryMs, signal).catch(() => undefined);
    // Looked at before the lines are read, so that the last of them are not missed.
    ends = await options.isOver();
    await options.print(await options.reader.read(0));
  }
}

interface LogReader {
  /** By id, of the runs whose lines are read. */
  readonly flowNames: Map<string, string>;
  /** The lines since those that were read before; with `tail` only the last so many of them. */
  read(tail: number): Promise<readonly StoredLogLine[]>;
}

function createReader({ api, run, filter }: LogRequest): LogReader {
  const flowNames = new Map([[run.id, run.flowName]]);
  let afterSeq: number | null = null;
  return {
    flowNames,
    async read(tail) {
      for (const child of await readDescendants(api, run.id)) flowNames.set(child.id, child.flowName);
      const wanted: LogFilter = {
        ...(await filter()),
        flowRunIds: [...flowNames.keys()],
        ...(afterSeq === null ? {} : { afterSeq }),
      };
      const lines: StoredLogLine[] = [];
      for (let cursor: string | null = null; ; ) {
        const page = await api.listLogs(wanted, { limit: pageSize, cursor });
        lines.push(...page.items);
        // Only as much as is wanted is kept, however long the log is.
        if (tail > 0 && lines.length > tail) lines.splice(0, lines.length - tail);
        cursor = page.next;
        if (cursor === null) break;
      }
      afterSeq = Math.max(afterSeq ?? 0, lines.at(-1)?.seq ?? 0);
      return lines;
    },
  };
}

function createPrinter(
  api: Api,
  flowNames: ReadonlyMap<string, string>,
  { out, json }: CommandContext,
): (lines: readonly StoredLogLine[]) => Promise<void> {
  const taskNames = new Map<string, string>();
  return async (lines) => {
    if (json) {
      for (const line of lines) out.jsonLine(line);
      return;
    }
    await addTaskNames(api, lines, taskNames);
    out.lines(
      lines.map((line) => {
        const names = [flowNames.get(line.flowRunId ?? ""), taskNames.get(line.taskRunId ?? "")];
        return logText({ ...line, label: names.filter((name) => name !== undefined).join("/") }, out.look);
      }),
    );
  };
}
