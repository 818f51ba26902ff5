import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { isTerminal, type TaskRun } from "millrace/client";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo } from "react";
import { api } from "../../api/api.ts";
import { ofFlowRun, useLive } from "../../api/queries.ts";
import { useShortcuts } from "../../app/shortcuts.ts";
import { toCount } from "../../format/number.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { IconButton } from "../../ui/button.tsx";
import { late } from "../../ui/late.tsx";
import { PageHead, Tabs } from "../../ui/page.tsx";
import { Empty, Loaded, Sketch } from "../../ui/states-of-loading.tsx";
import { Took } from "../../ui/when.tsx";
import { EventFeed } from "../run/history/event-feed.tsx";
import { TransitionTable } from "../run/history/transition-table.tsx";
import { Logs } from "../run/logs/logs.tsx";
import { changeLogsSearch, type LogsChange, readLogsSearch, writeLogsSearch } from "../run/logs/logs-search.ts";
import { SummaryTab } from "./summary-tab.tsx";
import { type TaskRunTab, taskRunTabs } from "./task-run-search.ts";
import { useNeighbours } from "./use-neighbours.ts";

// What draws artifacts is loaded when they are asked for.
const ArtifactsTab = late(async () => (await import("../artifacts/artifacts-tab.tsx")).ArtifactsTab, <Sketch />);

const titles: Readonly<Record<TaskRunTab, string>> = {
  summary: "Summary",
  logs: "Logs",
  artifacts: "Artifacts",
  history: "History",
};

export function TaskRunPage() {
  const { id } = useParams({ from: "/runs/task-run/$id" });
  const query = useLive({
    key: ["task-run", id],
    read: () => api.readTaskRun(id),
    concerns: ({ taskRunId }) => taskRunId === id,
  });
  // Another task run starts with nothing of the one before.
  if (query.isPlaceholderData && query.data?.id !== id) return <PageHead title="Task run" />;
  return (
    <Loaded query={query} title="Task run">
      {(run) =>
        run === null ? (
          <>
            <PageHead title="Task run" />
            <Empty title="There is no such task run">It may have been deleted, with the flow run it was of.</Empty>
          </>
        ) : (
          <OneTaskRun key={run.id} run={run} />
        )
      }
    </Loaded>
  );
}

function OneTaskRun({ run }: { readonly run: TaskRun }) {
  const { tab = "summary" } = useSearch({ from: "/runs/task-run/$id" });
  return (
    <>
      <PageHead
        title={run.name}
        above={<StateBadge state={run.state} />}
        facts={
          <>
            {run.name === run.taskName ? null : (
              <span className="max-w-60 truncate" title={run.taskName}>
                <bdi>{run.taskName}</bdi>
              </span>
            )}
            {run.flowRunId === null ? <span>outside any flow</span> : <FlowRunLink id={run.flowRunId} />}
            <span>
              <Took from={run.startedAt} to={run.endedAt} />
            </span>
            {run.attempt > 1 ? <span>attempt {run.attempt}</span> : null}
            {run.childFlowRunId === null ? null : (
              <Link to="/runs/flow-run/$id" params={{ id: run.childFlowRunId }} search={{}} className="link">
                Open the subflow
              </Link>
            )}
          </>
        }
        actions={<Neighbours run={run} tab={tab} />}
      />
      <Tabs
        label="Views of the task run"
        selected={tab}
        items={taskRunTabs.map((each) => ({
          id: each,
          label: titles[each],
          link: {
            to: "/runs/task-run/$id",
            params: { id: run.id },
            search: each === "summary" ? {} : { tab: each },
          },
        }))}
      />
      <TabBody tab={tab} run={run} />
    </>
  );
}

function TabBody({ tab, run }: { readonly tab: TaskRunTab; readonly run: TaskRun }) {
  switch (tab) {
    case "summary":
      return <SummaryTab run={run} />;
    case "logs":
      return <TaskRunLogs run={run} />;
    case "artifacts":
      return <ArtifactsTab of={{ taskRunIds: [run.id] }} concerns={({ taskRunId }) => taskRunId === run.id} />;
    case "history":
      return <TaskRunHistory run={run} />;
  }
}

function FlowRunLink({ id }: { readonly id: string }) {
  const query = useLive({ key: ["run", id], read: () => api.readFlowRun(id), concerns: ofFlowRun(id) });
  const run = query.isPlaceholderData ? undefined : query.data;
  return (
    <span className="flex min-w-0 items-center gap-1">
      in
      <Link
        to="/runs/flow-run/$id"
        params={{ id }}
        search={{}}
        className="link max-w-60 truncate"
        title={run?.name ?? id}
      >
        <bdi>{run?.name ?? id.slice(0, 13)}</bdi>
      </Link>
    </span>
  );
}

/** Of the same task: the one called before and the one called after. */
function Neighbours({ run, tab }: { readonly run: TaskRun; readonly tab: TaskRunTab }) {
  const navigate = useNavigate();
  const neighbours = useNeighbours(run);
  const previousId = neighbours?.previousId ?? null;
  const nextId = neighbours?.nextId ?? null;
  const shortcuts = useMemo(() => {
    const goTo = (id: string | null): void => {
      if (id !== null) void navigate({ to: "/runs/task-run/$id", params: { id }, search: { tab } });
    };
    return {
      previous: () => goTo(previousId),
      next: () => goTo(nextId),
      list: [
        { keys: "k", does: "Go to the task run before", run: () => goTo(previousId) },
        { keys: "j", does: "Go to the next task run", run: () => goTo(nextId) },
      ],
    };
  }, [navigate, previousId, nextId, tab]);
  useShortcuts(shortcuts.list);
  if (neighbours === null || neighbours.total < 2) return null;
  return (
    <div role="group" aria-label="Task runs of the same task" className="flex items-center text-muted">
      <IconButton label="Previous task run (k)" disabled={previousId === null} onClick={shortcuts.previous}>
        <ChevronLeft size={16} />
      </IconButton>
      <span className="whitespace-nowrap">
        {toCount(neighbours.place + 1)} of {toCount(neighbours.total)}
      </span>
      <IconButton label="Next task run (j)" disabled={nextId === null} onClick={shortcuts.next}>
        <ChevronRight size={16} />
      </IconButton>
    </div>
  );
}

function TaskRunLogs({ run }: { readonly run: TaskRun }) {
  const given = useSearch({ from: "/runs/task-run/$id" });
  const navigate = useNavigate({ from: "/runs/task-run/$id" });
  const search = useMemo(() => readLogsSearch(given), [given]);
  const onSearch = (change: LogsChange): void => {
    void navigate({
      search: (before) => ({ ...before, ...writeLogsSearch(changeLogsSearch(readLogsSearch(before), change)) }),
      replace: true,
    });
  };
  return (
    <Logs
      scope={{ taskRunId: run.id }}
      search={search}
      onSearch={onSearch}
      isLive={!isTerminal(run.state.type)}
      startedAt={run.startedAt}
      name={`${run.taskName}-${run.id.slice(0, 8)}`}
    />
  );
}

function TaskRunHistory({ run }: { readonly run: TaskRun }) {
  const filter = useMemo(() => ({ taskRunIds: [run.id] }), [run.id]);
  return (
    <div className="flex min-h-0 grow basis-0 flex-col overflow-auto">
      <section aria-label="States" tabIndex={0} className="max-h-[50%] min-h-32 shrink-0 overflow-auto">
        <TransitionTable history={run.history} />
      </section>
      <section aria-label="Events" className="flex min-h-64 grow flex-col border-t border-line">
        <h2 className="px-4 pt-2 font-semibold">Events</h2>
        <EventFeed filter={filter} concerns={({ taskRunId }) => taskRunId === run.id} />
      </section>
    </div>
  );
}
