import { Link } from "@tanstack/react-router";
import type { TaskRun } from "millrace/client";
import type { ReactNode } from "react";
import { Command, CopyButton, ShortId } from "../../ui/copy.tsx";
import { Facts, Panel } from "../../ui/panel.tsx";
import { DateTime } from "../../ui/when.tsx";
import { Tags } from "../run/details/details-tab.tsx";
import { ResultView } from "../run/details/result-view.tsx";
import { ErrorView } from "../run/error/error-view.tsx";
import { reasonWords } from "../run/tasks/reasons.ts";
import { Attempts } from "./attempts.tsx";
import { Inputs } from "./inputs.tsx";

/** What a task run did: what went wrong first, then what went in and what came out. */
export function SummaryTab({ run }: { readonly run: TaskRun }) {
  const { error, history } = run;
  return (
    <div
      className="flex min-h-0 grow basis-0 flex-col gap-4 overflow-auto p-4"
      tabIndex={0}
      role="region"
      aria-label="Summary"
    >
      {error === null ? null : <ErrorView error={error} />}
      {run.attempt > 1 || history.some(({ name }) => name === "AwaitingRetry") ? (
        <Panel title="Attempts">
          <Attempts run={run} />
        </Panel>
      ) : null}
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Panel title="Inputs">
            <Inputs run={run} />
          </Panel>
          <Panel title="Result">
            <div className="p-3">
              <ResultView result={run.result} />
            </div>
          </Panel>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Panel title="Cache">
            <div className="p-3">
              <Cache run={run} />
            </div>
          </Panel>
          <Panel title="Task run">
            <div className="p-3">
              <Facts items={facts(run)} />
            </div>
          </Panel>
        </div>
      </div>
      <Command text={`millrace task-run inspect ${run.id}`} />
    </div>
  );
}

function Cache({ run }: { readonly run: TaskRun }) {
  const { reason, reasonDetail, cacheKey } = run;
  if (cacheKey === null && reason?.startsWith("cache") !== true) {
    return <p className="text-muted">It has no cache: its result is kept for this run only.</p>;
  }
  return (
    <Facts
      items={[
        ["What happened", reason === null ? "–" : reasonWords(reason)],
        ...(reasonDetail === null ? [] : [["Why", <WithLinks key="why" text={reasonDetail} />] as const]),
        ...(cacheKey === null ? [] : [["Key", <Long key="key" text={cacheKey} label="Copy the cache key" />] as const]),
      ]}
    />
  );
}

function facts(run: TaskRun): readonly (readonly [name: string, value: ReactNode])[] {
  return [
    ["Id", <ShortId key="id" id={run.id} />],
    ["Task", <bdi key="task">{run.taskName}</bdi>],
    ...(run.kind === "task" ? [] : [["Kind", kinds[run.kind]] as const]),
    ["Called", <DateTime key="created" at={run.createdAt} />],
    ["Started", <DateTime key="started" at={run.startedAt} />],
    ["Ended", <DateTime key="ended" at={run.endedAt} />],
    ...(run.childFlowRunId === null
      ? []
      : [
          [
            "Flow run of the subflow",
            <Link
              key="child"
              to="/runs/flow-run/$id"
              params={{ id: run.childFlowRunId }}
              search={{}}
              className="link font-mono"
            >
              {run.childFlowRunId.slice(0, 13)}
            </Link>,
          ] as const,
        ]),
    ...(run.parentId === null
      ? []
      : [
          [
            "Called in",
            <Link
              key="parent"
              to="/runs/task-run/$id"
              params={{ id: run.parentId }}
              search={{}}
              className="link font-mono"
            >
              {run.parentId.slice(0, 13)}
            </Link>,
          ] as const,
        ]),
    [
      "Tags",
      run.tags.length === 0 ? (
        <span key="tags" className="text-faint">
          none
        </span>
      ) : (
        <Tags key="tags" tags={run.tags} />
      ),
    ],
    ["Identity", <Long key="key" text={run.key} label="Copy the identity" />],
    ...(run.codeHash === null
      ? []
      : [["Hash of its code", <Long key="code" text={run.codeHash} label="Copy the hash" />] as const]),
    ...(run.reason === null || run.reason === "ran" || run.reason.startsWith("cache")
      ? []
      : [
          [
            "Why it ran",
            [reasonWords(run.reason), run.reasonDetail].filter((part) => part !== null).join(": "),
          ] as const,
        ]),
  ];
}

const kinds: Readonly<Record<TaskRun["kind"], string>> = {
  task: "task",
  flow: "subflow",
  sleep: "durable sleep",
  value: "recorded value",
  wait: "wait",
};

function Long({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <span className="inline-flex max-w-full items-center font-mono text-small">
      <span className="truncate" title={text}>
        <bdi>{text}</bdi>
      </span>
      <CopyButton text={text} label={label} />
    </span>
  );
}

const uuid = /([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})/i;

/** Ids of task runs in a sentence, as links. */
function WithLinks({ text }: { readonly text: string }) {
  return (
    <span className="[overflow-wrap:anywhere]">
      {text.split(uuid).map((part, at) =>
        at % 2 === 0 ? (
          part
        ) : (
          <Link key={at} to="/r/$id" params={{ id: part }} className="link font-mono text-small" title={part}>
            {part.slice(0, 13)}
          </Link>
        ),
      )}
    </span>
  );
}
