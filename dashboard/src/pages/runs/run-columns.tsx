/** The columns there are in the list of runs. */

import { Link } from "@tanstack/react-router";
import type { FlowRunRow, FlowRunSort } from "millrace/client";
import { toPath } from "../../app/paths.ts";
import { toCount } from "../../format/number.ts";
import { StateBadge } from "../../states/state-badge.tsx";
import { ShortId } from "../../ui/copy.tsx";
import type { Column } from "../../ui/table.tsx";
import { Ago, Took } from "../../ui/when.tsx";

export interface RunColumn extends Column<FlowRunRow> {
  /** The orders that the server has for it, the first one first. */
  readonly sorts?: readonly FlowRunSort[];
  /** Shown only to those who want it. */
  readonly isOptional?: true;
}

export const runColumns: readonly RunColumn[] = [
  { id: "state", title: "State", width: "minmax(108px, 196px)", cell: ({ state }) => <StateBadge state={state} /> },
  {
    id: "name",
    title: "Run",
    width: "minmax(110px, 2fr)",
    sorts: ["name-asc", "name-desc"],
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
  {
    id: "flow",
    title: "Flow",
    width: "minmax(110px, 1.5fr)",
    isExtra: true,
    cell: ({ flowName }) => (
      <Link to="/runs" search={{ flow: flowName }} className="truncate hover:underline" title={flowName}>
        {flowName}
      </Link>
    ),
  },
  {
    id: "tags",
    title: "Tags",
    width: "minmax(80px, 1fr)",
    isExtra: true,
    cell: ({ tags }) => (
      <span className="truncate text-muted" title={tags.join(", ")}>
        {tags.join(", ")}
      </span>
    ),
  },
  {
    id: "expected",
    title: "When",
    width: "76px",
    sorts: ["expected-desc", "expected-asc"],
    cell: (run) => <Ago at={run.startedAt ?? run.expectedAt} className="text-muted" />,
  },
  {
    id: "took",
    title: "Took",
    width: "76px",
    align: "right",
    isExtra: true,
    cell: (run) => <Took from={run.startedAt} to={run.endedAt} />,
  },
  {
    id: "created",
    title: "Created",
    width: "84px",
    isOptional: true,
    isExtra: true,
    sorts: ["created-desc", "created-asc"],
    cell: ({ createdAt }) => <Ago at={createdAt} className="text-muted" />,
  },
  {
    id: "started",
    title: "Started",
    width: "84px",
    isOptional: true,
    isExtra: true,
    sorts: ["started-desc", "started-asc"],
    cell: ({ startedAt }) => <Ago at={startedAt} className="text-muted" />,
  },
  {
    id: "ended",
    title: "Ended",
    width: "84px",
    isOptional: true,
    isExtra: true,
    sorts: ["ended-desc"],
    cell: ({ endedAt }) => <Ago at={endedAt} className="text-muted" />,
  },
  {
    id: "message",
    title: "Message",
    width: "minmax(120px, 2fr)",
    isOptional: true,
    isExtra: true,
    cell: ({ state: { message } }) => (
      <span className="truncate text-muted" title={message?.slice(0, 2000)}>
        {message?.slice(0, 300)}
      </span>
    ),
  },
  {
    id: "deployment",
    title: "Deployment",
    width: "116px",
    isOptional: true,
    isExtra: true,
    cell: ({ deploymentId }) =>
      deploymentId === null ? (
        <span className="text-faint">–</span>
      ) : (
        <Link
          to={toPath("deployment", deploymentId)}
          className="font-mono text-small hover:underline"
          title={deploymentId}
        >
          {deploymentId.slice(0, 13)}
        </Link>
      ),
  },
  {
    id: "count",
    title: "Starts",
    width: "60px",
    align: "right",
    isOptional: true,
    isExtra: true,
    cell: ({ runCount }) => toCount(runCount),
  },
  { id: "id", title: "Id", width: "140px", isOptional: true, isExtra: true, cell: ({ id }) => <ShortId id={id} /> },
];
