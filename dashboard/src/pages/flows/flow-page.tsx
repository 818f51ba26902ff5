import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Ellipsis, Trash2 } from "lucide-react";
import { type Flow, isTerminal, stateTypes } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { ofFlowRuns, ofKind, useLive } from "../../api/queries.ts";
import { plural, toCount, toPercent } from "../../format/number.ts";
import { IconButton } from "../../ui/button.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Command } from "../../ui/copy.tsx";
import { Menu } from "../../ui/menu.tsx";
import { PageHead, type TabItem, Tabs } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { say } from "../../ui/toast.ts";
import { DeploymentList } from "../deployments/deployments-page.tsx";
import { toWord } from "../../format/shell.ts";
import { RunsOf } from "../runs/runs-of.tsx";
import { flowTabs, type FlowTab } from "./flows-search.ts";
import { TaskGridTab } from "./task-grid-tab.tsx";
import { TrendsTab } from "./trends-tab.tsx";

export function FlowPage() {
  const { id } = useParams({ from: "/flows/flow/$id" });
  const flow = useLive({
    key: ["flow", id],
    read: () => api.readObject("flow", id),
    concerns: ofKind("flow"),
    resource: `millrace.flow.${id}`,
  });
  return (
    <Loaded query={flow} rows={8} title="Flow">
      {(found) => (found === null ? <NoFlow /> : <Shown flow={found} />)}
    </Loaded>
  );
}

function NoFlow() {
  return (
    <>
      <PageHead title="Flow" />
      <Empty title="There is no such flow">
        <Link to="/flows" search={{}} className="link">
          See all flows
        </Link>
      </Empty>
    </>
  );
}

const labels: Readonly<Record<FlowTab, string>> = {
  runs: "Runs",
  trends: "Trends",
  tasks: "Tasks over runs",
  deployments: "Deployments",
};

function Shown({ flow }: { readonly flow: Flow }) {
  const { tab = "runs" } = useSearch({ from: "/flows/flow/$id" });
  const counts = useLive({
    key: ["flow", flow.id, "counts"],
    read: () => api.countFlowRuns({ flowNames: [flow.name] }),
    concerns: ofFlowRuns,
  });
  const deployments = useLive({
    key: ["flow", flow.id, "deployments"],
    read: () => api.count("deployment", { field: "flowId", in: [flow.id] }),
    concerns: ofKind("deployment"),
  });
  const { COMPLETED = 0, FAILED = 0, CRASHED = 0, RUNNING = 0 } = counts.data ?? {};
  const all = stateTypes.reduce((sum, type) => sum + (counts.data?.[type] ?? 0), 0);
  const items: readonly TabItem[] = flowTabs.map((each) => ({
    id: each,
    label: labels[each],
    link: { to: "/flows/flow/$id", params: { id: flow.id }, search: each === "runs" ? {} : { tab: each } },
    ...(each === "deployments" && deployments.data !== undefined ? { count: toCount(deployments.data) } : {}),
    ...(each === "runs" && counts.data !== undefined ? { count: toCount(all) } : {}),
  }));
  return (
    <>
      <PageHead
        title={flow.name}
        facts={
          counts.data === undefined ? null : (
            <>
              <span>{plural(all, "run")}</span>
              <span title={`${COMPLETED} completed, ${FAILED} failed, ${CRASHED} crashed`}>
                {toPercent(COMPLETED, COMPLETED + FAILED + CRASHED)} completed
              </span>
              {RUNNING === 0 ? null : <span>{toCount(RUNNING)} running</span>}
            </>
          )
        }
        actions={
          <FlowMenu
            flow={flow}
            runs={all}
            living={stateTypes.reduce((sum, type) => sum + (isTerminal(type) ? 0 : (counts.data?.[type] ?? 0)), 0)}
            deployments={deployments.data ?? 0}
          />
        }
      />
      <Tabs label="Views of the flow" selected={tab} items={items} />
      <TabBody tab={tab} flow={flow} />
    </>
  );
}

function TabBody({ tab, flow }: { readonly tab: FlowTab; readonly flow: Flow }) {
  switch (tab) {
    case "runs":
      return (
        <RunsOf
          label="Runs of the flow"
          where={{ field: "flowName", in: [flow.name] }}
          empty={
            <Empty title="It has not run yet">
              <p>Its runs are shown here as soon as there are some.</p>
            </Empty>
          }
        />
      );
    case "trends":
      return <TrendsTab flow={flow} />;
    case "tasks":
      return <TaskGridTab flow={flow} />;
    case "deployments":
      return (
        <DeploymentList
          search={{ flow: flow.name }}
          empty={
            <Empty title="It is not deployed">
              <p className="mb-2">A deployment lets it run on a schedule, or when somebody asks for it.</p>
              <Command text={`millrace deploy <file>:<export> --pool local`} />
            </Empty>
          }
        />
      );
  }
}

function FlowMenu(props: {
  readonly flow: Flow;
  readonly runs: number;
  readonly living: number;
  readonly deployments: number;
}) {
  const { flow, runs, living, deployments } = props;
  const navigate = useNavigate();
  const client = useQueryClient();
  const [asks, setAsks] = useState(false);
  const copy = async (text: string): Promise<void> => {
    await navigator.clipboard.writeText(text);
    say("Copied");
  };
  return (
    <>
      <Menu
        trigger={
          <IconButton label="More actions">
            <Ellipsis size={16} />
          </IconButton>
        }
        items={[
          { label: "Copy the id", onSelect: () => void copy(flow.id) },
          {
            label: "Copy the command to show it",
            onSelect: () => void copy(`millrace flow inspect ${toWord(flow.name)}`),
          },
          "line",
          {
            label: "Delete the flow…",
            icon: <Trash2 size={14} />,
            isDangerous: true,
            needs: ["deleteObject", "flow"],
            onSelect: () => setAsks(true),
          },
        ]}
      />
      {asks ? (
        <FormDialog
          isDangerous
          title="Delete the flow"
          description={`${flow.name} goes, with ${plural(deployments, "deployment")} and ${plural(runs, "flow run")}${living === 0 ? "" : `, ${toCount(living)} of which have not ended`}. That cannot be taken back.`}
          verb="Delete flow"
          command={`millrace flow delete ${toWord(flow.name)}${living === 0 ? "" : " --force"}`}
          onClose={() => setAsks(false)}
          onSubmit={async () => {
            await api.deleteObject("flow", flow.id);
            await client.invalidateQueries({ queryKey: ["flows"] });
            say(`${flow.name} was deleted`);
            await navigate({ to: "/flows", search: {} });
          }}
        />
      ) : null}
    </>
  );
}
