import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Automation, AutomationFiring, Condition } from "millrace/client";
import { api } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofKind } from "../../api/queries.ts";
import { LiveTable } from "../../ui/live-table.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import type { Column } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";
import { useEvaluations } from "./evaluation-history.tsx";
import { FiringBadge, FiringEvent, firingOf, outcomesOf } from "./firings.tsx";

const pageSize = 100;

export function FiringHistory({ automation }: { readonly automation: Automation }) {
  const { id } = automation;
  const { failed: isOnlyFailed = false } = useSearch({ from: "/automations/automation/$id" });
  const navigate = useNavigate({ from: "/automations/automation/$id" });
  const where: Condition = {
    all: [{ field: "automationId", in: [id] }, ...(isOnlyFailed ? [{ field: "status", in: ["failed"] }] : [])],
  };
  const list = useLivePages({
    key: ["automation", id, "firings", isOnlyFailed],
    read: (cursor) =>
      api.listObjects(
        "automation-firing",
        { where, sort: { field: "createdAt", direction: "desc" } },
        { limit: pageSize, cursor },
      ),
    concerns: ofKind("automation"),
  });
  const last = useEvaluations(id).data?.[0];
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-2">
        <label className="flex items-center gap-1.5 text-muted">
          <input
            type="checkbox"
            checked={isOnlyFailed}
            onChange={({ target }) => void navigate({ search: target.checked ? { failed: true } : {}, replace: true })}
          />
          Only those of which an action failed
        </label>
        <span className="min-w-0 truncate text-muted" title={last?.text}>
          {last === undefined ? (
            "It has not been evaluated yet."
          ) : (
            <>
              Last evaluation, <Ago at={last.at} />: {last.outcome}
              {last.key.length === 0 ? "" : ` (${last.key.join(", ")})`}: {last.text}
            </>
          )}
        </span>
      </div>
      <LiveTable
        list={list}
        empty={
          <Empty title={isOnlyFailed ? "No action of it has failed" : "Nothing has set it off yet"}>
            {automation.enabled ? "This page waits for the first time." : "It is paused: nothing sets it off."}
          </Empty>
        }
        label="History"
        columns={columns}
        keyOf={(firing) => firing.id}
      />
    </>
  );
}

function outcomeWords(firing: AutomationFiring): string {
  const outcomes = outcomesOf(firing);
  if (outcomes.length === 0) return firing.status === "pending" ? "not done yet" : "nothing to do";
  return outcomes
    .map(({ kind, status, reason }) => (status === "failed" ? `${kind} failed: ${reason ?? ""}` : kind))
    .join(", ");
}

const columns: readonly Column<AutomationFiring>[] = [
  { id: "at", title: "When", width: "84px", cell: ({ createdAt }) => <Ago at={createdAt} className="text-muted" /> },
  { id: "status", title: "Actions", width: "110px", cell: ({ status }) => <FiringBadge status={status} /> },
  {
    id: "why",
    title: "Why",
    width: "minmax(120px, 2fr)",
    cell: (firing) => {
      const { state, reason = "" } = firingOf(firing);
      const words = state === "Resolved" ? `resolved: ${reason}` : reason;
      return (
        <span className="truncate" title={words}>
          {words}
        </span>
      );
    },
  },
  {
    id: "outcomes",
    title: "What was done",
    width: "minmax(100px, 2fr)",
    isExtra: true,
    cell: (firing) => {
      const words = outcomeWords(firing);
      return (
        <span className="truncate text-muted" title={words}>
          {words}
        </span>
      );
    },
  },
  { id: "event", title: "By", width: "80px", isExtra: true, cell: (firing) => <FiringEvent firing={firing} /> },
];
