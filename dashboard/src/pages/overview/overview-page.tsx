import { Link, useNavigate } from "@tanstack/react-router";
import type { RunHistoryCell } from "millrace/client";
import { useEffect, useRef } from "react";
import { ofFlowRuns, useLive } from "../../api/queries.ts";
import { FirstSteps } from "../../app/first-steps.tsx";
import { plural, toCount } from "../../format/number.ts";
import { type Family, families, type GlyphName, lookOf } from "../../states/families.ts";
import { HistoryChart } from "../../states/history-chart.tsx";
import { familyText, Glyph } from "../../states/state-badge.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { Ago, Took } from "../../ui/when.tsx";
import { AttentionPanel } from "./attention-panel.tsx";
import { bucketMs, buckets, readMoving, readNewest, readStrip, type Strip } from "./read-overview.ts";
import { RunLine } from "./run-line.tsx";

export function OverviewPage() {
  const newest = useLive({ key: ["overview", "newest"], read: readNewest, concerns: ofFlowRuns });
  const navigate = useNavigate();
  const hasWaited = useRef(false);
  const run = newest.data;
  useEffect(() => {
    if (run === null) hasWaited.current = true;
    // Whoever has waited here for the first run sees it go.
    else if (run !== undefined && hasWaited.current) {
      void navigate({ to: "/runs/flow-run/$id", params: { id: run.id }, search: {} });
    }
  }, [run, navigate]);
  return (
    <>
      <PageHead title="Overview" facts={<span>Past 24 hours</span>} />
      <div className="min-h-0 grow overflow-auto px-4 pb-4">
        <Loaded query={newest}>{(found) => (found === null ? <FirstRun /> : <Shown />)}</Loaded>
      </div>
    </>
  );
}

function FirstRun() {
  return (
    <Empty title="Waiting for the first run">
      <p className="mb-3">Make a flow and run it. It opens here as soon as it begins.</p>
      <FirstSteps />
    </Empty>
  );
}

function Shown() {
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-4">
        <RunsPanel />
        <AttentionPanel />
      </div>
      <MovingPanels />
    </div>
  );
}

const words: Readonly<Record<Family, readonly [word: string, glyph: GlyphName]>> = {
  failed: ["failed", "cross"],
  crashed: ["crashed", "bolt"],
  attention: ["late or paused", "alarm"],
  running: ["running", "pulse"],
  waiting: ["waiting", "clock"],
  completed: ["completed", "check"],
  inert: ["cancelled", "slash"],
};

function RunsPanel() {
  const strip = useLive({ key: ["overview", "strip"], read: readStrip, concerns: ofFlowRuns, everyMs: 60_000 });
  return (
    <Panel title="Runs">
      <Loaded query={strip} rows={4}>
        {(found) => <RunsOfDay strip={found} />}
      </Loaded>
    </Panel>
  );
}

function RunsOfDay({ strip: { from, cells, taskCells } }: { readonly strip: Strip }) {
  const navigate = useNavigate();
  const runs = countFamilies(cells);
  return (
    <div className="flex flex-col gap-3 p-3">
      <ul className="flex flex-wrap gap-x-2 gap-y-1" aria-label="Runs by state">
        {families.map((family) => {
          const count = runs[family];
          if (count === 0) return null;
          const [word, glyph] = words[family];
          return (
            <li key={family}>
              <Link
                to="/runs"
                search={{ state: [family], since: "24h" }}
                className={`flex items-center gap-1 hover:underline ${familyText[family]}`}
              >
                <Glyph name={glyph} family={family} />
                <span className="font-semibold">{toCount(count)}</span> {word}
              </Link>
            </li>
          );
        })}
        {cells.length === 0 ? <li className="text-muted">No run in the past 24 hours.</li> : null}
      </ul>
      <HistoryChart
        label="Runs of the past 24 hours"
        cells={cells}
        from={from}
        bucketMs={bucketMs}
        buckets={buckets}
        height={120}
        onOpen={(start, end) => void navigate({ to: "/runs", search: { from: start, to: end } })}
      />
      <TaskTotals cells={taskCells} />
    </div>
  );
}

function TaskTotals({ cells }: { readonly cells: readonly RunHistoryCell[] }) {
  const counts = countFamilies(cells);
  const total = families.reduce((sum, family) => sum + counts[family], 0);
  const parts = families.flatMap((family) =>
    counts[family] === 0 || family === "completed" ? [] : [`${toCount(counts[family])} ${words[family][0]}`],
  );
  return (
    <p className="text-muted">
      {plural(total, "task run")}
      {parts.length === 0 ? "" : `, of which ${parts.join(", ")}`}
    </p>
  );
}

function countFamilies(cells: readonly RunHistoryCell[]): Readonly<Record<Family, number>> {
  const counts = Object.fromEntries(families.map((family) => [family, 0])) as Record<Family, number>;
  for (const { stateType, stateName, count } of cells)
    counts[lookOf({ type: stateType, name: stateName }).family] += count;
  return counts;
}

function MovingPanels() {
  const moving = useLive({ key: ["overview", "moving"], read: readMoving, concerns: ofFlowRuns, everyMs: 30_000 });
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Panel
        title="Running now"
        aside={
          <Link to="/runs" search={{ state: ["running"] }} className="text-muted hover:underline">
            See all running
          </Link>
        }
      >
        <Loaded query={moving} rows={3}>
          {({ running, moreRunning }) =>
            running.length === 0 ? (
              <p className="p-3 text-muted">Nothing is running.</p>
            ) : (
              <>
                <ul>
                  {running.map((run) => (
                    <RunLine key={run.id} run={run} aside={<Took from={run.startedAt} to={run.endedAt} />} />
                  ))}
                </ul>
                {moreRunning > 0 ? (
                  <p className="border-t border-line px-3 py-1.5 text-muted">and {plural(moreRunning, "more run")}</p>
                ) : null}
              </>
            )
          }
        </Loaded>
      </Panel>
      <Panel
        title="Next scheduled"
        aside={
          <Link to="/calendar" className="text-muted hover:underline">
            See the calendar
          </Link>
        }
      >
        <Loaded query={moving} rows={3}>
          {({ next }) =>
            next.length === 0 ? (
              <p className="p-3 text-muted">Nothing is scheduled.</p>
            ) : (
              <ul>
                {next.map((run) => (
                  <RunLine key={run.id} run={run} aside={<Ago at={run.dueAt ?? run.expectedAt} />} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
    </div>
  );
}
