import type { ReactNode } from "react";
import { isOffline } from "../api/api.ts";
import type { LivePages } from "../api/live-pages.ts";
import { Button } from "./button.tsx";
import { ErrorNote, Waiting } from "./states-of-loading.tsx";
import { Table, type TableProps } from "./table.tsx";

/** The rows of a list that is read page by page; before them a sketch, and what stands there when there are none. */
export function LiveTable<Row>(
  props: Omit<TableProps<Row>, "rows" | "onEnd"> & {
    readonly list: LivePages<Row>;
    readonly empty: ReactNode;
  },
) {
  const { list, empty, ...table } = props;
  if (list.rows === undefined) {
    if (list.error === null || isOffline(list.error)) return <Waiting reason={list.failureReason} rows={10} />;
    return <ErrorNote error={list.error} onRetry={list.refetch} />;
  }
  if (list.rows.length === 0) return <>{empty}</>;
  return (
    <div className={`flex min-h-0 grow flex-col ${list.isOld ? "opacity-60" : ""}`} aria-busy={list.isOld}>
      {list.hasNew ? (
        // Said, and not pushed in between what somebody reads.
        <Button className="m-1 self-center" onClick={list.showNew}>
          Show what is new
        </Button>
      ) : null}
      <Table {...table} rows={list.rows} onEnd={list.readMore} />
    </div>
  );
}
