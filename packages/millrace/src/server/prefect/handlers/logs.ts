import type { Condition } from "../../../contract/query.ts";
import { type LogLevel, logSeverity, type LogLine, type StoredLogLine } from "../../../contract/records.ts";
import { toCsvText } from "../../../kit/csv-cell.ts";
import { fromField, joined } from "../mapping/filters.ts";
import { parseSearchText } from "../mapping/search-text.ts";
import type { PrefectContext, PrefectHandlers, PrefectRequest } from "../routes-table-types.ts";
import type { Log, LogCreate } from "../schemas/logs.ts";
import { toPrefectTime } from "../times.ts";
import { flowRunNotFound } from "./flow-runs.ts";

type LogHandler = Extract<keyof PrefectHandlers, "createLogs" | "readLogs" | "downloadLogs">;

/** Lines read at once for a download. */
const pageLines = 1000;

const oldestFirst = { field: "at", direction: "asc" } as const;

export function logHandlers({ api }: PrefectContext): Pick<PrefectHandlers, LogHandler> {
  return {
    async createLogs({ body }) {
      if (body.length > 0) await api.record({ processId: "prefect-client", logs: body.map(fromPrefectLog) });
      return { status: 201, body: null };
    },

    async readLogs({ body }) {
      if (body.limit === 0) return { status: 200, body: [] };
      const direction = body.sort === "TIMESTAMP_DESC" ? "desc" : "asc";
      const { items } = await api.listLogs(
        { where: fromLogFilter(body.logs), sort: { field: "at", direction } },
        { limit: body.limit, offset: body.offset },
      );
      return { status: 200, body: items.map(toPrefectLog) };
    },

    async downloadLogs({ params }) {
      const run = await api.readFlowRun(params.id);
      if (run === null) throw flowRunNotFound;
      const name = run.name.replaceAll(/[^\w.-]/g, "-");
      return {
        status: 200,
        body: toCsv(run.id),
        headers: { "content-disposition": `attachment; filename="${name}-logs.csv"` },
      };
    },
  };

  async function* toCsv(flowRunId: string): AsyncGenerator<string> {
    yield "timestamp,level,flow_run_id,task_run_id,message\r\n";
    let cursor: string | null = null;
    do {
      const page: { readonly items: readonly StoredLogLine[]; readonly next: string | null } = await api.listLogs(
        { flowRunIds: [flowRunId], sort: oldestFirst },
        { limit: pageLines, cursor },
      );
      yield page.items.map(toCsvLine).join("");
      cursor = page.next;
    } while (cursor !== null);
  }
}

function fromPrefectLog(line: LogCreate): LogLine {
  const level = toLevel(line.level);
  return {
    flowRunId: line.flow_run_id,
    taskRunId: line.task_run_id,
    attempt: 1,
    at: line.timestamp,
    level,
    ...(logSeverity[level] === line.level ? {} : { severity: line.level }),
    logger: line.name,
    message: line.message,
    fields: null,
  };
}

/** The level at or below a number of Python's. */
function toLevel(severity: number): LogLevel {
  const levels = Object.entries(logSeverity) as [LogLevel, number][];
  return levels.findLast(([, each]) => each <= severity)?.[0] ?? "trace";
}

export function toPrefectLog(line: StoredLogLine): Log {
  const timestamp = toPrefectTime(line.at);
  return {
    id: logIdOf(line.seq),
    created: timestamp,
    updated: timestamp,
    name: line.logger,
    level: line.severity ?? logSeverity[line.level],
    message: line.message,
    timestamp,
    flow_run_id: line.flowRunId,
    task_run_id: line.taskRunId,
  };
}

/** A line has no id of its own: its number in the ledger, in the layout of a UUID version 8. */
function logIdOf(seq: number): string {
  return `00000000-0000-8000-8000-${seq.toString(16).padStart(12, "0")}`;
}

export function fromLogFilter(filter: PrefectRequest<"readLogs">["body"]["logs"]): Condition {
  if (filter === null) return { all: [] };
  const { level, timestamp, flow_run_id, task_run_id, text } = filter;
  return joined(filter.operator, [
    fromField("severity", level),
    fromField("at", timestamp),
    fromField("flowRunId", flow_run_id),
    fromField("taskRunId", task_run_id),
    text === null ? null : toTextCondition(text.query),
  ]);
}

function toTextCondition(query: string): Condition {
  const { anyOf, allOf, noneOf } = parseSearchText(query);
  const has = (contains: string): Condition => ({ field: "message", contains });
  return {
    all: [
      ...(anyOf.length === 0 ? [] : [{ any: anyOf.map(has) }]),
      ...allOf.map(has),
      ...noneOf.map((text): Condition => ({ not: has(text) })),
    ],
  };
}

function toCsvLine(line: StoredLogLine): string {
  const cells = [
    toPrefectTime(line.at),
    line.level.toUpperCase(),
    line.flowRunId ?? "",
    line.taskRunId ?? "",
    line.message,
  ];
  return `${cells.map(toCsvText).join(",")}\r\n`;
}
