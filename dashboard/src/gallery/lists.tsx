import type { StateType } from "millrace/client";
import { useState } from "react";
import type { LivePages } from "../api/live-pages.ts";
import { StateBadge } from "../states/state-badge.tsx";
import { Inspector, WithInspector } from "../ui/inspector.tsx";
import { LiveTable } from "../ui/live-table.tsx";
import { Facts } from "../ui/panel.tsx";
import { Empty } from "../ui/states-of-loading.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { Case, Framed, Section } from "./case.tsx";

interface Row {
  readonly name: string;
  readonly type: StateType;
  readonly state: string;
  readonly rows: number;
}

const rows: readonly Row[] = Array.from({ length: 40 }, (_, index) => ({
  name: index === 1 ? "a-name-that-is-longer-than-its-column-will-ever-be-however-wide-the-window-is" : `run-${index}`,
  type: index % 5 === 3 ? "FAILED" : "COMPLETED",
  state: index % 5 === 3 ? "Failed" : "Completed",
  rows: 100 + index * 37,
}));

const columns: readonly Column<Row>[] = [
  {
    id: "state",
    title: "State",
    width: "minmax(108px, 132px)",
    cell: ({ type, state }) => <StateBadge state={{ type, name: state }} />,
  },
  {
    id: "name",
    title: "Run",
    width: "minmax(140px, 2fr)",
    cell: ({ name }) => (
      <span className="truncate font-medium" title={name}>
        {name}
      </span>
    ),
  },
  { id: "rows", title: "Rows", width: "84px", align: "right", isExtra: true, cell: ({ rows: count }) => count },
];

const nothing = () => undefined;
const live: LivePages<Row> = {
  rows: rows.slice(0, 6),
  waiting: { count: 12, isMore: false },
  isOld: false,
  hasMore: false,
  error: null,
  failureReason: null,
  isPast: ({ name }) => name === "run-2",
  readMore: nothing,
  refetch: nothing,
  setRead: nothing,
  showNew: nothing,
};

export function Lists() {
  const [selected, setSelected] = useState<string | null>("run-0");
  const common = { label: "Runs", columns, keyOf: ({ name }: Row) => name };
  return (
    <Section title="Lists">
      <Framed height={260}>
        <WithInspector
          inspector={
            selected === null ? null : (
              <Inspector title={selected} onClose={() => setSelected(null)}>
                <Facts items={[["Name", selected]]} />
              </Inspector>
            )
          }
        >
          <Table {...common} rows={rows} selected={selected} onOpen={({ name }) => setSelected(name)} />
        </WithInspector>
      </Framed>
      <Case title="What is new waits; one is of the list no more">
        <Framed height={240}>
          <LiveTable {...common} label="Live runs" list={live} empty={null} />
        </Framed>
      </Case>
      <Case title="None">
        <Framed height={160}>
          <LiveTable {...common} list={{ ...live, rows: [] }} empty={<Empty title="No run matches">See all.</Empty>} />
        </Framed>
      </Case>
    </Section>
  );
}
