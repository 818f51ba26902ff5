import { Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { toCount } from "../../format/number.ts";
import { toCommand } from "../../format/shell.ts";
import { IconButton } from "../../ui/button.tsx";
import { Command, CopyButton } from "../../ui/copy.tsx";
import { TextInput } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";

interface SecretRow {
  readonly name: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Names and times: a value never comes here, neither to be shown nor to be set. Its key stays with the ledger. */
export function SecretsPage() {
  const [text, setText] = useState("");
  const [leaving, setLeaving] = useState<string | null>(null);
  const query = useLive({ key: ["secrets"], read: () => api.listSecrets(), concerns: ofKind("secret") });
  return (
    <>
      <PageHead title="Secrets" facts={query.data === undefined ? null : <span>{toCount(query.data.length)}</span>} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 pb-2" role="search">
        <TextInput
          aria-label="Name of the secret"
          placeholder="Name of the secret"
          value={text}
          onChange={({ target }) => setText(target.value)}
          className="w-52"
        />
        <span className="flex min-w-0 flex-wrap items-center gap-2 text-muted">
          To set one, where the ledger&apos;s key is:
          <Command text="millrace secret set NAME" />
        </span>
      </div>
      <Loaded query={query} rows={6}>
        {(secrets) => {
          const shown = secrets.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
          if (secrets.length === 0) return <NoSecrets />;
          if (shown.length === 0) return <Empty title="No secret matches" />;
          return (
            <Table
              label="Secrets"
              columns={[...columns, removeColumn(setLeaving)]}
              rows={shown}
              keyOf={({ name }) => name}
            />
          );
        }}
      </Loaded>
      {leaving === null ? null : (
        <FormDialog
          title="Delete the secret?"
          description={`Whatever reads ${leaving} finds none from now on. Its value cannot be brought back.`}
          verb="Delete the secret"
          isDangerous
          command={toCommand("secret", "delete", leaving)}
          onClose={() => setLeaving(null)}
          onSubmit={() => api.deleteSecret(leaving)}
        />
      )}
    </>
  );
}

function NoSecrets() {
  return (
    <Empty title="No secrets yet">
      <p className="mb-2">
        A secret is sealed with the key of the ledger&apos;s home before it is kept, so it is set where that key is. Its
        value is asked for, and shown to nobody.
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

function removeColumn(onRemove: (name: string) => void): Column<SecretRow> {
  return {
    id: "remove",
    title: "Delete",
    width: "32px",
    head: <span className="sr-only">Delete</span>,
    cell: ({ name }) => (
      <IconButton label={`Delete the secret ${name}`} onClick={() => onRemove(name)}>
        <Trash2 size={14} />
      </IconButton>
    ),
  };
}
