/** The runs of one thing: a flow, a deployment, a work pool. */

import { Link, useNavigate } from "@tanstack/react-router";
import type { Condition, FlowRunRow, FlowRunSort, StoredEvent } from "millrace/client";
import { type ReactNode, useMemo } from "react";
import { api } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofFlowRuns } from "../../api/queries.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import type { Column } from "../../ui/table.tsx";
import { Ago, DateTime, Took } from "../../ui/when.tsx";

const pageSize = 50;
const held = { keyOf: ({ id }: FlowRunRow) => id, kind: "flow-run" };

export function RunsOf(props: {
  readonly label: string;
  readonly where: Condition;
  readonly sort?: FlowRunSort;
  readonly empty: ReactNode;
  readonly concerns?: (event: StoredEvent) => boolean;
  /** What is told beside the state and the name. Default: when, how long, and its message. */
  readonly facts?: readonly Column<FlowRunRow>[];
}) {
  const { label, where, sort = "created-desc", empty, concerns = ofFlowRuns, facts = usualFacts } = props;
  const columns = useMemo(() => [...who, ...facts], [facts]);
  const navigate = useNavigate();
  const pages = useLivePages({
    key: ["runs-of", where, sort],
    read: (cursor) => api.listFlowRunRows({ where }, sort, { limit: pageSize, cursor }),
    concerns,
    held,
  });
  return (
    <LiveTable
      label={label}
      hasExtrasUnder
      list={pages}
      columns={columns}
      keyOf={({ id }) => id}
      onOpen={({ id }) => void navigate({ to: "/runs/flow-run/$id", params: { id }, search: {} })}
      empty={empty}
    />
  );
}

const who: readonly Column<FlowRunRow>[] = [
  { id: "state", title: "State", width: "minmax(88px, 150px)", cell: ({ state }) => <StateBadge state={state} /> },
  {
    id: "name",
    title: "Run",
    width: "minmax(140px, 2fr)",
    cell: (run) => (
      <Link
        to="/runs/flow-run/$id"
        params={{ id: run.id }}
        search={{}}
        className="truncate font-medium hover:underline"
        title={run.name}
      >
        {run.name}
      </Link>
    ),
  },
];

const usualFacts: readonly Column<FlowRunRow>[] = [
  {
    id: "expected",
    title: "When",
    width: "84px",
    cell: (run) => <Ago at={run.startedAt ?? run.expectedAt} className="text-muted" />,
  },
  {
    id: "took",
    title: "Took",
    width: "64px",
    align: "right",
    cell: (run) => <Took from={run.startedAt} to={run.endedAt} />,
  },
  {
    id: "at",
    title: "Expected",
    width: "160px",
    isExtra: true,
    cell: (run) => <DateTime at={run.expectedAt} className="text-muted" />,
  },
  {
    id: "message",
    title: "Message",
    width: "minmax(80px, 2fr)",
    isExtra: true,
    cell: ({ state }) => (
      <span className="truncate text-muted" title={state.message ?? undefined}>
        {state.message}
      </span>
    ),
  },
];
