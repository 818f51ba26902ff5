import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Pause, Play } from "lucide-react";
import type { StoredEvent } from "millrace/client";
import { useCallback, useEffect, useState } from "react";
import { api } from "../../api/api.ts";
import { onEvents } from "../../api/live.ts";
import { useLivePages } from "../../api/live-pages.ts";
import { readNow } from "../../format/now.ts";
import { Glyph } from "../../states/state-badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Command } from "../../ui/copy.tsx";
import { Select } from "../../ui/field.tsx";
import { WithInspector } from "../../ui/inspector.tsx";
import { LiveTable } from "../../ui/live-table.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty } from "../../ui/states-of-loading.tsx";
import type { Column } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";
import { EventHistogram } from "./event-histogram.tsx";
import { EventInspector } from "./event-inspector.tsx";
import { lookOfEvent, SubjectLink } from "./event-subject.tsx";
import { type EventsSearch, isShown, resourceKinds, toFilter, toStart } from "./events-search.ts";
import { useEventHistory } from "./use-event-history.ts";

/** Read at once. */
const pageSize = 200;

const held = { keyOf: ({ seq }: StoredEvent) => String(seq) };

export function EventsPage() {
  const search = useSearch({ from: "/events" });
  const navigate = useNavigate({ from: "/events" });
  const set = useCallback(
    (change: { readonly [Name in keyof EventsSearch]?: EventsSearch[Name] | undefined }): void => {
      void navigate({
        search: (before) => {
          const next = Object.entries({ ...before, ...change });
          return Object.fromEntries(next.filter(([, value]) => value !== undefined && value !== ""));
        },
        replace: true,
      });
    },
    [navigate],
  );
  const { name, kind, resource, since } = search;
  const [isPaused, setPaused] = useState(false);
  const concerns = (event: StoredEvent): boolean => !isPaused && isShown(event, search);
  const list = useLivePages({
    key: ["events", "list", name, kind, resource, since],
    read: (cursor) => {
      const start = toStart(search, readNow());
      return api.listEvents(
        { order: "newest-first", ...toFilter(search), ...(start === null ? {} : { since: start }) },
        { limit: pageSize, cursor },
      );
    },
    concerns,
    held,
  });
  const { history, refetch: countAgain } = useEventHistory(search, concerns);
  const missed = useMissed(search, isPaused);
  const rows = list.rows ?? [];
  const chosen = rows.find(({ id, seq }) => id === search.event || String(seq) === search.event);
  const close = useCallback(() => set({ event: undefined, at: undefined }), [set]);
  return (
    <>
      <PageHead
        title="Events"
        facts={<span>What happened, the newest first</span>}
        actions={
          <Button
            icon={isPaused ? <Play size={14} /> : <Pause size={14} />}
            aria-pressed={isPaused}
            onClick={() => {
              if (isPaused) {
                list.refetch();
                countAgain();
              }
              setPaused(!isPaused);
            }}
          >
            {isPaused ? `Resume the feed${missed === 0 ? "" : ` (${missed} new)`}` : "Pause the feed"}
          </Button>
        }
      />
      <Filters search={search} onChange={set} />
      {history === null ? null : <EventHistogram history={history} />}
      <WithInspector
        inspector={
          search.event === undefined ? null : (
            <EventInspector key={search.event} reference={search.event} at={search.at} known={chosen} onClose={close} />
          )
        }
      >
        <LiveTable
          list={list}
          empty={<NoEvents isFiltered={name !== undefined || kind !== undefined || resource !== undefined} />}
          label="Events"
          columns={columns}
          keyOf={({ seq }) => String(seq)}
          selected={chosen === undefined ? null : String(chosen.seq)}
          onOpen={({ seq }) => set({ event: String(seq), at: undefined })}
        />
      </WithInspector>
    </>
  );
}

/** How many came in while the feed stood still. */
function useMissed(search: EventsSearch, isPaused: boolean): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    setCount(0);
    if (!isPaused) return;
    return onEvents((events) => {
      const shown = events.filter((event) => isShown(event, search)).length;
      if (shown > 0) setCount((before) => before + shown);
    });
  }, [search, isPaused]);
  return count;
}

function Filters(props: {
  readonly search: EventsSearch;
  readonly onChange: (change: { readonly [Name in keyof EventsSearch]?: EventsSearch[Name] | undefined }) => void;
}) {
  const { search, onChange } = props;
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2" role="search">
      <FilterInput
        isMain
        label="Start of the event's name"
        placeholder="Name, as flow-run.Failed"
        value={search.name}
        onChange={(name) => onChange({ name })}
        className="w-48"
      />
      <Select
        aria-label="Kind of the resource"
        value={search.kind ?? ""}
        onChange={({ target }) => onChange({ kind: target.value as NonNullable<EventsSearch["kind"]> })}
        options={[["", "Any resource"], ...resourceKinds.map((each) => [each, each.replaceAll("-", " ")] as const)]}
      />
      <FilterInput
        label="Id of the resource"
        value={search.resource}
        onChange={(resource) => onChange({ resource: resource.trim() })}
        className="w-60"
      />
      <Select
        aria-label="How far back"
        value={search.since ?? "24h"}
        onChange={({ target }) => onChange({ since: target.value as NonNullable<EventsSearch["since"]> })}
        options={[
          ["1h", "Past hour"],
          ["24h", "Past 24 hours"],
          ["7d", "Past 7 days"],
          ["30d", "Past 30 days"],
          ["all", "Any time"],
        ]}
      />
    </div>
  );
}

function NoEvents({ isFiltered }: { readonly isFiltered: boolean }) {
  return (
    <Empty title={isFiltered ? "No event matches" : "Nothing happened in this time"}>
      <div className="flex flex-col items-center gap-2">
        <Link to="/events" search={{ since: "all" }} className="link">
          Show all events
        </Link>
        <p>Any program may add its own:</p>
        <Command text="millrace event emit report.published --resource report.daily" />
      </div>
    </Empty>
  );
}

const columns: readonly Column<StoredEvent>[] = [
  { id: "at", title: "When", width: "84px", cell: ({ at }) => <Ago at={at} className="text-muted" /> },
  {
    id: "name",
    title: "Event",
    width: "minmax(150px, 2fr)",
    cell: ({ name }) => <EventName name={name} />,
  },
  {
    id: "resource",
    title: "Resource",
    width: "minmax(120px, 2fr)",
    cell: ({ resource }) => <SubjectLink labels={resource} />,
  },
  {
    id: "run",
    title: "Flow run",
    width: "minmax(90px, 1fr)",
    isExtra: true,
    cell: ({ flowRunId, resource }) =>
      flowRunId === null || resource.id === `millrace.flow-run.${flowRunId}` ? null : (
        <SubjectLink labels={{ id: `millrace.flow-run.${flowRunId}` }} isBare />
      ),
  },
];

function EventName({ name }: { readonly name: string }) {
  const look = lookOfEvent(name);
  const isOwn = name.startsWith("millrace.");
  return (
    <span className="flex min-w-0 items-center gap-1.5" title={name}>
      {look === null ? (
        <span className="size-3 shrink-0" aria-hidden />
      ) : (
        <Glyph name={look.glyph} family={look.family} />
      )}
      <span className="truncate">
        {isOwn ? <span className="text-muted max-sm:hidden">millrace.</span> : null}
        {isOwn ? name.slice("millrace.".length) : name}
      </span>
    </span>
  );
}
