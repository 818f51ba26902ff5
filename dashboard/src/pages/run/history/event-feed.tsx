/** What has happened to a run, the newest first. */

import { Link } from "@tanstack/react-router";
import type { EventFilter, StoredEvent } from "millrace/client";
import { useCallback, useState } from "react";
import { api } from "../../../api/api.ts";
import { useLive } from "../../../api/queries.ts";
import { Code } from "../../../ui/panel.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Empty, Loaded } from "../../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../../ui/table.tsx";
import { Ago } from "../../../ui/when.tsx";
import { toEventWords } from "./event-words.ts";

const pageSize = 100;
/** Who wants to see more of them looks at the page of events. */
const maxShown = 5000;

export function EventFeed(props: {
  readonly filter: Pick<EventFilter, "flowRunIds" | "taskRunIds">;
  readonly concerns: (event: StoredEvent) => boolean;
}) {
  const { filter, concerns } = props;
  const [limit, setLimit] = useState(pageSize);
  const [opened, setOpened] = useState<StoredEvent | null>(null);
  const query = useLive({
    key: ["events", filter, limit],
    read: async () => (await api.listEvents({ ...filter, order: "newest-first" }, { limit })).items,
    concerns,
  });
  const count = query.data?.length ?? 0;
  const onEnd = useCallback(() => {
    if (count === limit && limit < maxShown) setLimit(Math.min(maxShown, limit * 2));
  }, [count, limit]);
  return (
    <>
      <Loaded query={query}>
        {(events) =>
          events.length === 0 ? (
            <Empty title="No events" />
          ) : (
            <Table
              label="Events"
              columns={columns}
              rows={events}
              keyOf={({ id }) => id}
              onOpen={setOpened}
              onEnd={onEnd}
            />
          )
        }
      </Loaded>
      {opened === null ? null : (
        <Dialog title={toEventWords(opened.name)} isOpen onClose={() => setOpened(null)} isWide>
          <Code text={toEventText(opened)} label="The event as JSON" />
        </Dialog>
      )}
    </>
  );
}

function toEventText({ payload, ...event }: StoredEvent): string {
  let said: unknown = payload;
  try {
    said = payload === null ? null : JSON.parse(payload);
  } catch {
    // Shown as it is.
  }
  return JSON.stringify({ ...event, payload: said }, null, 2);
}

const columns: readonly Column<StoredEvent>[] = [
  { id: "at", title: "When", width: "84px", cell: ({ at }) => <Ago at={at} className="text-muted" /> },
  {
    id: "name",
    title: "Event",
    width: "minmax(120px, 3fr)",
    cell: ({ name }) => (
      <span className="truncate" title={name}>
        <bdi>{toEventWords(name)}</bdi>
      </span>
    ),
  },
  {
    id: "subject",
    title: "Of",
    width: "minmax(120px, 4fr)",
    cell: ({ taskRunId, resource }) =>
      taskRunId === null ? (
        <span className="truncate" title={resource.name ?? resource.id}>
          <bdi>{resource.name ?? resource.id ?? ""}</bdi>
        </span>
      ) : (
        <Link
          to="/runs/task-run/$id"
          params={{ id: taskRunId }}
          search={{}}
          className="truncate py-0.5 hover:underline"
          title={resource.name}
        >
          <bdi>{resource.name ?? "task run"}</bdi>
        </Link>
      ),
  },
];
