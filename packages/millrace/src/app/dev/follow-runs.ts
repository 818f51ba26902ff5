/** Tells when runs start and end, whoever executes them, by the server's stream of events. Subflow runs are left out. */

import { followEvents } from "../../client/follow-events.ts";
import type { Api } from "../../contract/api.ts";
import type { FlowRun } from "../../contract/flow-run.ts";
import type { StoredEvent } from "../../contract/records.ts";
import { isTerminal } from "../../contract/states.ts";
import { type ServerPlace, toAddress } from "../server-client.ts";
import type { DevReport } from "./dev-report.ts";

const ofFlowRun = "millrace.flow-run.";

export interface FollowRunsOptions {
  readonly place: ServerPlace;
  readonly api: Pick<Api, "readFlowRun">;
  readonly signal: AbortSignal;
  readonly onReport: (report: Extract<DevReport, { kind: "run-started" | "run-paused" | "run-ended" }>) => void;
}

/** Resolves when the stream is open. */
export function followRuns({ place, api, signal, onReport }: FollowRunsOptions): Promise<void> {
  /** Runs that have begun, and were not seen to end. */
  const begun = new Set<string>();
  /** The state in which each waits that has been told to wait. */
  const paused = new Map<string, number>();
  const pending = new Set<string>();
  let looking: Promise<void> | null = null;

  function note({ name, flowRunId, resource }: StoredEvent): void {
    if (flowRunId === null || !name.startsWith(ofFlowRun) || resource.id !== `${ofFlowRun}${flowRunId}`) return;
    pending.add(flowRunId);
    looking ??= look().finally(() => {
      looking = null;
    });
  }

  async function look(): Promise<void> {
    for (const id of pending) {
      pending.delete(id);
      // It is told of again by its next event, if the server does not answer now.
      const run = await api.readFlowRun(id).catch(() => null);
      if (run !== null && run.parentRunId === null) tell(run);
    }
  }

  function tell(run: FlowRun): void {
    const page = pageOf(place.apiUrl, run.id);
    const { type, at } = run.state;
    if (run.startedAt !== null && !begun.has(run.id) && !isTold(run)) {
      begun.add(run.id);
      onReport({ kind: "run-started", run, page });
    }
    if (type === "PAUSED" && paused.get(run.id) !== at) {
      paused.set(run.id, at);
      onReport({ kind: "run-paused", run, page });
    }
    if (isTerminal(type) && !isTold(run)) {
      begun.delete(run.id);
      paused.delete(run.id);
      ended.add(endOf(run));
      if (ended.size > maxEnded) ended.delete(ended.values().next().value ?? "");
      onReport({ kind: "run-ended", run, page });
    }
  }

  /** Ends that were told: several events of a run may be read after its end. */
  const ended = new Set<string>();
  const endOf = (run: FlowRun): string => `${run.id} ${run.state.at}`;
  const isTold = (run: FlowRun): boolean => ended.has(endOf(run));

  return new Promise((resolve) => {
    void followEvents({ ...toAddress(place), signal, onEvent: note, onOpen: () => resolve() });
  });
}

const maxEnded = 1000;

/** Where the dashboard shows a run. */
function pageOf(url: string, flowRunId: string): string {
  return `${url}/runs/flow-run/${flowRunId}`;
}
