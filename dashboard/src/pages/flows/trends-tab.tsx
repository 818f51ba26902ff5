import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Flow } from "millrace/client";
import { useMemo } from "react";
import { api } from "../../api/api.ts";
import { ofFlowRuns, useLive } from "../../api/queries.ts";
import { readNow } from "../../format/now.ts";
import { plural, toPercent } from "../../format/number.ts";
import { toDuration } from "../../format/time.ts";
import { HistoryChart } from "../../states/history-chart.tsx";
import { Select } from "../../ui/field.tsx";
import { late } from "../../ui/late.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Empty, Loaded, Sketch } from "../../ui/states-of-loading.tsx";
import { type Span, spans } from "./flows-search.ts";
import { toDurationTrend, toSuccessRates, type TrendRun } from "./trends.ts";

const TrendChart = late(async () => (await import("./trend-chart.tsx")).TrendChart, <Sketch rows={4} />);

/** In how many intervals the time is cut, for each span. */
const bucketsOf: Readonly<Record<Span, number>> = { "24h": 48, "7d": 84, "30d": 60, "90d": 90 };
/** In how many intervals durations are counted: a line through more would be a comb. */
const durationBuckets = 30;
/** The newest runs are shown one by one. */
const runLimit = 500;

async function readTrends(flow: Flow, span: Span) {
  const buckets = bucketsOf[span];
  const bucketMs = spans[span] / buckets;
  // To the end of an interval, so that columns do not shift with each reading.
  const to = Math.ceil(readNow() / bucketMs) * bucketMs;
  const from = to - spans[span];
  const ofFlow = { field: "flowName", in: [flow.name] } as const;
  const durationMs = spans[span] / durationBuckets;
  const [cells, durations, runs] = await Promise.all([
    api.readRunHistory({ subject: "flow-run", where: ofFlow, from, to, bucketMs, by: "started" }),
    api.readDurationHistory({ where: ofFlow, from, to, bucketMs: durationMs }),
    api.listFlowRunRows(
      { where: { all: [ofFlow, { field: "startedAt", atLeast: from }, { field: "stateType", in: ["COMPLETED"] }] } },
      "started-desc",
      { limit: runLimit },
    ),
  ]);
  return {
    from,
    bucketMs,
    buckets,
    cells,
    durations: { ...durations, from, bucketMs: durationMs },
    runs: runs.items as readonly TrendRun[],
    isCut: runs.next !== null,
  };
}

export function TrendsTab({ flow }: { readonly flow: Flow }) {
  const { span = "30d" } = useSearch({ from: "/flows/flow/$id" });
  const navigate = useNavigate({ from: "/flows/flow/$id" });
  const trends = useLive({
    key: ["flow", flow.id, "trends", span],
    read: () => readTrends(flow, span),
    concerns: ofFlowRuns,
  });
  return (
    <div className="flex min-h-0 grow flex-col gap-4 overflow-auto p-4">
      <div>
        <Select
          aria-label="How far back"
          value={span}
          onChange={(event) =>
            void navigate({ search: (before) => ({ ...before, span: event.target.value as Span }), replace: true })
          }
          options={[
            ["24h", "Past 24 hours"],
            ["7d", "Past 7 days"],
            ["30d", "Past 30 days"],
            ["90d", "Past 90 days"],
          ]}
        />
      </div>
      <Loaded query={trends}>
        {(found) =>
          found.cells.length === 0 ? (
            <Empty title="It has not run in this time">Choose a longer one.</Empty>
          ) : (
            <Charts flow={flow} found={found} />
          )
        }
      </Loaded>
    </div>
  );
}

const toRate = (value: number): string => `${Math.round(value)} %`;

function Charts({ flow, found }: { readonly flow: Flow; readonly found: Awaited<ReturnType<typeof readTrends>> }) {
  const { from, bucketMs, buckets, cells, runs, isCut } = found;
  const navigate = useNavigate();
  const durations = useMemo(() => toDurationTrend(runs, found.durations), [runs, found.durations]);
  const durationSeries = useMemo(
    () => [
      { label: "A run", values: durations.durations, kind: "points", ink: "faint" } as const,
      { label: "p50", values: durations.p50, kind: "line", ink: "accent" } as const,
      { label: "p95", values: durations.p95, kind: "line", ink: "muted", isDashed: true } as const,
    ],
    [durations],
  );
  const times = useMemo(
    () => Array.from({ length: buckets }, (_, index) => from + (index + 0.5) * bucketMs),
    [from, bucketMs, buckets],
  );
  const rates = useMemo(() => toSuccessRates(cells, buckets), [cells, buckets]);
  const rateSeries = useMemo(
    () => [{ label: "Completed", values: rates, kind: "line", ink: "completed" } as const],
    [rates],
  );
  const sum = (...types: readonly string[]): number =>
    cells.reduce((all, { stateType, count }) => all + (types.includes(stateType) ? count : 0), 0);
  const [completed, wrong] = [sum("COMPLETED"), sum("FAILED", "CRASHED")];
  const { whole } = found.durations;
  const durationWords =
    whole === null ? "No run completed" : `p50 ${toDuration(whole.p50Ms)}, p95 ${toDuration(whole.p95Ms)}`;
  const runWords =
    whole === null
      ? ""
      : found.durations.isCut
        ? `the newest ${plural(whole.count, "run")}`
        : plural(whole.count, "run");
  return (
    <>
      <Panel
        title="Durations of completed runs"
        aside={
          <span className="text-muted">
            {durationWords}
            {isCut && whole !== null ? ` of ${runWords}; a point each for the newest ${runLimit}` : ""}
          </span>
        }
      >
        <div className="p-3">
          <TrendChart
            summary={`Durations of ${whole === null ? "0 runs" : runWords}: ${durationWords}`}
            from={from}
            to={from + buckets * bucketMs}
            times={durations.times}
            series={durationSeries}
            format={toDuration}
            onOpen={(index) => {
              const id = durations.runIds[index];
              if (id != null) void navigate({ to: "/runs/flow-run/$id", params: { id }, search: {} });
            }}
          />
        </div>
      </Panel>
      <Panel
        title="Success rate"
        aside={
          <span className="text-muted">
            {toPercent(completed, completed + wrong)} of {plural(completed + wrong, "run")}
          </span>
        }
      >
        <div className="p-3">
          <TrendChart
            summary={`Success rate: ${toPercent(completed, completed + wrong)} of ${plural(completed + wrong, "run")} that ended`}
            from={from}
            to={from + buckets * bucketMs}
            times={times}
            series={rateSeries}
            format={toRate}
            height={160}
            most={100}
          />
        </div>
      </Panel>
      <Panel title="Runs by state">
        <div className="p-3">
          <HistoryChart
            label={`Runs of ${flow.name}`}
            cells={cells}
            from={from}
            bucketMs={bucketMs}
            buckets={buckets}
            onOpen={(start, end) => void navigate({ to: "/runs", search: { flow: flow.name, from: start, to: end } })}
          />
        </div>
      </Panel>
    </>
  );
}
