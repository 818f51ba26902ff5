import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FlowRun, isTerminal } from "millrace/client";
import { useMemo } from "react";
import { Logs } from "./logs.tsx";
import { useSubflowIds } from "./use-subflows.ts";
import { changeLogsSearch, type LogsChange, readLogsSearch, writeLogsSearch } from "./logs-search.ts";

/** The logs of a flow run; what is looked for stands in the address. */
export function LogsTab({ run }: { readonly run: FlowRun }) {
  const given = useSearch({ from: "/runs/flow-run/$id" });
  const navigate = useNavigate({ from: "/runs/flow-run/$id" });
  const search = useMemo(() => readLogsSearch(given), [given]);
  const onSearch = (change: LogsChange): void => {
    void navigate({
      search: (before) => ({ ...before, ...writeLogsSearch(changeLogsSearch(readLogsSearch(before), change)) }),
      replace: true,
    });
  };
  const isLive = !isTerminal(run.state.type);
  const subflowIds = useSubflowIds(run, { isLive });
  const hasSubflows = given.subflows === true;
  const setSubflows = (next: boolean): void => {
    // Lines have other numbers then, and tasks are looked up in one run only.
    const change = { subflows: next ? true : undefined, line: undefined, of: undefined };
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  };
  return (
    <Logs
      scope={hasSubflows && subflowIds.length > 0 ? { flowRunIds: [run.id, ...subflowIds] } : { flowRunId: run.id }}
      {...(subflowIds.length === 0 ? {} : { subflows: { isOn: hasSubflows, onChange: setSubflows } })}
      search={search}
      onSearch={onSearch}
      isLive={isLive}
      startedAt={run.startedAt}
      name={`${run.name}-${run.id.slice(0, 8)}`}
    />
  );
}
