import type { QueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FlowRun, isTerminal } from "millrace/client";
import { useMemo } from "react";
import { Logs } from "./logs.tsx";
import type { RunSearch } from "../run-search.ts";
import { readEnd } from "./use-log-list.ts";
import { useSubflowIds } from "./use-subflows.ts";
import { changeLogsSearch, type LogsChange, readLogsSearch, toBase, toListed, writeLogsSearch } from "./logs-search.ts";

/** The end of a log that is about to be shown, where all that is asked for stands in the address. */
export function readLogAhead(client: QueryClient, flowRunId: string, given: RunSearch): void {
  const search = readLogsSearch(given);
  if (given.subflows === true || search.of !== undefined) return;
  const filter = toListed(toBase({ flowRunId }, search, null), search);
  // What fails is read again by who shows it.
  void readEnd(client, filter).catch(() => undefined);
}

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
