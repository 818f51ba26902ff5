import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import type { Automation, AutomationFiring } from "millrace/client";
import { useCallback } from "react";
import { api } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { toCount } from "../../format/number.ts";
import { toCommand } from "../../format/shell.ts";
import { Command } from "../../ui/copy.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import { Switch } from "../../ui/switch.tsx";
import type { Column } from "../../ui/table.tsx";
import { useAction } from "../../ui/use-action.ts";
import { Ago } from "../../ui/when.tsx";
import { actionsWords, triggerWords } from "./automation-words.ts";
import { templates } from "./draft.ts";
import { FiringBadge } from "./firings.tsx";

const pageSize = 50;
/** Of all automations of a page together. */
const maxFirings = 300;

interface Row {
  readonly automation: Automation;
  /** The newest, as far as it is among the newest of all. */
  readonly last: AutomationFiring | null;
  readonly recent: number;
}

async function withFirings(automations: readonly Automation[]): Promise<readonly Row[]> {
  if (automations.length === 0) return [];
  const query = {
    where: { field: "automationId", in: automations.map(({ id }) => id) },
    sort: { field: "createdAt", direction: "desc" },
  } as const;
  const { items } = await api.listObjects("automation-firing", query, { limit: maxFirings });
  return automations.map((automation) => {
    const own = items.filter(({ automationId }) => automationId === automation.id);
    return { automation, last: own[0] ?? null, recent: own.length };
  });
}

export function AutomationsPage() {
  const { q } = useSearch({ from: "/automations" });
  const navigate = useNavigate({ from: "/automations" });
  const where = q === undefined ? { all: [] } : ({ field: "name", contains: q } as const);
  const count = useLive({
    key: ["automations", "count", q],
    read: () => api.count("automation", where),
    concerns: ofKind("automation"),
  });
  const list = useLivePages({
    key: ["automations", "list", q],
    read: async (cursor) => {
      const sort = { field: "name", direction: "asc" } as const;
      const { items, next } = await api.listObjects("automation", { where, sort }, { limit: pageSize, cursor });
      return { items: await withFirings(items), next };
    },
    concerns: ofKind("automation"),
  });
  return (
    <>
      <PageHead
        title="Automations"
        facts={count.data === undefined ? null : <span>{toCount(count.data)}</span>}
        actions={
          <Link
            to="/automations/new"
            search={{}}
            className="inline-flex h-7 items-center gap-1.5 rounded-control bg-accent px-2.5 font-medium text-on-accent hover:opacity-90"
          >
            <Plus size={14} aria-hidden />
            Create an automation
          </Link>
        }
      />
      <div className="border-b border-line px-4 pb-2" role="search">
        <FilterInput
          isMain
          label="Name of the automation"
          value={q}
          onChange={(text) => void navigate({ search: text === "" ? {} : { q: text }, replace: true })}
        />
      </div>
      <LiveTable
        list={list}
        empty={<NoAutomations isFiltered={q !== undefined} />}
        label="Automations"
        columns={columns}
        keyOf={({ automation }) => automation.id}
        {...(count.data === undefined ? {} : { total: count.data })}
        onOpen={({ automation }) =>
          void navigate({ to: "/automations/automation/$id", params: { id: automation.id }, search: {} })
        }
      />
    </>
  );
}

function NoAutomations({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No automation matches">
        <Link to="/automations" search={{}} className="link">
          Show all automations
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No automations yet">
      <p className="mb-2">What is done when something happens, or does not. To begin with:</p>
      <ul className="mb-3 flex flex-col gap-1">
        {Object.entries(templates).map(([template, { title }]) => (
          <li key={template}>
            <Link to="/automations/new" search={{ template }} className="link">
              {title}
            </Link>
          </li>
        ))}
      </ul>
      <Command text="millrace automation create --from-file alerts.yaml" />
    </Empty>
  );
}

export function EnabledSwitch({ automation }: { readonly automation: Automation }) {
  const { id, name, enabled } = automation;
  const action = useAction(useCallback((isOn: boolean) => api.updateObject("automation", id, { enabled: isOn }), [id]));
  return (
    <Switch
      label={`Enable the automation ${name}`}
      isOn={enabled}
      needs={["updateObject", "automation"]}
      isDisabled={action.isBusy}
      command={toCommand("automation", enabled ? "pause" : "resume", name)}
      onChange={(isOn) => void action.run(isOn)}
    />
  );
}

const columns: readonly Column<Row>[] = [
  {
    id: "enabled",
    title: "Enabled",
    width: "68px",
    cell: ({ automation }) => <EnabledSwitch automation={automation} />,
  },
  {
    id: "name",
    title: "Automation",
    width: "minmax(120px, 1.5fr)",
    cell: ({ automation }) => (
      <Link
        to="/automations/automation/$id"
        params={{ id: automation.id }}
        search={{}}
        className="truncate font-medium hover:underline"
        title={automation.description ?? automation.name}
      >
        {automation.name}
      </Link>
    ),
  },
  {
    id: "trigger",
    title: "When",
    width: "minmax(120px, 2fr)",
    isExtra: true,
    cell: ({ automation }) => {
      const words = triggerWords(automation.trigger);
      return (
        <span className="truncate" title={words}>
          {words}
        </span>
      );
    },
  },
  {
    id: "actions",
    title: "Then",
    width: "minmax(100px, 1.5fr)",
    isExtra: true,
    cell: ({ automation }) => {
      const { actions = [], actionsOnTrigger = [], actionsOnResolve = [] } = automation;
      const words = actionsWords([...actions, ...actionsOnTrigger, ...actionsOnResolve]);
      return (
        <span className="truncate text-muted" title={words}>
          {words}
        </span>
      );
    },
  },
  {
    id: "outcome",
    title: "Last outcome",
    width: "minmax(84px, 110px)",
    cell: ({ last }) => (last === null ? <span className="text-faint">–</span> : <FiringBadge status={last.status} />),
  },
  {
    id: "last",
    title: "Last set off",
    width: "92px",
    cell: ({ last }) => <Ago at={last?.createdAt ?? null} className="text-muted" />,
  },
];
