import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import type { Condition, Webhook } from "millrace/client";
import { useCallback, useState } from "react";
import { api, baseUrl } from "../../api/api.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { withoutEmpty } from "../../app/search-words.ts";
import { toCount } from "../../format/number.ts";
import { toCommand } from "../../format/shell.ts";
import { Glyph } from "../../states/state-badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Command, CopyButton } from "../../ui/copy.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { WithInspector } from "../../ui/inspector.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import { Switch } from "../../ui/switch.tsx";
import type { Column } from "../../ui/table.tsx";
import { useAction } from "../../ui/use-action.ts";
import { Ago } from "../../ui/when.tsx";
import { WebhookForm } from "./webhook-form.tsx";
import { WebhookInspector } from "./webhook-inspector.tsx";
import { eventOf, hookPath } from "./webhook-words.ts";
import type { WebhooksSearch } from "./webhooks-search.ts";

const pageSize = 100;

/** Addresses to which others send requests that become events. */
export function WebhooksPage() {
  const { q, webhook: chosen } = useSearch({ from: "/webhooks" });
  const navigate = useNavigate({ from: "/webhooks" });
  const [isCreating, setCreating] = useState(false);
  const set = useCallback(
    (change: { readonly [Name in keyof WebhooksSearch]?: WebhooksSearch[Name] | undefined }): void => {
      void navigate({ search: (before) => withoutEmpty({ ...before, ...change }), replace: true });
    },
    [navigate],
  );
  const where: Condition = { all: q === undefined ? [] : [{ field: "name", contains: q }] };
  const concerns = ofKind("webhook");
  const list = useLivePages({
    key: ["webhooks", "list", q],
    read: (cursor) =>
      api.listObjects("webhook", { where, sort: { field: "name", direction: "asc" } }, { limit: pageSize, cursor }),
    concerns,
  });
  const count = useLive({ key: ["webhooks", "count", q], read: () => api.count("webhook", where), concerns });
  const close = useCallback(() => set({ webhook: undefined }), [set]);
  return (
    <>
      <PageHead
        title="Webhooks"
        facts={
          <>
            {count.data === undefined ? null : <span>{toCount(count.data)}</span>}
            <span className="max-sm:hidden">Requests of others that become events</span>
          </>
        }
        actions={
          <Button
            kind="primary"
            needs={["createObject", "webhook"]}
            icon={<Plus size={14} />}
            onClick={() => setCreating(true)}
          >
            Create a webhook
          </Button>
        }
      />
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2" role="search">
        <FilterInput isMain label="Name of the webhook" value={q} onChange={(text) => set({ q: text })} />
      </div>
      <WithInspector
        inspector={chosen === undefined ? null : <WebhookInspector key={chosen} id={chosen} onClose={close} />}
      >
        <LiveTable
          list={list}
          empty={<NoWebhooks isFiltered={q !== undefined} />}
          label="Webhooks"
          columns={columns}
          keyOf={({ id }) => id}
          selected={chosen ?? null}
          onOpen={({ id }) => set({ webhook: id })}
        />
      </WithInspector>
      {isCreating ? <WebhookForm webhook={null} onClose={() => setCreating(false)} /> : null}
    </>
  );
}

function NoWebhooks({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No webhook matches">
        <Link to="/webhooks" search={{}} className="link">
          Show all webhooks
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title="No webhooks yet">
      <p className="mb-2">
        A webhook is an address: what another service sends there becomes an event, and automations are set off by it.
      </p>
      <Command text={'millrace webhook create orders --event "order.{{ body.status }}"'} />
    </Empty>
  );
}

const columns: readonly Column<Webhook>[] = [
  { id: "enabled", title: "Enabled", width: "68px", cell: (webhook) => <Enabled webhook={webhook} /> },
  {
    id: "name",
    title: "Webhook",
    width: "minmax(120px, 1.5fr)",
    cell: ({ name, description }) => (
      <span className="truncate font-medium" title={description === "" ? name : (description ?? name)}>
        {name}
      </span>
    ),
  },
  {
    id: "address",
    title: "Address",
    width: "minmax(120px, 2fr)",
    isExtra: true,
    cell: ({ name, slug }) => (
      <span className="flex min-w-0 items-center font-mono text-small text-muted">
        <span className="truncate" title={new URL(hookPath(slug), baseUrl).href}>
          /{hookPath(slug)}
        </span>
        <CopyButton text={new URL(hookPath(slug), baseUrl).href} label={`Copy the address of ${name}`} />
      </span>
    ),
  },
  {
    id: "event",
    title: "Event",
    width: "minmax(96px, 1.5fr)",
    cell: (webhook) => (
      <span className="truncate font-mono text-small" title={eventOf(webhook)}>
        {eventOf(webhook)}
      </span>
    ),
  },
  {
    id: "signed",
    title: "Signed",
    width: "112px",
    isExtra: true,
    cell: ({ signature = null }) =>
      signature === null ? (
        <span
          className="flex items-center gap-1.5 text-state-attention"
          title="Whoever knows the address may send to it"
        >
          <Glyph name="alarm" family="attention" />
          By nobody
        </span>
      ) : (
        <span className="truncate text-muted" title={`With the secret ${signature.secretName}`}>
          {signature.scheme}
        </span>
      ),
  },
  {
    id: "changed",
    title: "Changed",
    width: "84px",
    isExtra: true,
    cell: ({ updatedAt }) => <Ago at={updatedAt} className="text-muted" />,
  },
];

function Enabled({ webhook }: { readonly webhook: Webhook }) {
  const { id, name, slug, enabled } = webhook;
  const action = useAction(useCallback((isOn: boolean) => api.updateObject("webhook", id, { enabled: isOn }), [id]));
  return (
    <Switch
      label={`Let ${name} take requests`}
      isOn={enabled}
      needs={["updateObject", "webhook"]}
      isDisabled={action.isBusy}
      command={toCommand("webhook", enabled ? "disable" : "enable", slug)}
      onChange={(isOn) => void action.run(isOn)}
    />
  );
}
