import type { UseQueryResult } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { FlowRun, StoredEvent } from "millrace/client";
import { ofFlowRun, useLive } from "../../api/queries.ts";
import { toCount } from "../../format/number.ts";
import { wholeId } from "../../format/whole-id.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { ShortId } from "../../ui/copy.tsx";
import { late } from "../../ui/late.tsx";
import { PageHead, Tabs } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { Ago, Took } from "../../ui/when.tsx";
import { runQuery } from "./read-run-ahead.ts";
import type { RunTab } from "./run-search.ts";
import { RunFailure } from "./run-failure.tsx";
import { RunSummary } from "./run-summary.tsx";
import { runTabs } from "./run-tabs.tsx";
import { useRunShortcuts } from "./runs-around.ts";
import { TaskInspector } from "./task-inspector.tsx";
import type { RunTimeline } from "./timeline/run-timeline.ts";
import { Timeline } from "./timeline/timeline.tsx";
import { useRunTimeline } from "./timeline/use-run-timeline.ts";

const RunActions = late(async () => (await import("./actions/run-actions.tsx")).RunActions);
const {
  graph: GraphTab,
  logs: LogsTab,
  tasks: TasksTab,
  artifacts: ArtifactsTab,
  history: HistoryTab,
  details: DetailsTab,
} = runTabs;

export function RunPage() {
  const { id } = useParams({ from: "/runs/flow-run/$id" });
  const { tab = "timeline" } = useSearch({ from: "/runs/flow-run/$id" });
  const query = useLive({ ...runQuery(id), concerns: isOfRunItself(id) });
  // It is read beside the run, where the address has all of its id.
  const flowRunId = query.data?.id ?? id;
  const isRead = tab === "timeline" && wholeId.test(flowRunId);
  const timeline = useRunTimeline({ flowRunId, window: null }, { isEnabled: isRead });
  return (
    <Loaded query={query} title="Run">
      {(run) => <RunView run={run} timeline={timeline} />}
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

function RunView({ run, timeline }: { readonly run: FlowRun; readonly timeline: UseQueryResult<RunTimeline> }) {
  const search = useSearch({ from: "/runs/flow-run/$id" });
  const navigate = useNavigate({ from: "/runs/flow-run/$id" });
  const tab: RunTab = search.tab ?? "timeline";
  useRunShortcuts(run);
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
        actions={<RunActions run={run} />}
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
          {tab === "graph" ? <GraphTab run={run} search={search} /> : null}
          {tab === "logs" ? <LogsTab run={run} /> : null}
          {tab === "tasks" ? <TasksTab run={run} /> : null}
          {tab === "artifacts" ? <ArtifactsTab of={{ flowRunIds: [run.id] }} concerns={ofFlowRun(run.id)} /> : null}
          {tab === "history" ? <HistoryTab run={run} /> : null}
          {tab === "details" ? <DetailsTab run={run} /> : null}
        </div>
        {selected === null ? null : <TaskInspector taskRunId={selected} onClose={() => select(undefined)} />}
      </div>
    </>
  );
}
