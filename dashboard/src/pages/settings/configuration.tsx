import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ServerSetting, ShownSetting } from "millrace/client";
import { api } from "../../api/api.ts";
import { withoutEmpty } from "../../app/search-words.ts";
import { toCommand } from "../../format/shell.ts";
import { Command, CopyButton } from "../../ui/copy.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import type { SettingsSearch } from "./settings-search.ts";

/** What the server was started with, and where each value is from. It is read only: the sources are the server's. */
export function Configuration() {
  const { q = "", set: isOnlySet = false } = useSearch({ from: "/settings" });
  const navigate = useNavigate({ from: "/settings" });
  const show = (change: { readonly q?: string; readonly set?: true | undefined }): void => {
    void navigate({ search: (before) => withoutEmpty<SettingsSearch>({ ...before, ...change }), replace: true });
  };
  const query = useQuery({ queryKey: ["server-settings"], queryFn: () => api.readServerSettings() });
  return (
    <Loaded query={query} rows={10}>
      {({ settings, profile, file, sources }) => {
        const wanted = q.toLowerCase();
        const shown = settings.filter(
          ({ name, variable, description, from }) =>
            `${name} ${variable} ${description}`.toLowerCase().includes(wanted) && (!isOnlySet || from !== "default"),
        );
        return (
          <>
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2" role="search">
              <FilterInput isMain label="Name of the setting" value={q} onChange={(text) => show({ q: text })} />
              <label className="flex items-center gap-1.5 text-muted">
                <input
                  type="checkbox"
                  checked={isOnlySet}
                  onChange={({ target }) => show({ set: target.checked ? true : undefined })}
                />
                Only what is set
              </label>
              <span className="min-w-0 truncate text-muted" title={sources.join(", ")}>
                Profile {profile}
                {file === null ? "" : `, file ${file}`}
              </span>
              <Command text={toCommand("config", "view")} />
            </div>
            {shown.length === 0 ? (
              <Empty title="No setting matches" />
            ) : (
              <Table label="Settings" columns={columns} rows={shown} keyOf={({ name }) => name} />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function toText(value: ShownSetting): string {
  if (value === null) return "not set";
  return Array.isArray(value) ? value.join(", ") : String(value);
}

const columns: readonly Column<ServerSetting>[] = [
  {
    id: "name",
    title: "Setting",
    width: "minmax(130px, 1fr)",
    cell: ({ name, description }) => (
      <span className="truncate font-mono text-small font-medium" title={description}>
        {name}
      </span>
    ),
  },
  {
    id: "value",
    title: "Value",
    width: "minmax(110px, 1.5fr)",
    cell: ({ value, from }) => (
      <span className={`truncate font-mono text-small ${from === "default" ? "text-muted" : ""}`} title={toText(value)}>
        {toText(value)}
      </span>
    ),
  },
  {
    id: "from",
    title: "From",
    width: "minmax(90px, 1fr)",
    cell: ({ from, overruled }) => {
      const others = overruled.map((each) => `${each.from}: ${toText(each.value)}`).join("; ");
      return (
        <span
          className={`truncate ${from === "default" ? "text-muted" : "font-medium"}`}
          title={others === "" ? from : `${from}, in place of ${others}`}
        >
          {from}
          {overruled.length === 0 ? "" : ` (over ${overruled.length})`}
        </span>
      );
    },
  },
  {
    id: "description",
    title: "What it is",
    width: "minmax(140px, 2.5fr)",
    isExtra: true,
    cell: ({ description }) => (
      <span className="truncate text-muted" title={description}>
        {description}
      </span>
    ),
  },
  {
    id: "variable",
    title: "Set by",
    width: "minmax(110px, 1fr)",
    isExtra: true,
    cell: ({ variable }) => (
      <span className="flex min-w-0 items-center">
        <span className="truncate font-mono text-small text-muted" title={variable}>
          {variable}
        </span>
        <CopyButton text={variable} label={`Copy the name ${variable}`} />
      </span>
    ),
  },
];
