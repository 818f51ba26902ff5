import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Workspace } from "millrace/client";
import { Plus } from "lucide-react";
import { useCallback, useState } from "react";
import { withoutEmpty } from "../../../app/search-words.ts";
import { toCount } from "../../../format/number.ts";
import { toCommand } from "../../../format/shell.ts";
import { Glyph } from "../../../states/state-badge.tsx";
import { Button } from "../../../ui/button.tsx";
import { Command } from "../../../ui/copy.tsx";
import { FilterInput } from "../../../ui/filter-input.tsx";
import { WithInspector } from "../../../ui/inspector.tsx";
import { Empty, Loaded } from "../../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../../ui/table.tsx";
import { Ago } from "../../../ui/when.tsx";
import { useWorkspaces } from "./use-workspaces.ts";
import { CreateWorkspace } from "./workspace-dialogs.tsx";
import { WorkspaceInspector } from "./workspace-inspector.tsx";

/** The ledgers that this server keeps apart. */
export function Workspaces() {
  const { q = "", workspace: chosenId } = useSearch({ from: "/settings" });
  const navigate = useNavigate({ from: "/settings" });
  const [isCreating, setCreating] = useState(false);
  const query = useWorkspaces();
  const choose = useCallback(
    (workspace: string | undefined) =>
      void navigate({ search: (before) => withoutEmpty({ ...before, workspace }), replace: true }),
    [navigate],
  );
  const close = useCallback(() => choose(undefined), [choose]);
  const chosen = query.data?.find(({ id }) => id === chosenId);
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2" role="search">
        <FilterInput
          isMain
          label="Name of the workspace"
          value={q}
          onChange={(text) =>
            void navigate({ search: (before) => withoutEmpty({ ...before, q: text }), replace: true })
          }
        />
        {query.data === undefined ? null : <span className="text-muted">{toCount(query.data.length)}</span>}
        <Command text={toCommand("workspace", "ls")} />
        <span className="grow" />
        <Button kind="primary" needs="createWorkspace" icon={<Plus size={14} />} onClick={() => setCreating(true)}>
          Create a workspace
        </Button>
      </div>
      <Loaded query={query} rows={6}>
        {(workspaces) => {
          const shown = workspaces.filter(({ name }) => name.includes(q.toLowerCase()));
          return (
            <WithInspector
              inspector={
                chosen === undefined ? null : <WorkspaceInspector key={chosen.id} workspace={chosen} onClose={close} />
              }
            >
              {workspaces.length === 0 ? (
                <Empty title="There are no workspaces">
                  <p>
                    A workspace keeps a team, a customer or a stage apart: it has runs, deployments, pools, blocks and
                    all else of its own, and nobody in it sees anything of another.
                  </p>
                </Empty>
              ) : shown.length === 0 ? (
                <Empty title="No workspace matches" />
              ) : (
                <Table
                  label="Workspaces"
                  columns={columns}
                  rows={shown}
                  keyOf={({ id }) => id}
                  selected={chosen?.id ?? null}
                  onOpen={({ id }) => choose(id)}
                />
              )}
            </WithInspector>
          );
        }}
      </Loaded>
      {isCreating ? <CreateWorkspace onClose={() => setCreating(false)} /> : null}
    </>
  );
}

const columns: readonly Column<Workspace>[] = [
  {
    id: "name",
    title: "Workspace",
    width: "minmax(110px, 1fr)",
    cell: ({ name }) => (
      <span className="truncate font-medium" title={name}>
        {name}
      </span>
    ),
  },
  {
    id: "description",
    title: "For",
    width: "minmax(110px, 2fr)",
    isExtra: true,
    cell: ({ description }) => (
      <span className="truncate text-muted" title={description}>
        {description}
      </span>
    ),
  },
  { id: "state", title: "State", width: "minmax(90px, 1fr)", cell: (workspace) => <State workspace={workspace} /> },
  {
    id: "created",
    title: "Created",
    width: "84px",
    isExtra: true,
    cell: ({ createdAt }) => <Ago at={createdAt} className="text-muted" />,
  },
];

function State({ workspace: { purgeAt } }: { readonly workspace: Workspace }) {
  if (purgeAt === null) return <span className="text-muted">open</span>;
  return (
    <span className="inline-flex items-center gap-1.5 font-medium text-state-attention">
      <Glyph name="slash" family="attention" /> Deleted
    </span>
  );
}
