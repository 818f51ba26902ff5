import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Account } from "millrace/client";
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
import { AccountInspector } from "./account-inspector.tsx";
import { CreateAccount } from "./create-account.tsx";
import { useAccounts } from "./use-accounts.ts";

/** Who may come in, and what they may do then. */
export function Accounts() {
  const { q = "", account: chosenId } = useSearch({ from: "/settings" });
  const navigate = useNavigate({ from: "/settings" });
  const [isCreating, setCreating] = useState(false);
  const query = useAccounts();
  const choose = useCallback(
    (account: string | undefined) =>
      void navigate({ search: (before) => withoutEmpty({ ...before, account }), replace: true }),
    [navigate],
  );
  const close = useCallback(() => choose(undefined), [choose]);
  const chosen = query.data?.find(({ id }) => id === chosenId);
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2" role="search">
        <FilterInput
          isMain
          label="Name of the account"
          value={q}
          onChange={(text) =>
            void navigate({ search: (before) => withoutEmpty({ ...before, q: text }), replace: true })
          }
        />
        {query.data === undefined ? null : <span className="text-muted">{toCount(query.data.length)}</span>}
        <Command text={toCommand("account", "ls")} />
        <span className="grow" />
        <Button kind="primary" needs="createAccount" icon={<Plus size={14} />} onClick={() => setCreating(true)}>
          Create an account
        </Button>
      </div>
      <Loaded query={query} rows={6}>
        {(accounts) => {
          const shown = accounts.filter(({ name }) => name.toLowerCase().includes(q.toLowerCase()));
          return (
            <WithInspector
              inspector={
                chosen === undefined ? null : <AccountInspector key={chosen.id} account={chosen} onClose={close} />
              }
            >
              {shown.length === 0 ? (
                <Empty title="No account matches" />
              ) : (
                <Table
                  label="Accounts"
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
      {isCreating ? <CreateAccount onClose={() => setCreating(false)} /> : null}
    </>
  );
}

const columns: readonly Column<Account>[] = [
  {
    id: "name",
    title: "Account",
    width: "minmax(110px, 2fr)",
    cell: ({ name }) => (
      <span className="truncate font-medium" title={name}>
        {name}
      </span>
    ),
  },
  { id: "kind", title: "Kind", width: "72px", isExtra: true, cell: ({ kind }) => kind },
  { id: "role", title: "Role", width: "84px", cell: ({ role }) => role },
  { id: "state", title: "May come in", width: "minmax(110px, 1fr)", cell: (account) => <WayIn account={account} /> },
  {
    id: "updated",
    title: "Changed",
    width: "84px",
    isExtra: true,
    cell: ({ updatedAt }) => <Ago at={updatedAt} className="text-muted" />,
  },
  {
    id: "created",
    title: "Created",
    width: "84px",
    isExtra: true,
    cell: ({ createdAt }) => <Ago at={createdAt} className="text-muted" />,
  },
];

function WayIn({ account: { isDisabled, hasPassword } }: { readonly account: Account }) {
  if (isDisabled) {
    return (
      <span className="inline-flex items-center gap-1.5 font-medium text-state-attention">
        <Glyph name="slash" family="attention" /> Disabled
      </span>
    );
  }
  return <span className="truncate text-muted">{hasPassword ? "by password or key" : "by key"}</span>;
}
