import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { KeyRound, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { toCount } from "../../format/number.ts";
import { toCommand } from "../../format/shell.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Command, CopyButton } from "../../ui/copy.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";
import { SecretForm } from "./secret-form.tsx";

interface SecretRow {
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What is open: a form for a new secret (null) or for one that is there, or the question before one is deleted. */
type Opened =
  | { readonly kind: "set"; readonly name: string | null }
  | { readonly kind: "delete"; readonly name: string };

/** Names and times: a value can be set here, and never comes back. */
export function SecretsPage() {
  const { q = "" } = useSearch({ from: "/secrets" });
  const navigate = useNavigate({ from: "/secrets" });
  const [opened, setOpened] = useState<Opened | null>(null);
  const query = useLive({ key: ["secrets"], read: () => api.listSecrets(), concerns: ofKind("secret") });
  return (
    <>
      <PageHead
        title="Secrets"
        facts={query.data === undefined ? null : <span>{toCount(query.data.length)}</span>}
        actions={
          <Button
            kind="primary"
            needs="setSecret"
            icon={<Plus size={14} />}
            onClick={() => setOpened({ kind: "set", name: null })}
          >
            Create a secret
          </Button>
        }
      />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 pb-2" role="search">
        <FilterInput
          isMain
          label="Name of the secret"
          value={q}
          onChange={(text) => void navigate({ search: text === "" ? {} : { q: text }, replace: true })}
        />
      </div>
      <Loaded query={query} rows={6}>
        {(secrets) => {
          const shown = secrets.filter(({ name }) => name.toLowerCase().includes(q.toLowerCase()));
          if (secrets.length === 0) return <NoSecrets />;
          if (shown.length === 0) {
            return (
              <Empty title="No secret matches">
                <Link to="/secrets" search={{}} className="link">
                  Show all secrets
                </Link>
              </Empty>
            );
          }
          return (
            <Table
              label="Secrets"
              columns={[...columns, actionsColumn(setOpened)]}
              rows={shown}
              keyOf={({ name }) => name}
            />
          );
        }}
      </Loaded>
      {opened?.kind === "set" ? <SecretForm name={opened.name} onClose={() => setOpened(null)} /> : null}
      {opened?.kind === "delete" ? (
        <FormDialog
          title="Delete the secret?"
          description={`Whatever reads ${opened.name} finds none from now on. Its value cannot be brought back.`}
          verb="Delete the secret"
          isDangerous
          command={toCommand("secret", "delete", opened.name)}
          onClose={() => setOpened(null)}
          onSubmit={() => api.deleteSecret(opened.name)}
        />
      ) : null}
    </>
  );
}

function NoSecrets() {
  return (
    <Empty title="No secrets yet">
      <p className="mb-2">
        A secret is sealed with the server&apos;s key before it is kept, and read by flows by its name. Its value is
        shown to nobody. Create one here, or on a command line, which asks for the value:
      </p>
      <Command text="millrace secret set service-token" />
    </Empty>
  );
}

const columns: readonly Column<SecretRow>[] = [
  {
    id: "name",
    title: "Secret",
    width: "minmax(140px, 2fr)",
    cell: ({ name }) => (
      <span className="flex min-w-0 items-center">
        <span className="truncate font-mono text-small font-medium" title={name}>
          {name}
        </span>
        <CopyButton text={toCommand("secret", "set", name)} label={`Copy the command that sets ${name}`} />
      </span>
    ),
  },
  {
    id: "value",
    title: "Value",
    width: "minmax(64px, 1fr)",
    isExtra: true,
    cell: () => (
      <span className="text-muted" title="It is shown to nobody">
        ••••••••
      </span>
    ),
  },
  { id: "set", title: "Set", width: "84px", cell: ({ updatedAt }) => <Ago at={updatedAt} className="text-muted" /> },
  {
    id: "created",
    title: "Created",
    width: "84px",
    isExtra: true,
    cell: ({ createdAt }) => <Ago at={createdAt} className="text-muted" />,
  },
];

function actionsColumn(onOpen: (opened: Opened) => void): Column<SecretRow> {
  return {
    id: "actions",
    title: "Actions",
    width: "64px",
    head: <span className="sr-only">Actions</span>,
    cell: ({ name }) => (
      <span className="flex">
        <IconButton
          label={`Set the secret ${name} anew`}
          needs="setSecret"
          onClick={() => onOpen({ kind: "set", name })}
        >
          <KeyRound size={14} />
        </IconButton>
        <IconButton
          label={`Delete the secret ${name}`}
          needs="deleteSecret"
          onClick={() => onOpen({ kind: "delete", name })}
        >
          <Trash2 size={14} />
        </IconButton>
      </span>
    ),
  };
}
