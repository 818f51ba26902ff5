/** Says what would become of each run, asks, and then does it, telling how far it is. */

import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Condition, FailureGroupRef, FlowRunAction } from "millrace/client";
import { useEffect, useRef, useState } from "react";
import { api } from "../../../api/api.ts";
import { plural, toCount } from "../../../format/number.ts";
import { Button } from "../../../ui/button.tsx";
import { Command } from "../../../ui/copy.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { ErrorNote } from "../../../ui/states-of-loading.tsx";
import { type BulkProgress, changeMany } from "./bulk-change.ts";

const words = {
  cancel: {
    title: "Cancel runs",
    verb: "Cancel",
    done: "cancelled",
    what: "Runs that a process executes are told to stop; the others are Cancelled at once.",
  },
  retry: {
    title: "Retry runs",
    verb: "Retry",
    done: "scheduled again",
    what: "Runs of deployments that failed, crashed or were cancelled are scheduled again: what failed runs again, the rest is taken from the record.",
  },
  resume: {
    title: "Resume runs",
    verb: "Resume",
    done: "resumed",
    what: "Runs that are paused and ask for no values go on: in their process, or, suspended, when their deployment starts them again. Those that ask for values are left: the inbox has their forms.",
  },
  delete: {
    title: "Delete runs",
    verb: "Delete",
    done: "deleted",
    what: "Runs are deleted for good, with their tasks, logs and artifacts. Those that are running are left.",
  },
} as const satisfies Record<FlowRunAction, object>;

type Phase = "looking" | "asking" | "changing" | "done";

export function BulkDialog(props: {
  readonly action: FlowRunAction;
  readonly where: Condition;
  /** Of those only the runs of this group of failures. */
  readonly failure?: FailureGroupRef;
  readonly command: string | null;
  readonly onClose: (hasChanged: boolean) => void;
}) {
  const { action, where, failure, command, onClose } = props;
  const { title, verb, done, what } = words[action];
  const client = useQueryClient();
  const [phase, setPhase] = useState<Phase>("looking");
  const [progress, setProgress] = useState<BulkProgress | null>(null);
  const [error, setError] = useState<unknown>(null);
  const stop = useRef(new AbortController());
  const asked = useRef({ where, action, ...(failure === undefined ? {} : { failure }) });

  const go = async (isDryRun: boolean): Promise<void> => {
    stop.current.abort();
    const controller = new AbortController();
    stop.current = controller;
    setError(null);
    setProgress(null);
    setPhase(isDryRun ? "looking" : "changing");
    try {
      const end = await changeMany({
        runs: asked.current,
        isDryRun,
        signal: controller.signal,
        onProgress: setProgress,
        change: async (change) => await api.changeFlowRuns(change),
      });
      if (stop.current !== controller) return;
      setProgress(end);
      setPhase(isDryRun ? "asking" : "done");
    } catch (thrown) {
      if (stop.current !== controller) return;
      setError(thrown);
      setPhase(isDryRun ? "asking" : "done");
    } finally {
      if (!isDryRun) void client.invalidateQueries({ queryKey: ["runs"] });
    }
  };
  const begin = useRef(go);
  useEffect(() => {
    void begin.current(true);
    const { current } = stop;
    return () => {
      current.abort();
      stop.current.abort();
    };
  }, []);

  const close = (): void => {
    stop.current.abort();
    onClose(phase === "changing" || phase === "done");
  };
  const willChange = phase === "asking" && error === null ? (progress?.changed ?? 0) : 0;
  return (
    <Dialog
      title={title}
      description={what}
      isOpen
      onClose={close}
      footer={
        phase === "changing" ? (
          <Button onClick={() => stop.current.abort()}>Stop here</Button>
        ) : phase === "done" ? (
          <Button kind="primary" onClick={close}>
            Close
          </Button>
        ) : (
          <>
            <Button onClick={close}>Leave them</Button>
            <Button
              kind={action === "retry" || action === "resume" ? "primary" : "danger"}
              onClick={() => void go(false)}
              whyNot={
                phase === "looking"
                  ? "It is looked first what would become of each"
                  : willChange === 0
                    ? "No run would be changed"
                    : null
              }
            >
              {phase === "looking" ? `${verb} runs` : `${verb} ${plural(willChange, "run")}`}
            </Button>
          </>
        )
      }
    >
      <div className="flex min-w-0 flex-col gap-3">
        <div role="status">
          {progress === null ? (
            <p>{phase === "changing" ? "It begins…" : "It is looked what would become of each run…"}</p>
          ) : (
            <Told progress={progress} phase={phase} done={done} />
          )}
        </div>
        {error === null ? null : (
          <ErrorNote error={error} {...(phase === "asking" ? { onRetry: () => void go(true) } : {})} />
        )}
        {progress === null || progress.refusedCount === 0 ? null : <Refusals progress={progress} />}
        {command === null || phase === "changing" || phase === "done" ? null : <Command text={command} />}
      </div>
    </Dialog>
  );
}

function Told({
  progress,
  phase,
  done,
}: {
  readonly progress: BulkProgress;
  readonly phase: Phase;
  readonly done: string;
}) {
  const { matched, changed, refusedCount } = progress;
  const isDry = phase === "looking" || phase === "asking";
  const part = matched === 0 ? 0 : Math.min(1, progress.done / matched);
  return (
    <div className="flex flex-col gap-2">
      <p>
        <span className="font-medium">
          {plural(changed, "run")} {isDry ? `would be ${done}` : changed === 1 ? `is ${done}` : `are ${done}`}
        </span>
        {refusedCount === 0
          ? "."
          : `, ${toCount(refusedCount)} ${isDry ? "would be" : changed + refusedCount === 1 ? "is" : "are"} left as they are.`}
        {phase === "done" && !progress.isFinished ? " It was stopped before the end." : ""}
      </p>
      {phase === "changing" || phase === "looking" ? (
        <div
          role="progressbar"
          aria-label="How far it is"
          aria-valuemin={0}
          aria-valuemax={matched}
          aria-valuenow={progress.done}
          className="h-2 overflow-hidden rounded-full border border-[var(--control-line)]"
        >
          <div className="h-full bg-running" style={{ width: `${part * 100}%` }} />
        </div>
      ) : null}
    </div>
  );
}

function Refusals({ progress: { refused, refusedCount } }: { readonly progress: BulkProgress }) {
  return (
    <details>
      <summary className="text-muted">
        Why {toCount(refusedCount)} {refusedCount === 1 ? "is" : "are"} left
        {refusedCount > refused.length ? `; the first ${refused.length}` : ""}
      </summary>
      <ul
        tabIndex={0}
        aria-label="Runs that are left"
        className="mt-1 flex max-h-48 flex-col gap-1 overflow-auto text-small"
      >
        {refused.map(({ id, name, reason }) => (
          <li key={id} className="break-words">
            <Link to="/runs/flow-run/$id" params={{ id }} search={{}} className="link" title={name}>
              {name.slice(0, 60)}
            </Link>{" "}
            <span className="text-muted">{reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
