import { Link, useParams, useSearch } from "@tanstack/react-router";
import type { Deployment, WorkPool, WorkQueue } from "millrace/client";
import { api } from "../../api/api.ts";
import { ofFlowRuns, ofKind, useLive } from "../../api/queries.ts";
import { toPath } from "../../app/paths.ts";
import { NextRun, readDue } from "../../states/due.tsx";
import { Command } from "../../ui/copy.tsx";
import { PageHead, type TabItem, Tabs } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { RunsOf } from "../runs/runs-of.tsx";
import { DeploymentActions } from "./deployment-actions.tsx";
import { deploymentTabs, type DeploymentTab } from "./deployment-search.ts";
import { DetailsTab } from "./details-tab.tsx";
import { ParametersTab } from "./parameters-tab.tsx";
import { judge, toReference, type Verdict } from "./readiness.ts";
import { SchedulesTab } from "./schedules-tab.tsx";
import { StatusBadge } from "./status-badge.tsx";
import { UpcomingTab } from "./upcoming-tab.tsx";
import { VersionsTab } from "./versions-tab.tsx";

export interface DeploymentView {
  readonly deployment: Deployment;
  readonly pool: WorkPool | null;
  readonly queue: WorkQueue | null;
}

export async function readDeploymentView(id: string): Promise<DeploymentView | null> {
  const deployment = await api.readObject("deployment", id);
  if (deployment === null) return null;
  const { workPoolId, workQueueId } = deployment;
  const [pool, queue] = await Promise.all([
    workPoolId === null ? null : api.readObject("work-pool", workPoolId),
    workQueueId === null ? null : api.readObject("work-queue", workQueueId),
  ]);
  return { deployment, pool, queue };
}

/** What happens to a deployment itself, or to what serves it. */
export const ofDeployment = ofKind("deployment", "work-pool", "work-queue");

export function DeploymentPage() {
  const { id } = useParams({ from: "/deployments/deployment/$id" });
  const view = useLive({
    key: ["deployment", id],
    read: () => readDeploymentView(id),
    concerns: ofDeployment,
    resource: `millrace.deployment.${id}`,
  });
  return (
    <Loaded query={view} title="Deployment" rows={8}>
      {(found) => (found === null ? <NoDeployment /> : <Shown view={found} />)}
    </Loaded>
  );
}

export function NoDeployment() {
  return (
    <>
      <PageHead title="Deployment" />
      <Empty title="There is no such deployment">
        <p>It may have been deleted. Its runs are still there.</p>
        <Link to="/deployments" search={{}} className="link">
          See all deployments
        </Link>
      </Empty>
    </>
  );
}

function Shown({ view }: { readonly view: DeploymentView }) {
  const { deployment, pool, queue } = view;
  const { tab = "runs" } = useSearch({ from: "/deployments/deployment/$id" });
  const verdict = judge(deployment, pool, queue);
  const { data: due } = useLive({
    key: ["deployment", deployment.id, "due"],
    read: async () => (await readDue("deploymentId", [deployment.id]))(deployment.id),
    concerns: ofFlowRuns,
    everyMs: 30_000,
  });
  return (
    <>
      <div className="shrink-0">
        <PageHead
          title={deployment.name}
          above={
            <Link
              to={toPath("flow", deployment.flowId)}
              className="max-w-60 truncate text-muted hover:underline"
              title={deployment.flowName}
            >
              {deployment.flowName} /
            </Link>
          }
          facts={
            <>
              <StatusBadge verdict={verdict} />
              {due === undefined || (due.nextAt === null && due.lateCount === 0) ? null : (
                <span className="flex gap-1.5">
                  Next run <NextRun due={due} of={{ deployment: deployment.id }} />
                </span>
              )}
              {deployment.tags.length === 0 ? null : (
                <span className="max-w-60 truncate" title={deployment.tags.join(", ")}>
                  {deployment.tags.join(", ")}
                </span>
              )}
            </>
          }
          actions={<DeploymentActions deployment={deployment} />}
        />
        {verdict.status === "ready" ? null : <Notice verdict={verdict} />}
        <Tabs label="Views of the deployment" selected={tab} items={toTabs(deployment.id)} />
      </div>
      <TabBody tab={tab} view={view} />
    </>
  );
}

/** What keeps its runs from beginning, and what to do. */
function Notice({ verdict: { why, command, status } }: { readonly verdict: Verdict }) {
  return (
    <div
      className={`mx-4 mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 rounded-panel border px-3 py-1.5 ${status === "not-ready" ? "border-attention" : "border-line"}`}
    >
      <p className="min-w-0 break-words">{why}</p>
      {command === null ? null : <Command text={command} />}
    </div>
  );
}

const labels: Readonly<Record<DeploymentTab, string>> = {
  runs: "Runs",
  upcoming: "Upcoming",
  schedules: "Schedules",
  versions: "Versions",
  parameters: "Parameters",
  details: "Details",
};

function toTabs(id: string): readonly TabItem[] {
  return deploymentTabs.map((tab) => ({
    id: tab,
    label: labels[tab],
    link: { to: "/deployments/deployment/$id", params: { id }, search: tab === "runs" ? {} : { tab } },
  }));
}

function TabBody({ tab, view }: { readonly tab: DeploymentTab; readonly view: DeploymentView }) {
  const { deployment } = view;
  switch (tab) {
    case "runs":
      return (
        <RunsOf
          label="Runs of the deployment"
          where={{
            all: [{ field: "deploymentId", in: [deployment.id] }, { not: { field: "stateType", in: ["SCHEDULED"] } }],
          }}
          empty={
            <Empty title="It has not run yet">
              <p className="mb-2">Runs of its schedules and those that people submit are shown here.</p>
              <Command text={`millrace deployment run ${toReference(deployment)} --watch`} />
            </Empty>
          }
        />
      );
    case "upcoming":
      return <UpcomingTab deployment={deployment} />;
    case "schedules":
      return <SchedulesTab deployment={deployment} />;
    case "versions":
      return <VersionsTab deployment={deployment} />;
    case "parameters":
      return <ParametersTab deployment={deployment} />;
    case "details":
      return <DetailsTab view={view} />;
  }
}
