import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Condition, FailureGroup } from "millrace/client";
import { useCallback, useState } from "react";
import { api } from "../../api/api.ts";
import { useLive } from "../../api/queries.ts";
import { plural, toCount } from "../../format/number.ts";
import { readNow } from "../../format/now.ts";
import { toCommand } from "../../format/shell.ts";
import { Glyph } from "../../states/state-badge.tsx";
import { lookOf, toWords } from "../../states/families.ts";
import { Select } from "../../ui/field.tsx";
import { WithInspector } from "../../ui/inspector.tsx";
import { FilterInput } from "../../ui/filter-input.tsx";
import { late } from "../../ui/late.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ago } from "../../ui/when.tsx";
import { FailureInspector } from "./failure-inspector.tsx";
import {
  type FailureRange,
  type FailuresQuestion,
  type FailuresSearch,
  ofFailures,
  toQuestion,
} from "./failures-search.ts";

/** Groups that are read: more are not looked through by anybody. */
const maxGroups = 200;

const BulkDialog = late(async () => (await import("../run/actions/bulk-dialog.tsx")).BulkDialog);

const everything: Condition = { all: [] };

/** Null where a part of a flow's name is asked for, which the command line cannot be. */
function toRetryCommand({ fingerprint, question }: Retried): string | null {
  if (question.where !== undefined) return null;
  const since = new Date(question.since).toISOString();
  return toCommand(
    "flow-run",
    "bulk",
    "retry",
    "--failure",
    fingerprint,
    "--failed-since",
    since,
    "--subflows",
    "--dry-run",
  );
}

interface Retried {
  readonly fingerprint: string;
  readonly question: FailuresQuestion;
}

export function FailuresPage() {
  const search = useSearch({ from: "/failures" });
  const navigate = useNavigate({ from: "/failures" });
  const { flow, since, group: chosen } = search;
  const query = useLive({
    key: ["failures", flow, since],
    read: () => api.groupFailures({ ...toQuestion(search, readNow()), page: { limit: maxGroups } }),
    concerns: ofFailures,
  });
  const set = useCallback(
    (change: { readonly [Name in keyof FailuresSearch]?: FailuresSearch[Name] | undefined }): void => {
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
  /** It goes on when its group is gone: that is what it is for. */
  const [retried, setRetried] = useState<Retried | null>(null);
  const client = useQueryClient();
  const close = useCallback(() => set({ group: undefined }), [set]);
  const groups = query.data?.items ?? [];
  const question = toQuestion(search, readNow());
  const shown = groups.find(({ fingerprint }) => fingerprint === chosen);
  return (
    <>
      <PageHead
        title="Failures"
        facts={
          query.data === undefined ? null : (
            <span>
              {plural(groups.length, "kind")} of failure
              {query.data.isCut ? ", of the newest 5,000 failures" : ""}
            </span>
          )
        }
      />
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2" role="search">
        <FilterInput isMain label="Name of the flow" value={flow} onChange={(text) => set({ flow: text })} />
        <Select
          aria-label="How far back"
          value={since ?? "7d"}
          onChange={({ target }) => set({ since: target.value as FailureRange })}
          options={[
            ["24h", "Past 24 hours"],
            ["7d", "Past 7 days"],
            ["30d", "Past 30 days"],
          ]}
        />
      </div>
      <WithInspector
        inspector={
          shown === undefined ? null : (
            <FailureInspector
              key={shown.fingerprint}
              group={shown}
              question={question}
              onRetry={() => setRetried({ fingerprint: shown.fingerprint, question })}
              onClose={close}
            />
          )
        }
      >
        <Loaded query={query} rows={8}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={flow === undefined ? "Nothing has failed in this time" : "No failure of such a flow"}>
                Failures that say the same are put together here, whatever numbers, ids and paths are in them.
              </Empty>
            ) : (
              <Table
                label="Failures"
                columns={columns}
                rows={items}
                keyOf={({ fingerprint }) => fingerprint}
                selected={chosen ?? null}
                onOpen={({ fingerprint }) => set({ group: fingerprint })}
              />
            )
          }
        </Loaded>
      </WithInspector>
      {retried === null ? null : (
        <BulkDialog
          action="retry"
          where={retried.question.where ?? everything}
          failure={{ fingerprint: retried.fingerprint, since: retried.question.since }}
          command={toRetryCommand(retried)}
          onClose={(hasChanged) => {
            setRetried(null);
            if (hasChanged) void client.invalidateQueries({ queryKey: ["failures"] });
          }}
        />
      )}
    </>
  );
}

const columns: readonly Column<FailureGroup>[] = [
  {
    id: "count",
    title: "Times",
    width: "56px",
    align: "right",
    cell: ({ count }) => <span className="font-medium">{toCount(count)}</span>,
  },
  {
    id: "message",
    title: "Failure",
    width: "minmax(140px, 3fr)",
    cell: (group) => <Failure group={group} />,
  },
  {
    id: "where",
    title: "In",
    width: "minmax(90px, 1.2fr)",
    cell: ({ taskName, flowNames }) => {
      const flows = flowNames.join(", ");
      return (
        <span className="truncate" title={taskName === null ? flows : `${taskName} of ${flows}`}>
          {taskName ?? flowNames[0] ?? "–"}
          {taskName === null ? null : <span className="text-muted"> of {flows}</span>}
        </span>
      );
    },
  },
  {
    id: "runs",
    title: "Runs",
    width: "56px",
    align: "right",
    isExtra: true,
    cell: ({ flowRunCount }) => <span className="text-muted">{toCount(flowRunCount)}</span>,
  },
  {
    id: "first",
    title: "First",
    width: "76px",
    isExtra: true,
    cell: ({ firstAt }) => <Ago at={firstAt} className="text-muted" />,
  },
  { id: "last", title: "Last", width: "76px", cell: ({ lastAt }) => <Ago at={lastAt} className="text-muted" /> },
];

function Failure({ group }: { readonly group: FailureGroup }) {
  const { stateType, stateName, errorName, errorCode, message } = group;
  const { family, glyph } = lookOf({ type: stateType, name: stateName });
  const kind = errorCode ?? errorName;
  return (
    <span className="flex min-w-0 items-center gap-1.5" title={message}>
      <Glyph name={glyph} family={family} label={toWords(stateName).toLowerCase()} />
      {kind === null ? null : <span className="max-w-48 shrink-0 truncate font-medium">{kind}</span>}
      <span className="truncate">{message}</span>
    </span>
  );
}
