import { useNavigate, useSearch } from "@tanstack/react-router";
import type { AuditEntry, AuditFilter } from "millrace/client";
import { useCallback } from "react";
import { api } from "../../../api/api.ts";
import { useLivePages } from "../../../api/live-pages.ts";
import { withoutEmpty } from "../../../app/search-words.ts";
import { readNow } from "../../../format/now.ts";
import { toCommand } from "../../../format/shell.ts";
import { Command } from "../../../ui/copy.tsx";
import { FilterInput } from "../../../ui/filter-input.tsx";
import { WithInspector } from "../../../ui/inspector.tsx";
import { LiveTable } from "../../../ui/live-table.tsx";
import { Select } from "../../../ui/field.tsx";
import { Empty } from "../../../ui/states-of-loading.tsx";
import { auditRanges, outcomes, type SettingsSearch } from "../settings-search.ts";
import { auditColumns } from "./audit-columns.tsx";
import { AuditInspector } from "./audit-inspector.tsx";
import { useAccounts } from "./use-accounts.ts";

const pageSize = 100;
/** What is done is no event, so it is asked for. In ms. */
const everyMs = 3000;

type Change = { readonly [Name in keyof SettingsSearch]?: SettingsSearch[Name] | undefined };

/** Who did what, and who was kept out. */
export function AuditLog() {
  const search = useSearch({ from: "/settings" });
  const navigate = useNavigate({ from: "/settings" });
  const set = useCallback(
    (change: Change) =>
      void navigate({ search: (before) => withoutEmpty<SettingsSearch>({ ...before, ...change }), replace: true }),
    [navigate],
  );
  const accounts = useAccounts().data ?? [];
  const { account, q, action, outcome, since, entry } = search;
  const list = useLivePages({
    key: ["audit-entries", account, q, action, outcome, since],
    read: (cursor) => api.listAuditEntries(toFilter(search), { limit: pageSize, cursor }),
    concerns: () => false,
    everyMs,
  });
  const chosen = list.rows?.find(({ seq }) => String(seq) === entry);
  const close = useCallback(() => set({ entry: undefined }), [set]);
  const accountName = accounts.find(({ id }) => id === account)?.name ?? account;
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2" role="search">
        <FilterInput
          isMain
          label="Path, action or name"
          value={q}
          onChange={(text) => set({ q: text })}
          className="w-44"
        />
        <Select
          aria-label="Account"
          value={account ?? ""}
          onChange={({ target }) => set({ account: target.value })}
          options={[
            ["", "Any account"],
            ...(account === undefined || accounts.some(({ id }) => id === account)
              ? []
              : [[account, `One that is gone: ${account.slice(0, 13)}`] as const]),
            ...accounts.map(({ id, name }) => [id, name] as const),
          ]}
          className="max-w-48"
        />
        <Select
          aria-label="Outcome"
          value={outcome ?? ""}
          onChange={({ target }) => set({ outcome: outcomes.find((each) => each === target.value) })}
          options={[
            ["", "Any outcome"],
            ["done", "Done"],
            ["failed", "Failed"],
            ["denied", "Denied"],
          ]}
        />
        <FilterInput
          label="Name of the action"
          placeholder="Action, as deleteFlowRun"
          value={action}
          onChange={(text) => set({ action: text.trim() })}
          className="w-48"
        />
        <Select
          aria-label="How far back"
          value={since ?? ""}
          onChange={({ target }) => set({ since: auditRanges.find(({ id }) => id === target.value)?.id })}
          options={[["", "Any time"], ...auditRanges.map(({ id, label }) => [id, label] as const)]}
        />
        <Command text={commandOf(search, accountName)} />
      </div>
      <WithInspector
        inspector={chosen === undefined ? null : <AuditInspector key={chosen.seq} entry={chosen} onClose={close} />}
      >
        <LiveTable
          list={list}
          empty={
            <Empty title="No entry matches">What was changed and what was denied is kept here; reading is not.</Empty>
          }
          label="Audit log"
          columns={auditColumns}
          keyOf={({ seq }: AuditEntry) => String(seq)}
          selected={chosen === undefined ? null : String(chosen.seq)}
          onOpen={({ seq }) => set({ entry: String(seq) })}
        />
      </WithInspector>
    </>
  );
}

function toFilter({ account, q, action, outcome, since }: SettingsSearch): AuditFilter {
  const range = auditRanges.find(({ id }) => id === since);
  return {
    ...(account === undefined ? {} : { accountId: account }),
    ...(outcome === undefined ? {} : { outcomes: [outcome] }),
    ...(action === undefined ? {} : { action }),
    ...(q === undefined ? {} : { text: q }),
    ...(range === undefined ? {} : { since: readNow() - range.ms }),
  };
}

function commandOf({ q, action, outcome, since }: SettingsSearch, accountName: string | undefined): string {
  return toCommand(
    "audit",
    "ls",
    ...(accountName === undefined ? [] : ["--account", accountName]),
    ...(outcome === undefined ? [] : ["--outcome", outcome]),
    ...(action === undefined ? [] : ["--action", action]),
    ...(q === undefined ? [] : ["--search", q]),
    ...(since === undefined ? [] : ["--since", since]),
  );
}
