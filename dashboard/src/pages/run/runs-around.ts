/** The runs that somebody goes to from one: of the same flow the one before and the one after, and those that it is a subflow of. */

import { useNavigate } from "@tanstack/react-router";
import type { Condition, FlowRun } from "millrace/client";
import { useEffect, useMemo, useRef } from "react";
import { api } from "../../api/api.ts";
import { type Shortcut, useShortcuts } from "../../app/shortcuts.ts";
import { say, sayError } from "../../ui/toast.ts";

/** Runs that were made at the same time: so many are looked through. */
const maxTies = 20;

type RunOfFlow = Pick<FlowRun, "id" | "flowName" | "deploymentId" | "createdAt">;

/** The run of the same flow, of its deployment if it is of one, that was made last before this one. Null where there is none. */
export async function findRunBefore(run: RunOfFlow): Promise<string | null> {
  const where = ofSame(run, { field: "createdAt", below: run.createdAt });
  const { items } = await api.listFlowRunRows({ flowNames: [run.flowName], where }, "created-desc", { limit: 1 });
  return items[0]?.id ?? null;
}

/** The one that was made next. */
export async function findRunAfter(run: RunOfFlow): Promise<string | null> {
  const where = ofSame(run, { field: "createdAt", atLeast: run.createdAt });
  const { items } = await api.listFlowRunRows({ flowNames: [run.flowName], where }, "created-asc", { limit: maxTies });
  const at = items.findIndex(({ id }) => id === run.id);
  return at === -1 ? null : (items[at + 1]?.id ?? null);
}

function ofSame({ deploymentId }: RunOfFlow, time: Condition): Condition {
  return { all: [time, ...(deploymentId === null ? [] : [{ field: "deploymentId", in: [deploymentId] }])] };
}

/** Keys that lead to them. */
export function useRunShortcuts(run: FlowRun): void {
  const navigate = useNavigate({ from: "/runs/flow-run/$id" });
  const { id, flowName, deploymentId, createdAt, parentRunId, rootRunId } = run;
  /** The run that is looked at; null once somebody has gone elsewhere. */
  const shown = useRef<string | null>(null);
  useEffect(() => {
    shown.current = id;
    return () => {
      shown.current = null;
    };
  }, [id]);
  const shortcuts = useMemo((): readonly Shortcut[] => {
    const goTo = (other: string): void => {
      void navigate({ params: { id: other }, search: ({ tab }) => (tab === undefined ? {} : { tab }) });
    };
    const goToFound = (find: typeof findRunBefore, none: string): void => {
      const found = find({ id, flowName, deploymentId, createdAt });
      const tell = (other: string | null): void => {
        if (shown.current !== id) return;
        if (other === null) say(none);
        else goTo(other);
      };
      found.then(tell, sayError);
    };
    return [
      {
        keys: "k",
        does: "Go to the run before",
        run: () => goToFound(findRunBefore, `${flowName} has no earlier run.`),
      },
      { keys: "j", does: "Go to the next run", run: () => goToFound(findRunAfter, `${flowName} has no later run.`) },
      ...(parentRunId === null
        ? []
        : [
            { keys: "u", does: "Go up to the parent run", run: () => goTo(parentRunId) },
            { keys: "t", does: "Go to the top: the root run", run: () => goTo(rootRunId) },
          ]),
    ];
  }, [navigate, id, flowName, deploymentId, createdAt, parentRunId, rootRunId]);
  useShortcuts(shortcuts);
}
