import { Link } from "@tanstack/react-router";
import type { StoredEvent, Webhook } from "millrace/client";
import { useState } from "react";
import { api, baseUrl } from "../../api/api.ts";
import { ofKind, useLive } from "../../api/queries.ts";
import { toCommand } from "../../format/shell.ts";
import { toDuration } from "../../format/time.ts";
import { Button } from "../../ui/button.tsx";
import { Command, CopyButton, ShortId } from "../../ui/copy.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Inspector } from "../../ui/inspector.tsx";
import { Code, Facts, Panel } from "../../ui/panel.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { Ago } from "../../ui/when.tsx";
import { TryWebhook } from "./try-webhook.tsx";
import { WebhookForm } from "./webhook-form.tsx";
import { eventOf, eventsOf, hookPath } from "./webhook-words.ts";

type Open = "edit" | "test" | "delete" | null;

export function WebhookInspector({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const [open, setOpen] = useState<Open>(null);
  const query = useLive({
    key: ["webhook", id],
    read: () => api.readObject("webhook", id),
    concerns: ofKind("webhook"),
    resource: `millrace.webhook.${id}`,
  });
  return (
    <Inspector title={query.data?.name ?? "Webhook"} onClose={onClose}>
      <Loaded query={query}>
        {(webhook) =>
          webhook === null ? (
            <Empty title="There is no such webhook">It was deleted.</Empty>
          ) : (
            <>
              <WebhookFacts webhook={webhook} />
              <div className="flex flex-wrap gap-2">
                <Button onClick={() => setOpen("test")} whyNot={whyNoTest(webhook)}>
                  Send a test
                </Button>
                <Button needs={["updateObject", "webhook"]} onClick={() => setOpen("edit")}>
                  Edit the webhook
                </Button>
                <Button kind="danger" needs={["deleteObject", "webhook"]} onClick={() => setOpen("delete")}>
                  Delete the webhook
                </Button>
              </div>
              {(webhook.signature ?? null) === null ? null : (
                <Command text={toCommand("webhook", "test", webhook.slug)} />
              )}
              <LatestEvents webhook={webhook} />
              <Dialogs webhook={webhook} open={open} onClose={() => setOpen(null)} onDeleted={onClose} />
            </>
          )
        }
      </Loaded>
    </Inspector>
  );
}

/** A page has no secret to sign with. */
function whyNoTest({ enabled, signature = null }: Webhook): string | null {
  if (!enabled) return "It takes no requests";
  return signature === null ? null : "Requests are signed with a secret that no page can read: use the command below";
}

function WebhookFacts({ webhook }: { readonly webhook: Webhook }) {
  const { id, slug, enabled, description = "", template, signature = null, createdAt } = webhook;
  const address = new URL(hookPath(slug), baseUrl).href;
  return (
    <Facts
      items={[
        ["Id", <ShortId key="id" id={id} />],
        ...(description === "" ? [] : [["For", description] as const]),
        [
          "Address",
          <span key="address" className="inline-flex max-w-full items-center font-mono text-small">
            <span className="[overflow-wrap:anywhere]">{address}</span>
            <CopyButton text={address} label="Copy the address" />
          </span>,
        ],
        ["Takes requests", enabled ? "Yes" : "No: who sends one is told that there is none"],
        [
          "Event",
          <span key="event" className="font-mono text-small [overflow-wrap:anywhere]">
            {eventOf(webhook)}
          </span>,
        ],
        ...(template?.resource === undefined
          ? []
          : [
              [
                "Happened to",
                <Json key="resource" value={template.resource} label="Labels of the resource" />,
              ] as const,
            ]),
        ...(template?.payload === undefined
          ? []
          : [["Payload", <Json key="payload" value={template.payload} label="Payload" />] as const]),
        ["Signed", signature === null ? "No: whoever knows the address may send" : signature.scheme],
        ...(signature === null
          ? []
          : [
              [
                "With the secret",
                <Link key="secret" to="/secrets" search={{ q: signature.secretName }} className="link">
                  {signature.secretName}
                </Link>,
              ] as const,
            ]),
        ...(signature?.header === undefined ? [] : [["In the header", signature.header] as const]),
        ...(signature?.toleranceMs === undefined ? [] : [["Within", toDuration(signature.toleranceMs)] as const]),
        ["Created", <Ago key="created" at={createdAt} />],
      ]}
    />
  );
}

function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  return <Code text={JSON.stringify(value, null, 2)} label={label} />;
}

const maxShown = 10;

/** What requests have become: the newest first. */
function LatestEvents({ webhook }: { readonly webhook: Webhook }) {
  const filter = eventsOf(webhook);
  const isByName = filter !== null && "namePrefixes" in filter;
  const isOf = ({ name, resource }: StoredEvent): boolean =>
    filter === null
      ? false
      : "namePrefixes" in filter
        ? filter.namePrefixes.some((start) => name.startsWith(start))
        : filter.resourceIdPrefixes.includes(resource.id ?? "");
  const query = useLive({
    key: ["webhook", webhook.id, "events", filter],
    read: async () =>
      filter === null
        ? []
        : // What was done to the webhook itself is about it, too.
          (
            await api.listEvents(
              { ...filter, exceptNamePrefixes: ["millrace."], order: "newest-first" },
              { limit: maxShown },
            )
          ).items,
    concerns: isOf,
  });
  const sent = query.data ?? [];
  return (
    <Panel
      title="Latest events"
      aside={isByName ? <span className="text-small text-muted">of this name, whoever sent them</span> : null}
    >
      <Loaded query={query} rows={2}>
        {() =>
          sent.length === 0 ? (
            <p className="p-3 text-muted">
              {filter === null ? "They have no name in common: look among all events." : "Nothing was sent lately."}
            </p>
          ) : (
            <ul>
              {sent.map(({ seq, id, name, at, resource }) => (
                <li key={seq} className="flex min-h-8 items-center gap-3 border-b border-line px-3 py-1 last:border-0">
                  <Link
                    to="/events"
                    search={{ event: id, since: "all" }}
                    className="min-w-0 truncate font-mono text-small leading-6 hover:underline"
                    title={name}
                  >
                    {name}
                  </Link>
                  <span className="min-w-0 grow truncate text-muted" title={resource.id}>
                    {resource.name ?? resource.id}
                  </span>
                  <Ago at={at} className="shrink-0 text-muted" />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Dialogs(props: {
  readonly webhook: Webhook;
  readonly open: Open;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}) {
  const { webhook, open, onClose, onDeleted } = props;
  switch (open) {
    case "edit":
      return <WebhookForm webhook={webhook} onClose={onClose} />;
    case "test":
      return <TryWebhook webhook={webhook} onClose={onClose} />;
    case "delete":
      return (
        <FormDialog
          title="Delete the webhook?"
          description={`Whoever sends to ${webhook.slug} is told that there is none from now on. This cannot be undone.`}
          verb="Delete the webhook"
          isDangerous
          command={toCommand("webhook", "delete", webhook.slug)}
          onClose={onClose}
          onSubmit={async () => {
            await api.deleteObject("webhook", webhook.id);
            onDeleted();
          }}
        />
      );
    case null:
      return null;
  }
}
