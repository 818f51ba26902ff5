/** Everything that waits for a person, in one list, with the form to answer it beside. */

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { X } from "lucide-react";
import type { InboxItem } from "millrace/client";
import { useState } from "react";
import { api } from "../../api/api.ts";
import { ofFlowRuns, useLive } from "../../api/queries.ts";
import { getMyName, setMyName, useMyName } from "../../app/my-name.ts";
import { withoutEmpty } from "../../app/search-words.ts";
import { plural } from "../../format/number.ts";
import { Glyph } from "../../states/state-badge.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { Command } from "../../ui/copy.tsx";
import { TextInput } from "../../ui/field.tsx";
import { useFocusBeside } from "../../ui/give-back-focus.ts";
import { useEscape } from "../../ui/inspector.tsx";
import { useIsNarrow } from "../../ui/narrow.ts";
import { PageHead } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";
import { InboxItemView } from "./inbox-item.tsx";
import type { InboxSearch } from "./inbox-search.ts";
import { timeoutText, timeoutWord, titleOf } from "./item-words.ts";

const pageSize = 100;

export function InboxPage() {
  const search = useSearch({ from: "/inbox" });
  const navigate = useNavigate({ from: "/inbox" });
  const isNarrow = useIsNarrow();
  const name = useMyName();
  const [pages, setPages] = useState(1);
  const filter = {
    ...(search.flow === undefined ? {} : { flowNames: [search.flow] }),
    ...(search.mine === true && name.trim() !== "" ? { answerers: [name.trim()] } : {}),
  };
  const query = useLive({
    key: ["inbox", "list", filter, pages],
    read: async () => {
      const items: InboxItem[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < pages; page++) {
        const found: Awaited<ReturnType<typeof api.listInbox>> = await api.listInbox(filter, {
          limit: pageSize,
          cursor,
        });
        items.push(...found.items);
        cursor = found.next;
        if (cursor === null) break;
      }
      return { items, hasMore: cursor !== null };
    },
    concerns: ofFlowRuns,
  });
  const set = (change: { readonly [Name in keyof InboxSearch]?: InboxSearch[Name] | undefined }): void => {
    void navigate({ search: (before) => withoutEmpty({ ...before, ...change }), replace: true });
  };
  const close = (): void => set({ item: undefined });
  const open = search.item ?? null;
  return (
    <>
      <PageHead
        title="Inbox"
        facts={
          query.data === undefined ? null : (
            <span>{`${plural(query.data.items.length, "run")}${query.data.hasMore ? " and more" : ""} wait for a person`}</span>
          )
        }
      />
      <div className="flex flex-wrap items-center gap-3 border-b border-line px-4 pb-2" role="search">
        <label className="flex items-center gap-1.5 text-muted">
          <input
            type="checkbox"
            checked={search.mine === true}
            onChange={(event) => set({ mine: event.target.checked ? true : undefined })}
          />
          Only what I may answer
        </label>
        {search.mine === true ? (
          <TextInput
            aria-label="Your name, role or group"
            placeholder="Your name, role or group"
            defaultValue={getMyName()}
            onBlur={(event) => setMyName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") setMyName(event.currentTarget.value);
            }}
          />
        ) : null}
        {search.flow === undefined ? null : (
          <button
            type="button"
            onClick={() => set({ flow: undefined })}
            title="Show all again"
            className="h-7 max-w-60 truncate rounded-full bg-selected px-2.5"
          >
            flow: {search.flow} ×
          </button>
        )}
      </div>
      <div className="flex min-h-0 grow">
        {isNarrow && open !== null ? null : (
          <Loaded query={query} rows={8}>
            {({ items, hasMore }) =>
              items.length === 0 && !hasMore ? (
                <div className="grow">
                  <NothingWaits
                    isFiltered={Object.keys(filter).length > 0}
                    onShowAll={() => set({ mine: undefined, flow: undefined })}
                  />
                </div>
              ) : (
                <Table
                  label="Runs that wait for a person"
                  columns={columns}
                  rows={items}
                  keyOf={({ flowRunId }) => flowRunId}
                  selected={open}
                  onOpen={({ flowRunId }) => set({ item: flowRunId })}
                  foot={
                    hasMore ? (
                      <Button className="m-3" onClick={() => setPages(pages + 1)}>
                        Show more
                      </Button>
                    ) : null
                  }
                />
              )
            }
          </Loaded>
        )}
        {open === null ? null : <Question key={open} flowRunId={open} onClose={close} />}
      </div>
    </>
  );
}

function Question({ flowRunId, onClose }: { readonly flowRunId: string; readonly onClose: () => void }) {
  const beside = useFocusBeside();
  useEscape(onClose);
  return (
    <aside
      ref={beside}
      tabIndex={-1}
      aria-label="The question"
      className="flex min-h-0 w-full shrink-0 flex-col overflow-auto border-line md:w-[420px] md:border-l"
    >
      <div className="sticky top-0 z-10 flex min-h-11 shrink-0 items-center justify-between border-b border-line bg-bg pr-2 pl-4">
        <span className="text-muted">Waits for a person</span>
        <IconButton label="Close the question" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      <InboxItemView flowRunId={flowRunId} />
    </aside>
  );
}

const columns: readonly Column<InboxItem>[] = [
  {
    id: "title",
    title: "What is asked",
    width: "minmax(150px, 2.4fr)",
    cell: (item) => (
      <span className="flex min-w-0 items-center gap-2" title={titleOf(item)}>
        <Glyph name="pause" family="attention" />
        <span className="truncate font-medium">{titleOf(item)}</span>
      </span>
    ),
  },
  {
    id: "flow",
    title: "Flow",
    width: "minmax(80px, 1fr)",
    cell: ({ flowName }) => (
      <span className="truncate" title={flowName}>
        {flowName}
      </span>
    ),
  },
  {
    id: "run",
    title: "Run",
    width: "minmax(80px, 1fr)",
    isExtra: true,
    cell: ({ flowRunId, runName }) => (
      <Link
        to="/runs/flow-run/$id"
        params={{ id: flowRunId }}
        search={{}}
        className="truncate hover:underline"
        title={runName.slice(0, 500)}
      >
        {runName}
      </Link>
    ),
  },
  { id: "since", title: "Since", width: "72px", cell: ({ since }) => <Ago at={since} className="text-muted" /> },
  {
    id: "until",
    title: "Until",
    width: "minmax(90px, 1fr)",
    isExtra: true,
    cell: (item) =>
      item.until === null ? (
        <span className="text-muted">open</span>
      ) : (
        <span className="truncate" title={timeoutText(item)}>
          <Ago at={item.until} />, {timeoutWord(item)}
        </span>
      ),
  },
  {
    id: "who",
    title: "Who",
    width: "minmax(70px, 0.8fr)",
    isExtra: true,
    cell: ({ answerers }) => (
      <span className="truncate text-muted" title={answerers.join(", ")}>
        {answerers.length === 0 ? "anybody" : answerers.join(", ")}
      </span>
    ),
  },
];

function NothingWaits({ isFiltered, onShowAll }: { readonly isFiltered: boolean; readonly onShowAll: () => void }) {
  if (isFiltered) {
    return (
      <Empty title="Nothing waits that meets the filter">
        <Button onClick={onShowAll}>Show all that waits</Button>
      </Empty>
    );
  }
  return (
    <Empty title="Nobody is waited for">
      <p className="mb-2">A flow that calls pause() or suspend() asks here. The page shows it as soon as it does.</p>
      <Command text="millrace inbox ls" />
    </Empty>
  );
}
