import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { FlowRun, StoredEvent } from "millrace/client";
import { lazy, Suspense } from "react";
import { api } from "../../api/api.ts";
import { ofFlowRun, useLive } from "../../api/queries.ts";
import { toCount } from "../../format/number.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { ShortId } from "../../ui/copy.tsx";
import { PageHead, Tabs } from "../../ui/page.tsx";
import { Loaded, Sketch } from "../../ui/states-of-loading.tsx";
import { Ago, Took } from "../../ui/when.tsx";
import type { RunTab } from "./run-search.ts";
import { RunFailure } from "./run-failure.tsx";
import { RunSummary } from "./run-summary.tsx";
import { TaskInspector } from "./task-inspector.tsx";
import { Timeline } from "./timeline/timeline.tsx";
import { useRunTimeline } from "./timeline/use-run-timeline.ts";

// Each view is loaded when it is asked for: the timeline does not wait for the others.
const RunActions = lazy(async () => ({ default: (await import("./actions/run-actions.tsx")).RunActions }));
const GraphTab = lazy(async () => ({ default: (await import("./graph/graph.tsx")).GraphTab }));
const LogsTab = lazy(async () => ({ default: (await import("./logs/logs-tab.tsx")).LogsTab }));
const TasksTab = lazy(async () => ({ default: (await import("./tasks/tasks-tab.tsx")).TasksTab }));
const ArtifactsTab = lazy(async () => ({ default: (await import("../artifacts/artifacts-tab.tsx")).ArtifactsTab }));
const HistoryTab = lazy(async () => ({ default: (await import("./history/history-tab.tsx")).HistoryTab }));
const DetailsTab = lazy(async () => ({ default: (await import("./details/details-tab.tsx")).DetailsTab }));

export function RunPage() {
  const { id } = useParams({ from: "/runs/flow-run/$id" });
  const query = useLive({ key: ["flow-run", id], read: () => readRun(id), concerns: isOfRunItself(id) });
  return (
    <Loaded query={query} title="Run">
      {(run) => <RunView run={run} />}
    </Loaded>
  );
}

/** When it began and how long it took; of one that has not ended, how long it has been going, or when it is to begin. */
function TimesOfRun({ run: { startedAt, expectedAt, endedAt, dueAt } }: { readonly run: FlowRun }) {
  if (startedAt === null) {
    return endedAt === null ? (
      <span>
        Due <Ago at={dueAt ?? expectedAt} />
      </span>
    ) : (
      <span>
        Ended <Ago at={endedAt} />, before it began
      </span>
    );
  }
  return (
    <>
      <span>
        Began <Ago at={startedAt} />
      </span>
      <span>
        {endedAt === null ? "So far" : "Took"} <Took from={startedAt} to={endedAt} />
      </span>
    </>
  );
}

/** What happens to its task runs is not shown in its head. */
const isOfRunItself =
  (id: string) =>
  ({ flowRunId, taskRunId }: StoredEvent): boolean =>
    flowRunId === id && taskRunId === null;

async function readRun(id: string): Promise<FlowRun> {
  const run = await api.readFlowRun(id);
  if (run !== null) return run;
  // Perhaps it is the start of an id.
  const found = await api.resolveId(id, "flow-run");
  const whole = await api.readFlowRun(found.id);
  if (whole === null) throw new Error(`There is no flow run ${id}.`);
  return whole;
}

function RunView({ run }: { readonly run: FlowRun }) {
  const search = useSearch({ from: "/runs/flow-run/$id" });
  const navigate = useNavigate({ from: "/runs/flow-run/$id" });
  const tab: RunTab = search.tab ?? "timeline";
  const timeline = useRunTimeline({ flowRunId: run.id, window: null }, { isEnabled: tab === "timeline" });
  const selected = search.task ?? null;
  const select = (task: string | undefined): void => {
    void navigate({
      search: (before) => {
        const rest = Object.fromEntries(Object.entries(before).filter(([name]) => name !== "task"));
        return task === undefined ? rest : { ...rest, task };
      },
      replace: true,
    });
  };
  const toTab = (id: RunTab) =>
    ({ to: "/runs/flow-run/$id", params: { id: run.id }, search: id === "timeline" ? {} : { tab: id } }) as const;
  return (
    <>
      <PageHead
        title={run.name}
        above={<StateBadge state={run.state} />}
        facts={
          <>
            <Link to="/runs" search={{ flow: run.flowName }} className="hover:underline">
              {run.flowName}
            </Link>
            <TimesOfRun run={run} />
            {run.runCount > 1 ? <span>Attempt {run.runCount}</span> : null}
            <ShortId id={run.id} />
          </>
        }
        actions={
          <Suspense>
            <RunActions run={run} />
          </Suspense>
        }
      />
      <RunSummary run={run} />
      <RunFailure run={run} />
      <Tabs
        label="Views of the run"
        selected={tab}
        items={[
          {
            id: "timeline",
            label: "Timeline",
            link: toTab("timeline"),
            ...(timeline.data === undefined ? {} : { count: toCount(timeline.data.total) }),
          },
          { id: "graph", label: "Graph", link: toTab("graph") },
          { id: "logs", label: "Logs", link: toTab("logs") },
          { id: "tasks", label: "Task runs", link: toTab("tasks") },
          { id: "artifacts", label: "Artifacts", link: toTab("artifacts") },
          { id: "history", label: "History", link: toTab("history") },
          { id: "details", label: "Details", link: toTab("details") },
        ]}
      />
      <div className="relative flex min-h-0 grow">
        <div className="flex min-h-0 min-w-0 grow flex-col">
          {tab === "timeline" ? (
            <Loaded query={timeline}>
              {(found) => (
                <Timeline
                  run={run}
                  timeline={found}
                  search={search}
                  selected={selected}
                  onSelect={(task) => select(task)}
                />
              )}
            </Loaded>
          ) : null}
          <Suspense fallback={<Sketch />}>
            {tab === "graph" ? <GraphTab run={run} search={search} /> : null}
            {tab === "logs" ? <LogsTab run={run} /> : null}
            {tab === "tasks" ? <TasksTab run={run} /> : null}
            {tab === "artifacts" ? <ArtifactsTab of={{ flowRunIds: [run.id] }} concerns={ofFlowRun(run.id)} /> : null}
            {tab === "history" ? <HistoryTab run={run} /> : null}
            {tab === "details" ? <DetailsTab run={run} /> : null}
          </Suspense>
        </div>
        {selected === null ? null : <TaskInspector taskRunId={selected} onClose={() => select(undefined)} />}
      </div>
    </>
  );
}
