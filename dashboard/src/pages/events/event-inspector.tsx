import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Network } from "lucide-react";
import type { StoredEvent } from "millrace/client";
import { api } from "../../api/api.ts";
import { toCommand } from "../../format/shell.ts";
import { Command, CopyButton, ShortId } from "../../ui/copy.tsx";
import { Inspector } from "../../ui/inspector.tsx";
import { Code, Facts, Panel } from "../../ui/panel.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { Ago, DateTime } from "../../ui/when.tsx";
import { type Labels, SubjectLink } from "./event-subject.tsx";
import { readEvent } from "./read-event.ts";

/** Of a payload, this much is put into the page. */
const maxShown = 100_000;

export function EventInspector(props: {
  /** Its number or its id. */
  readonly reference: string;
  readonly at: number | undefined;
  /** The event, where the list has it. */
  readonly known: StoredEvent | undefined;
  readonly onClose: () => void;
}) {
  const { reference, at, known, onClose } = props;
  const query = useQuery({
    queryKey: ["event", reference, at],
    queryFn: () => readEvent(reference, at),
    ...(known === undefined ? {} : { initialData: known }),
    // It never changes.
    staleTime: Infinity,
  });
  return (
    <Inspector title={query.data?.name ?? "Event"} onClose={onClose}>
      <Loaded query={query}>
        {(event) =>
          event === null ? (
            <Empty title="There is no such event">Events are kept for a while only.</Empty>
          ) : (
            <EventDetails event={event} />
          )
        }
      </Loaded>
    </Inspector>
  );
}

function EventDetails({ event }: { readonly event: StoredEvent }) {
  const raw = JSON.stringify({ ...event, payload: parse(event.payload) }, null, 2);
  const others = Object.entries(event.resource).filter(([name]) => name !== "id" && name !== "name");
  return (
    <>
      <Link
        to="/automations/new"
        search={{ event: String(event.seq) }}
        className="inline-flex h-7 items-center gap-1.5 self-start rounded-control border border-[var(--control-line)] bg-raised px-2.5 font-medium hover:bg-hover"
      >
        <Network size={14} aria-hidden />
        Make an automation from this event
      </Link>
      <Facts
        items={[
          [
            "When",
            <span key="when">
              <DateTime at={event.at} /> <Ago at={event.at} className="text-muted" />
            </span>,
          ],
          ["Resource", <SubjectLink key="resource" labels={event.resource} />],
          ...others.map(([name, value]) => [name, value] as const),
          ["Id", <ShortId key="id" id={event.id} />],
          ["Number", String(event.seq)],
          ...(event.follows == null
            ? []
            : [
                [
                  "After",
                  <Link
                    key="after"
                    to="/events"
                    search={{ event: event.follows, at: event.at, since: "all" }}
                    className="link"
                  >
                    the event before it
                  </Link>,
                ] as const,
              ]),
        ]}
      />
      <Panel title="Related">
        <RelatedList event={event} />
      </Panel>
      {event.payload === null ? null : (
        <div className="flex flex-col gap-1">
          <h3 className="font-semibold">Payload</h3>
          <Code text={JSON.stringify(parse(event.payload), null, 2).slice(0, maxShown)} label="Payload" />
        </div>
      )}
      <div className="flex flex-col gap-1">
        <div className="flex items-center justify-between">
          <h3 className="font-semibold">Raw</h3>
          <CopyButton text={raw} label="Copy the event as JSON" />
        </div>
        <Code text={raw.slice(0, maxShown)} label="The event as JSON" />
      </div>
      <Command text={toCommand("event", "ls", "--name", event.name)} />
    </>
  );
}

function parse(payload: string | null): unknown {
  if (payload === null) return null;
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    return payload;
  }
}

/** As it was recorded; of a run's state it is looked up, since the ledger keeps only whose it was. */
function RelatedList({ event }: { readonly event: StoredEvent }) {
  const query = useQuery({
    queryKey: ["event", event.id, "related"],
    queryFn: () => readRelated(event),
    staleTime: 60_000,
  });
  return (
    <Loaded query={query} rows={2}>
      {(related) =>
        related.length === 0 ? (
          <p className="p-3 text-muted">Nothing else has to do with it.</p>
        ) : (
          <ul className="p-3">
            {related.map((labels, index) => (
              <li key={index} className="flex min-w-0 items-baseline gap-2">
                <span className="w-24 shrink-0 truncate text-muted">{labels.role ?? "–"}</span>
                <SubjectLink labels={labels} isBare />
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

async function readRelated(event: StoredEvent): Promise<readonly Labels[]> {
  if (event.related !== undefined) return event.related;
  const run = event.flowRunId === null ? null : await api.readFlowRun(event.flowRunId);
  if (run === null) return [];
  const [flows, deployment, pool] = await Promise.all([
    api.listObjects("flow", { where: { field: "name", in: [run.flowName] } }, { limit: 1 }),
    run.deploymentId === null ? null : api.readObject("deployment", run.deploymentId),
    run.workPoolId === null ? null : api.readObject("work-pool", run.workPoolId),
  ]);
  const flow = flows.items[0];
  return [
    ...(event.taskRunId === null ? [] : [toLabels("flow-run", run)]),
    ...(flow === undefined ? [] : [toLabels("flow", flow)]),
    ...(deployment === null ? [] : [toLabels("deployment", deployment)]),
    ...(pool === null ? [] : [toLabels("work-pool", pool)]),
    ...run.tags.map((tag) => ({ id: `millrace.tag.${tag}`, role: "tag", name: tag })),
  ];
}

function toLabels(kind: string, { id, name }: { readonly id: string; readonly name: string }): Labels {
  return { id: `millrace.${kind}.${id}`, role: kind, name };
}
