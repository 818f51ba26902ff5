/** Everything that is recorded of a run beside what it did. */

import { Link } from "@tanstack/react-router";
import { type FlowRun, isTerminal } from "millrace/client";
import type { ReactNode } from "react";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import { toPath } from "../../../app/paths.ts";
import { Command, CopyButton, ShortId } from "../../../ui/copy.tsx";
import { Code, Facts, Panel } from "../../../ui/panel.tsx";
import { DateTime } from "../../../ui/when.tsx";
import { ErrorView } from "../error/error-view.tsx";
import { environmentFacts, toCreator } from "./run-facts.ts";
import { toPrettyJson } from "./pretty-json.ts";
import { ResultView } from "./result-view.tsx";
import { WhyWaiting } from "./why-waiting.tsx";

type Fact = readonly [name: string, value: ReactNode];

export function DetailsTab({ run }: { readonly run: FlowRun }) {
  const parameters = toPrettyJson(run.parameters);
  return (
    <div className="min-h-0 grow basis-0 overflow-auto p-4" tabIndex={0} role="region" aria-label="Details">
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        {run.error === null ? null : (
          <div className="min-w-0 lg:col-span-2">
            <ErrorView error={run.error} />
          </div>
        )}
        {isTerminal(run.state.type) ? null : (
          <div className="lg:col-span-2">
            <WhyWaiting run={run} />
          </div>
        )}
        <div className="flex min-w-0 flex-col gap-4">
          <Panel title="Parameters" aside={<CopyButton text={parameters} label="Copy the parameters" />}>
            <div className="p-3">
              {parameters === "{}" ? (
                <p className="text-muted">It was called without any.</p>
              ) : (
                <Code text={parameters} label="Parameters as JSON" />
              )}
            </div>
          </Panel>
          <Panel title="Result">
            <div className="p-3">
              <ResultView result={run.result} />
            </div>
          </Panel>
        </div>
        {/* What is told in either begins at the same place. */}
        <div className="flex min-w-0 flex-col gap-4 sm:[&_dt]:min-w-36">
          <Panel title="Run">
            <div className="p-3">
              <Facts items={[...runFacts(run), ...originFacts(run)]} />
            </div>
          </Panel>
          <Panel title="Where it ran">
            <div className="p-3">
              <Facts items={[...environmentFacts(run), ...infrastructureFacts(run)]} />
            </div>
          </Panel>
        </div>
        <div className="lg:col-span-2">
          <Command text={`millrace flow-run inspect ${run.id}`} />
        </div>
      </div>
    </div>
  );
}

function runFacts(run: FlowRun): readonly Fact[] {
  const creator = toCreator(run);
  return [
    ["Id", <ShortId key="id" id={run.id} />],
    [
      "Flow",
      <Link key="flow" to="/runs" search={{ flow: run.flowName }} className="link">
        <bdi>{run.flowName}</bdi>
      </Link>,
    ],
    ["Tags", run.tags.length === 0 ? <None key="tags" /> : <Tags key="tags" tags={run.tags} />],
    ["Created", <DateTime key="created" at={run.createdAt} />],
    ["Expected", <DateTime key="expected" at={run.expectedAt} />],
    ...(creator === null ? [] : [["Created by", creator] as const]),
    ["Started from the top", run.runCount === 0 ? "not yet" : run.runCount === 1 ? "once" : `${run.runCount} times`],
    ["Version of the code", run.version === null ? <None key="version" /> : <Text key="version" text={run.version} />],
    ...(run.extra.startedVersion === undefined
      ? []
      : [["Version of its deployment", String(run.extra.startedVersion)] as const]),
    ["Entrypoint", <Entrypoint key="entrypoint" run={run} />],
    ...(run.idempotencyKey === null
      ? []
      : [["Idempotency key", <Text key="idempotency" text={run.idempotencyKey} />] as const]),
  ];
}

/** What it belongs to. */
function originFacts(run: FlowRun): readonly Fact[] {
  const { deploymentId, parentRunId, parentTaskRunId, rootRunId, adopts } = run;
  return [
    ...(deploymentId === null
      ? []
      : [["Deployment", <NamedLink key="deployment" kind="deployment" id={deploymentId} />] as const]),
    ...(parentRunId === null ? [] : [["Called by", <RunLink key="parent" id={parentRunId} />] as const]),
    ...(parentTaskRunId === null
      ? []
      : [
          [
            "As its task run",
            <Link
              key="as"
              to="/runs/task-run/$id"
              params={{ id: parentTaskRunId }}
              search={{}}
              className="link font-mono"
            >
              {parentTaskRunId.slice(0, 13)}
            </Link>,
          ] as const,
        ]),
    ...(rootRunId === run.id || rootRunId === parentRunId
      ? []
      : [["Root", <RunLink key="root" id={rootRunId} />] as const]),
    ...(adopts === null
      ? []
      : [
          [
            "Takes results of",
            <span key="adopts">
              <RunLink id={adopts.runId} />
              {adopts.until === null ? "" : `, until ${adopts.until}`}
            </span>,
          ] as const,
        ]),
  ];
}

function infrastructureFacts(run: FlowRun): readonly Fact[] {
  const { workPoolId, workQueueId, ownerId, extra } = run;
  return [
    ...(workPoolId === null ? [] : [["Work pool", <NamedLink key="pool" kind="work-pool" id={workPoolId} />] as const]),
    ...(workQueueId === null
      ? []
      : [["Work queue", <NamedLink key="queue" kind="work-queue" id={workQueueId} />] as const]),
    ...(typeof extra.infrastructurePid === "string"
      ? [["Infrastructure", <Text key="infrastructure" text={extra.infrastructurePid} />] as const]
      : []),
    ...(extra.jobVariables === undefined
      ? []
      : [
          [
            "Job variables",
            <Code key="variables" text={JSON.stringify(extra.jobVariables, null, 2)} label="Job variables" />,
          ] as const,
        ]),
    ...(ownerId === null ? [] : [["Held by process", <Text key="owner" text={ownerId} />] as const]),
  ];
}

function None() {
  return <span className="text-faint">none</span>;
}

function Text({ text }: { readonly text: string }) {
  return (
    <span className="inline-flex max-w-full items-center font-mono text-small">
      <span className="truncate" title={text}>
        <bdi>{text}</bdi>
      </span>
      <CopyButton text={text} label="Copy it" />
    </span>
  );
}

export function Tags({ tags }: { readonly tags: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-1">
      {tags.map((tag) => (
        <Link
          key={tag}
          to="/runs"
          search={{ tag }}
          title={`Runs with the tag ${tag}`}
          className="max-w-48 truncate rounded-full bg-panel px-2 hover:bg-hover"
        >
          <bdi>{tag}</bdi>
        </Link>
      ))}
    </span>
  );
}

function Entrypoint({ run }: { readonly run: FlowRun }) {
  if (run.entrypoint === null) return <None />;
  const { module, export: name } = run.entrypoint;
  return <Text text={`${module.replace(/^file:\/\//, "")}${name === null ? "" : `:${name}`}`} />;
}

function RunLink({ id }: { readonly id: string }) {
  const query = useLive({ key: ["run", id], read: () => api.readFlowRun(id) });
  return (
    <Link to="/runs/flow-run/$id" params={{ id }} search={{}} className="link" title={id}>
      <bdi>{query.data?.name ?? id.slice(0, 13)}</bdi>
    </Link>
  );
}

function NamedLink({ kind, id }: { readonly kind: "deployment" | "work-pool" | "work-queue"; readonly id: string }) {
  const query = useLive({ key: ["object", kind, id], read: () => api.readObject(kind, id) });
  return (
    <Link to={toPath(kind, id)} className="link" title={id}>
      <bdi>{query.data === null ? `${id.slice(0, 13)}, which is gone` : (query.data?.name ?? id.slice(0, 13))}</bdi>
    </Link>
  );
}
