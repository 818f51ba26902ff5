import { useNavigate, useSearch } from "@tanstack/react-router";
import { MoreHorizontal, Plus } from "lucide-react";
import { isServed, type WorkQueue } from "millrace/client";
import { useCallback, useState } from "react";
import { api } from "../../api/api.ts";
import { ofFlowRuns, ofKind, useLive } from "../../api/queries.ts";
import { plural, toCount } from "../../format/number.ts";
import { readNow } from "../../format/now.ts";
import { toCommand } from "../../format/shell.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Meter } from "../../ui/meter.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { say } from "../../ui/toast.ts";
import { useAction } from "../../ui/use-action.ts";
import { Ago } from "../../ui/when.tsx";
import { HealthBadge } from "./health-badge.tsx";
import { nothingWaits, type PoolFacts, readWaiting, type Waiting } from "./pool-facts.ts";
import { QueueForm } from "./queue-form.tsx";

interface QueueRow {
  readonly queue: WorkQueue;
  readonly active: number;
  readonly waiting: Waiting;
}

type Open = { readonly does: "create" } | { readonly does: "edit" | "delete"; readonly row: QueueRow };

export function QueuesTab({ facts }: { readonly facts: PoolFacts }) {
  const { pool, queues } = facts;
  const { queue: chosen } = useSearch({ from: "/work-pools/work-pool/$name" });
  const navigate = useNavigate({ from: "/work-pools/work-pool/$name" });
  const [open, setOpen] = useState<Open | null>(null);
  const ids = queues.map(({ id }) => id);
  const query = useLive({
    key: ["work-pool", pool.name, "queues", queues],
    read: async (): Promise<readonly QueueRow[]> => {
      const [uses, waiting] = await Promise.all([api.countActiveRuns(ids), readWaiting("workQueueId", ids)]);
      const activeOf = new Map(uses.map(({ workQueueId, active }) => [workQueueId, active]));
      return queues.map((queue) => ({
        queue,
        active: activeOf.get(queue.id) ?? 0,
        waiting: waiting.get(queue.id) ?? nothingWaits,
      }));
    },
    concerns: (event) => ofKind("work-queue")(event) || ofFlowRuns(event),
  });
  const setPaused = useAction(
    useCallback((queue: WorkQueue) => api.updateWorkQueue(queue.id, { paused: !queue.paused }), []),
  );
  const menu: Column<QueueRow> = {
    id: "more",
    title: "More",
    width: "32px",
    head: <span className="sr-only">More</span>,
    cell: (row) => (
      <Menu
        trigger={
          <IconButton label={`More to do with the queue ${row.queue.name}`}>
            <MoreHorizontal size={14} />
          </IconButton>
        }
        items={[
          {
            label: row.queue.paused ? "Resume the queue" : "Pause the queue",
            needs: "updateWorkQueue",
            onSelect: () => void setPaused.run(row.queue),
          },
          {
            label: "Copy as command",
            onSelect: () => {
              const verb = row.queue.paused ? "resume" : "pause";
              void navigator.clipboard.writeText(toCommand("work-queue", verb, `${pool.name}/${row.queue.name}`));
              say(`The command that ${verb}s the queue is copied`);
            },
          },
          { label: "Edit the queue…", needs: "updateWorkQueue", onSelect: () => setOpen({ does: "edit", row }) },
          "line",
          {
            label: "Delete the queue…",
            needs: ["deleteObject", "work-queue"],
            isDangerous: true,
            whyNot: row.queue.id === pool.defaultQueueId ? "A pool keeps its default queue" : null,
            onSelect: () => setOpen({ does: "delete", row }),
          },
        ]}
      />
    ),
  };
  return (
    <>
      <div className="flex items-center justify-between gap-2 border-b border-line px-4 py-2">
        <span className="text-muted">Queues are served in the order of their priorities, 1 first.</span>
        <Button needs="createWorkQueue" icon={<Plus size={14} />} onClick={() => setOpen({ does: "create" })}>
          Create a queue
        </Button>
      </div>
      <Loaded query={query}>
        {(rows) => (
          <Table
            label="Queues"
            columns={[...columns, menu]}
            rows={rows}
            keyOf={({ queue }) => queue.id}
            selected={rows.find(({ queue }) => queue.name === chosen)?.queue.id ?? null}
            onOpen={({ queue }) => void navigate({ search: { tab: "queues", queue: queue.name }, replace: true })}
          />
        )}
      </Loaded>
      {open?.does === "create" ? <QueueForm pool={pool} queue={null} onClose={() => setOpen(null)} /> : null}
      {open?.does === "edit" ? <QueueForm pool={pool} queue={open.row.queue} onClose={() => setOpen(null)} /> : null}
      {open?.does === "delete" ? (
        <FormDialog
          title="Delete the queue?"
          description={`${open.row.queue.name} goes; ${plural(open.row.waiting.count, "run waits", "runs wait")} in it now. Deployments that name it stay, without a queue.`}
          verb="Delete the queue"
          isDangerous
          command={toCommand("work-queue", "delete", `${pool.name}/${open.row.queue.name}`)}
          onClose={() => setOpen(null)}
          onSubmit={() => api.deleteObject("work-queue", open.row.queue.id)}
        />
      ) : null}
    </>
  );
}

const columns: readonly Column<QueueRow>[] = [
  {
    id: "priority",
    title: "Priority",
    width: "60px",
    align: "right",
    // They stand in the order of it.
    isExtra: true,
    cell: ({ queue }) => <span className="text-muted">{queue.priority}</span>,
  },
  {
    id: "name",
    title: "Queue",
    width: "minmax(100px, 2fr)",
    cell: ({ queue }) => (
      <span className="truncate font-medium" title={queue.description ?? queue.name}>
        {queue.name}
      </span>
    ),
  },
  {
    id: "state",
    title: "State",
    width: "minmax(84px, 104px)",
    cell: ({ queue }) =>
      queue.paused ? (
        <HealthBadge state="paused" why="No run of it begins until it is resumed" />
      ) : isServed(queue.polledAt, readNow()) ? (
        <HealthBadge state="ready" why="A worker asks for its runs" />
      ) : (
        <HealthBadge state="unpolled" why="No worker has asked for its runs for a minute" />
      ),
  },
  {
    id: "use",
    title: "Running",
    width: "minmax(80px, 1fr)",
    cell: ({ queue, active }) => <Meter used={active} limit={queue.concurrencyLimit ?? null} what="runs" />,
  },
  {
    id: "waiting",
    title: "Waiting",
    width: "64px",
    align: "right",
    cell: ({ waiting }) => toCount(waiting.count),
  },
  {
    id: "oldest",
    title: "Oldest",
    width: "84px",
    align: "right",
    isExtra: true,
    cell: ({ waiting }) => <Ago at={waiting.oldestDueAt} className="text-muted" />,
  },
  {
    id: "polled",
    title: "Asked for",
    width: "92px",
    align: "right",
    isExtra: true,
    cell: ({ queue }) => <Ago at={queue.polledAt} className="text-muted" />,
  },
];
