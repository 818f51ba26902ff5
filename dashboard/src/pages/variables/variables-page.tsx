import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Pencil, Plus, Trash2 } from "lucide-react";
import type { Variable } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { toCount } from "../../format/number.ts";
import { toCommand } from "../../format/shell.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Command, CopyButton } from "../../ui/copy.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import type { Column } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";
import { UsedBy } from "../uses/used-by.tsx";
import { InlineValue } from "./inline-value.tsx";
import { VariableForm } from "./variable-form.tsx";

const pageSize = 100;

type Open = { readonly does: "create" } | { readonly does: "edit" | "delete"; readonly variable: Variable };

export function VariablesPage() {
  const { q, tag, variable } = useSearch({ from: "/variables" });
  const navigate = useNavigate({ from: "/variables" });
  const [open, setOpen] = useState<Open | null>(null);
  const where = {
    all: [
      ...(q === undefined ? [] : [{ field: "name", contains: q }]),
      ...(tag === undefined ? [] : [{ field: "tags", hasAll: [tag] }]),
      ...(variable === undefined ? [] : [{ field: "name", in: [variable] }]),
    ],
  };
  const count = useLive({
    key: ["variables", "count", q, tag, variable],
    read: () => api.count("variable", where),
    concerns: ofKind("variable"),
  });
  const list = useLivePages({
    key: ["variables", "list", q, tag, variable],
    read: (cursor) =>
      api.listObjects("variable", { where, sort: { field: "name", direction: "asc" } }, { limit: pageSize, cursor }),
    concerns: ofKind("variable"),
  });
  const isFiltered = q !== undefined || tag !== undefined || variable !== undefined;
  const chosen = variable === undefined ? undefined : list.rows?.find(({ name }) => name === variable);
  return (
    <>
      <PageHead
        title="Variables"
        facts={count.data === undefined ? null : <span>{toCount(count.data)}</span>}
        actions={
          <Button
            kind="primary"
            needs="writeVariable"
            icon={<Plus size={14} />}
            onClick={() => setOpen({ does: "create" })}
          >
            Create a variable
          </Button>
        }
      />
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2" role="search">
        <FilterInput
          isMain
          label="Name of the variable"
          value={q}
          onChange={(text) =>
            void navigate({
              search: { ...(tag === undefined ? {} : { tag }), ...(text === "" ? {} : { q: text }) },
              replace: true,
            })
          }
        />
        {tag === undefined ? null : (
          <button
            type="button"
            onClick={() => void navigate({ search: q === undefined ? {} : { q } })}
            title={`Show those without the tag ${tag} too`}
            className="h-7 max-w-60 truncate rounded-full bg-selected px-2.5"
          >
            tag: {tag} ×
          </button>
        )}
        {variable === undefined ? null : (
          <button
            type="button"
            onClick={() => void navigate({ search: {} })}
            title="Show all variables"
            className="h-7 max-w-60 truncate rounded-full bg-selected px-2.5"
          >
            variable: {variable} ×
          </button>
        )}
      </div>
      <LiveTable
        list={list}
        empty={<NoVariables isFiltered={isFiltered} />}
        label="Variables"
        columns={[...columns, actionsColumn(setOpen)]}
        keyOf={({ id }) => id}
        selected={chosen?.id ?? null}
        {...(count.data === undefined ? {} : { total: count.data })}
      />
      {open?.does === "create" ? <VariableForm variable={null} onClose={() => setOpen(null)} /> : null}
      {open?.does === "edit" ? <VariableForm variable={open.variable} onClose={() => setOpen(null)} /> : null}
      {open?.does === "delete" ? (
        <FormDialog
          title="Delete the variable?"
          description={`Flows that read ${open.variable.name} find none from now on.`}
          verb="Delete the variable"
          isDangerous
          command={toCommand("variable", "delete", open.variable.name)}
          onClose={() => setOpen(null)}
          onSubmit={() => api.deleteVariable(open.variable.name)}
        >
          <UsedBy of={{ kind: "variable", name: open.variable.name }} />
        </FormDialog>
      ) : null}
    </>
  );
}

function NoVariables({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No variable matches">
        <Link to="/variables" search={{}} className="link">
          Show all variables
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No variables yet">
      <p className="mb-2">Values that flows read by name, and that change without a deployment.</p>
      <Command text="millrace variable set batch-size 64" />
    </Empty>
  );
}

const columns: readonly Column<Variable>[] = [
  {
    id: "name",
    title: "Variable",
    width: "minmax(110px, 1fr)",
    cell: ({ name }) => (
      <span className="flex min-w-0 items-center">
        <span className="truncate font-mono text-small font-medium" title={name}>
          {name}
        </span>
        <CopyButton text={name} label={`Copy the name ${name}`} />
      </span>
    ),
  },
  {
    id: "value",
    title: "Value",
    width: "minmax(120px, 2fr)",
    cell: (variable) => <InlineValue variable={variable} />,
  },
  {
    id: "tags",
    title: "Tags",
    width: "minmax(80px, 1fr)",
    isExtra: true,
    cell: ({ tags }) => (
      <span className="within-cell flex min-w-0 gap-1">
        {tags.slice(0, 5).map((tag) => (
          <Link
            key={tag}
            to="/variables"
            search={{ tag }}
            className="max-w-32 truncate rounded-full bg-panel px-1.5 text-small text-muted hover:text-fg"
            title={tag}
          >
            {tag}
          </Link>
        ))}
        {tags.length > 5 ? <span className="text-small text-muted">+{tags.length - 5}</span> : null}
      </span>
    ),
  },
  {
    id: "updated",
    title: "Changed",
    width: "76px",
    isExtra: true,
    cell: ({ updatedAt }) => <Ago at={updatedAt} className="text-muted" />,
  },
];

function actionsColumn(setOpen: (open: Open) => void): Column<Variable> {
  return {
    id: "actions",
    title: "Actions",
    width: "64px",
    head: <span className="sr-only">Actions</span>,
    cell: (variable) => (
      <>
        <IconButton
          label={`Edit the variable ${variable.name}`}
          needs="writeVariable"
          onClick={() => setOpen({ does: "edit", variable })}
        >
          <Pencil size={14} />
        </IconButton>
        <IconButton
          label={`Delete the variable ${variable.name}`}
          needs="deleteVariable"
          onClick={() => setOpen({ does: "delete", variable })}
        >
          <Trash2 size={14} />
        </IconButton>
      </>
    ),
  };
}
