import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FlowRun, isTerminal } from "millrace/client";
import { useMemo } from "react";
import { Logs } from "./logs.tsx";
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
  return (
    <Logs
      scope={{ flowRunId: run.id }}
      search={search}
      onSearch={onSearch}
      isLive={!isTerminal(run.state.type)}
      startedAt={run.startedAt}
      name={`${run.name}-${run.id.slice(0, 8)}`}
    />
  );
}
