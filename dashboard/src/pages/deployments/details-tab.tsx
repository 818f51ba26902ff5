import { Link } from "@tanstack/react-router";
import type { JsonObject } from "millrace/client";
import type { ReactNode } from "react";
import { toPath } from "../../app/paths.ts";
import { toOrderedJson } from "../../format/line-diff.ts";
import { toCount } from "../../format/number.ts";
import { ShortId } from "../../ui/copy.tsx";
import { Code, Facts, Panel } from "../../ui/panel.tsx";
import { Ago, DateTime } from "../../ui/when.tsx";
import type { DeploymentView } from "./deployment-page.tsx";

const collisions: Readonly<Record<string, string>> = {
  enqueue: "further runs wait",
  "cancel-new": "further runs are cancelled",
  "cancel-running": "the runs under way are cancelled",
  "latest-only": "only the latest one waits",
};

export function DetailsTab({ view: { deployment, pool, queue } }: { readonly view: DeploymentView }) {
  const { description, concurrencyLimit, collisionStrategy = "enqueue", polledAt } = deployment;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ["Id", <ShortId key="id" id={deployment.id} />],
    [
      "Flow",
      <Link key="flow" to={toPath("flow", deployment.flowId)} className="link break-words">
        {deployment.flowName}
      </Link>,
    ],
    ["Description", text(description)],
    ["Version", text(deployment.version)],
    ["Entrypoint", code(deployment.entrypoint)],
    ["Path", code(deployment.path)],
    [
      "Work pool",
      pool === null ? (
        deployment.workPoolId === null ? (
          "None: it is served by a process of its own"
        ) : (
          "Gone"
        )
      ) : (
        <Link key="pool" to={toPath("work-pool", pool.id)} className="link break-words">
          {pool.name}
        </Link>
      ),
    ],
    ["Work queue", text(queue?.name)],
    [
      "Runs at once",
      concurrencyLimit === null
        ? "No limit"
        : `At most ${toCount(concurrencyLimit)}, then ${collisions[collisionStrategy] ?? collisionStrategy}`,
    ],
    ["Last asked for", <Ago key="polled" at={polledAt ?? queue?.polledAt ?? null} />],
    ["Created", <DateTime key="created" at={deployment.createdAt} />],
    ["Changed", <DateTime key="updated" at={deployment.updatedAt} />],
  ];
  return (
    <div className="flex min-h-0 grow flex-col gap-4 overflow-auto p-4">
      <Facts items={facts} />
      <Json title="Job variables" value={deployment.jobVariables} />
      <Json title="Steps that bring the code" value={deployment.pullSteps} />
      <Json title="Labels" value={deployment.labels} />
    </div>
  );
}

const text = (value: string | null | undefined): ReactNode =>
  value == null || value === "" ? (
    <span className="text-faint">–</span>
  ) : (
    <span className="whitespace-pre-line">{value}</span>
  );

const code = (value: string | null | undefined): ReactNode =>
  value == null || value === "" ? text(null) : <code className="font-mono text-small">{value}</code>;

function Json({
  title,
  value,
}: {
  readonly title: string;
  readonly value: JsonObject | readonly JsonObject[] | null | undefined;
}) {
  if (value == null || Object.keys(value).length === 0) return null;
  return (
    <Panel title={title}>
      <Code label={`${title} as JSON`} text={toOrderedJson(value)} />
    </Panel>
  );
}
