import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Deployment, DeploymentVersion } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { toOrderedJson } from "../../format/line-diff.ts";
import { Button } from "../../ui/button.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Diff } from "../../ui/diff.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { Code, Panel } from "../../ui/panel.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import type { Column } from "../../ui/table.tsx";
import { say } from "../../ui/toast.ts";
import { Ago } from "../../ui/when.tsx";
import { toReference } from "./readiness.ts";

const pageSize = 50;

/** What its runs were made of, from one change of it to the next. */
export function VersionsTab({ deployment }: { readonly deployment: Deployment }) {
  const { from, to } = useSearch({ from: "/deployments/deployment/$id" });
  const navigate = useNavigate({ from: "/deployments/deployment/$id" });
  const newest = deployment.versionNumber ?? null;
  const pages = useLivePages({
    key: ["deployment", deployment.id, "versions"],
    read: (cursor) => api.listDeploymentVersions(deployment.id, { limit: pageSize, cursor }),
    concerns: ofKind("deployment"),
  });
  const shown = to ?? newest;
  return (
    <div className="grid min-h-0 grow grid-cols-[minmax(0,1fr)] grid-rows-[minmax(160px,1fr)_minmax(0,2fr)] lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)] lg:grid-rows-1">
      <div className="flex min-h-0 flex-col border-line max-lg:border-b lg:border-r">
        <LiveTable
          label="Versions"
          list={pages}
          columns={columns}
          keyOf={({ number }) => String(number)}
          selected={shown === null ? null : String(shown)}
          onOpen={({ number }) =>
            void navigate({
              search: (before) => ({ ...before, from: Math.max(1, number - 1), to: number }),
              replace: true,
            })
          }
          empty={<Empty title="It has no versions">They begin with its next change.</Empty>}
        />
      </div>
      <div className="min-h-0 overflow-auto p-4">
        {shown === null ? null : (
          <Compared deployment={deployment} from={from ?? Math.max(1, shown - 1)} to={shown} newest={newest ?? shown} />
        )}
      </div>
    </div>
  );
}

function Compared(props: {
  readonly deployment: Deployment;
  readonly from: number;
  readonly to: number;
  readonly newest: number;
}) {
  const { deployment, from, to, newest } = props;
  const client = useQueryClient();
  const navigate = useNavigate({ from: "/deployments/deployment/$id" });
  const [asks, setAsks] = useState(false);
  const versions = useLive({
    key: ["deployment", deployment.id, "version", from, to],
    read: () => Promise.all([from, to].map((number) => api.readDeploymentVersion(deployment.id, number))),
  });
  const current = useLive({
    key: ["deployment", deployment.id, "version", newest],
    read: () => api.readDeploymentVersion(deployment.id, newest),
    isEnabled: asks,
  });
  return (
    <Loaded query={versions}>
      {([before = null, after = null]) => (
        <Panel
          title={from === to ? `Version ${to}` : `Version ${from} → ${to}`}
          aside={
            to === newest ? (
              <span className="text-muted">The newest</span>
            ) : (
              <Button kind="quiet" needs="rollBackDeployment" onClick={() => setAsks(true)}>
                Roll back to {to}
              </Button>
            )
          }
        >
          {after === null ? (
            <p className="p-3 text-muted">This version is not kept any more.</p>
          ) : before === null || from === to ? (
            <Code label={`Definition of version ${to}`} text={toOrderedJson(after.definition ?? {})} />
          ) : (
            <Diff
              label={`What changed from version ${from} to ${to}`}
              before={toOrderedJson(before.definition ?? {})}
              after={toOrderedJson(after.definition ?? {})}
            />
          )}
          {asks ? (
            <FormDialog
              isWide
              title={`Roll back to version ${to}`}
              description="It becomes a new version, so that it can be taken back as well. Runs under way go on with what they have, and schedules stay. Code in a folder is what the folder holds now."
              verb={`Roll back to version ${to}`}
              command={`millrace deployment version roll-back ${toReference(deployment)} ${to}`}
              onClose={() => setAsks(false)}
              onSubmit={async () => {
                await api.rollBackDeployment(deployment.id, to);
                say(`It is again what it was in version ${to}`);
                await client.invalidateQueries({ queryKey: ["deployment", deployment.id] });
                await navigate({ search: { tab: "versions" }, replace: true });
              }}
            >
              {current.data == null ? null : (
                <div className="rounded-panel border border-line">
                  <Diff
                    label="What it changes"
                    before={toOrderedJson(current.data.definition ?? {})}
                    after={toOrderedJson(after?.definition ?? {})}
                  />
                </div>
              )}
            </FormDialog>
          ) : null}
        </Panel>
      )}
    </Loaded>
  );
}

/** Who made it: a text, or an object that has a name. */
function toAuthor(by: unknown): string {
  if (typeof by === "string") return by;
  if (typeof by !== "object" || by === null) return "";
  const { display_value: shown, displayValue, name, type } = by as Readonly<Record<string, unknown>>;
  const found = shown ?? displayValue ?? name ?? type;
  return typeof found === "string" ? found : "";
}

const columns: readonly Column<DeploymentVersion>[] = [
  {
    id: "number",
    title: "Version",
    width: "minmax(64px, auto)",
    cell: ({ number }) => <span className="font-medium">{number}</span>,
  },
  { id: "at", title: "Made", width: "84px", cell: ({ createdAt }) => <Ago at={createdAt} className="text-muted" /> },
  {
    id: "by",
    title: "By",
    width: "minmax(80px, 1fr)",
    cell: ({ by }) => (
      <span className="truncate" title={toAuthor(by)}>
        {toAuthor(by)}
      </span>
    ),
  },
  {
    id: "what",
    title: "What",
    width: "minmax(90px, 1fr)",
    isExtra: true,
    cell: ({ rolledBackTo, definition }) => (
      <span className="truncate text-muted">
        {rolledBackTo !== undefined
          ? `back to ${rolledBackTo}`
          : typeof definition?.version === "string"
            ? definition.version
            : ""}
      </span>
    ),
  },
  {
    id: "hash",
    title: "Content",
    width: "90px",
    isExtra: true,
    cell: ({ contentHash }) => (
      <span className="font-mono text-small text-muted" title={contentHash}>
        {contentHash.slice(0, 10)}
      </span>
    ),
  },
];
