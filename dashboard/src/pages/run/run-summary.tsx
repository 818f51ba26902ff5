import { Link } from "@tanstack/react-router";
import type { Deployment, FlowRun } from "millrace/client";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { causeOf } from "./run-cause.ts";

/** In a line or two: why it is there, of which deployment and version, with which parameters and tags. On a telephone versions are left to the details. */
export function RunSummary({ run }: { readonly run: FlowRun }) {
  const { data: deployment } = useLive({
    key: ["object", "deployment", run.deploymentId],
    read: () => api.readObject("deployment", run.deploymentId ?? ""),
    isEnabled: run.deploymentId !== null,
  });
  const parameters = run.parameters === "{}" ? null : run.parameters;
  const { git } = run.environment;
  return (
    <div className="flex shrink-0 flex-wrap items-baseline gap-x-5 gap-y-2 px-4 pb-2 text-muted">
      <span>
        <Cause run={run} />
      </span>
      {run.deploymentId === null ? null : <DeploymentLink id={run.deploymentId} deployment={deployment ?? null} />}
      {run.extra.startedVersion === undefined ? null : <span>Version {run.extra.startedVersion}</span>}
      {run.version === null ? null : (
        <span title={run.version} className="max-sm:hidden">
          Flow version <code className="font-mono text-small">{run.version.slice(0, 12)}</code>
        </span>
      )}
      {git === undefined ? null : (
        <span title={git.commit} className="max-sm:hidden">
          Commit <code className="font-mono text-small">{git.commit.slice(0, 8)}</code>
          {git.dirty === true ? " with changes" : ""}
        </span>
      )}
      {run.rootRunId === run.id || run.rootRunId === run.parentRunId ? null : (
        <Link to="/runs/flow-run/$id" params={{ id: run.rootRunId }} search={{}} className="link">
          Root run
        </Link>
      )}
      {run.tags.length === 0 ? null : (
        <span className="flex max-w-full flex-wrap gap-1">
          {run.tags.slice(0, 12).map((tag) => (
            <Link
              key={tag}
              to="/runs"
              search={{ tag }}
              className="max-w-48 truncate rounded-full bg-panel px-2 hover:bg-hover"
              title={tag}
            >
              {tag}
            </Link>
          ))}
        </span>
      )}
      {parameters === null ? null : (
        <Link
          to="/runs/flow-run/$id"
          params={{ id: run.id }}
          search={{ tab: "details" }}
          className="max-w-[72ch] min-w-0 grow basis-60 truncate font-mono text-small hover:underline"
          title="See the parameters"
        >
          {parameters.slice(0, 400)}
        </Link>
      )}
    </div>
  );
}

function Cause({ run }: { readonly run: FlowRun }) {
  const cause = causeOf(run);
  switch (cause.kind) {
    case "subflow":
      return (
        <>
          Subflow of{" "}
          <Link to="/runs/flow-run/$id" params={{ id: cause.parentRunId }} search={{}} className="link">
            its parent run
          </Link>
        </>
      );
    case "adopts":
      return (
        <>
          Goes on from{" "}
          <Link to="/runs/flow-run/$id" params={{ id: cause.runId }} search={{}} className="link">
            an earlier run
          </Link>
        </>
      );
    case "schedule":
      return <>Started by a schedule</>;
    case "by":
      return <>Started by {cause.who}</>;
    case "deployment":
      return <>Started by hand</>;
    case "program":
      return <span title={cause.command ?? undefined}>Started as a program</span>;
  }
}

function DeploymentLink({ id, deployment }: { readonly id: string; readonly deployment: Deployment | null }) {
  return (
    <Link to="/deployments/deployment/$id" params={{ id }} search={{}} className="link max-w-72 truncate">
      {deployment === null ? "its deployment" : `${deployment.flowName}/${deployment.name}`}
    </Link>
  );
}
