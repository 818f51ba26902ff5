import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { api } from "../../api/api.ts";
import { ofFlowRuns, ofKind, useLive } from "../../api/queries.ts";
import { usePreferences } from "../../app/preferences.ts";
import { withoutEmpty } from "../../app/search-words.ts";
import { readNow } from "../../format/now.ts";
import { toZone } from "../../format/time.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { PageHead } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states-of-loading.tsx";
import { BackfillDialog } from "./backfill-dialog.tsx";
import { addMonths, type Day, daysOfMonth, daysOfYear, monthOf } from "./calendar-days.ts";
import type { CalendarSearch } from "./calendar-search.ts";
import { toMonthName } from "./day-words.ts";
import { MonthGrid } from "./month-grid.tsx";
import { countMissing, type DayRuns, readDays, readPlan, scheduleLimit, withPlan } from "./read-calendar.ts";
import { YearGrid } from "./year-grid.tsx";

const deploymentLimit = 200;

export function CalendarPage() {
  const search = useSearch({ from: "/calendar" });
  const { view, deployment: deploymentId } = search;
  const navigate = useNavigate({ from: "/calendar" });
  const { zone } = usePreferences();
  const thisMonth = monthOf(readNow(), zone);
  const month = search.month ?? thisMonth;
  const days = useMemo(
    () => (view === "year" ? daysOfYear(Number(month.slice(0, 4)), zone) : daysOfMonth(month, zone)),
    [view, month, zone],
  );
  const set = (change: { readonly [Name in keyof CalendarSearch]?: CalendarSearch[Name] | undefined }): void => {
    void navigate({ search: (before) => withoutEmpty({ ...before, ...change }), replace: true });
  };
  const key = [view ?? "month", month, zone, deploymentId ?? ""];
  const runs = useLive({
    key: ["calendar", "days", ...key],
    read: () => readDays(days, deploymentId),
    concerns: ofFlowRuns,
  });
  const plan = useLive({
    key: ["calendar", "plan", ...key],
    read: () => readPlan(days, deploymentId),
    concerns: ofKind("schedule", "deployment"),
  });
  const missing = useLive({
    key: ["calendar", "missing", ...key],
    read: () => countMissing(days, deploymentId ?? ""),
    concerns: ofKind("schedule", "deployment"),
    isEnabled: deploymentId !== undefined && view !== "year",
  });
  const deployments = useLive({
    key: ["deployments", "names"],
    read: () =>
      api.listObjects("deployment", { sort: { field: "flowName", direction: "asc" } }, { limit: deploymentLimit }),
    concerns: ofKind("deployment"),
  });
  const deployment = useLive({
    key: ["deployment", deploymentId, "itself"],
    read: () => api.readObject("deployment", deploymentId ?? ""),
    isEnabled: deploymentId !== undefined,
  });
  const [backfilled, setBackfilled] = useState<Day | null>(null);
  const shownDeployment = deploymentId === undefined ? null : (deployment.data ?? null);
  const names = (deployments.data?.items ?? []).map(({ id, flowName, name }) => [id, `${flowName}/${name}`] as const);
  const isListed = deploymentId === undefined || names.some(([id]) => id === deploymentId);
  const step = view === "year" ? 12 : 1;
  const title = view === "year" ? month.slice(0, 4) : toMonthName(month);
  return (
    <>
      <PageHead
        title="Calendar"
        facts={<span>{toZone(zone) ?? new Intl.DateTimeFormat().resolvedOptions().timeZone}</span>}
      />
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 pb-2" role="search">
        <IconButton
          label={view === "year" ? "The year before" : "The month before"}
          onClick={() => set({ month: addMonths(month, -step) })}
        >
          <ChevronLeft size={16} />
        </IconButton>
        <span className="min-w-32 text-center text-section font-semibold" aria-live="polite">
          {title}
        </span>
        <IconButton
          label={view === "year" ? "The year after" : "The month after"}
          onClick={() => set({ month: addMonths(month, step) })}
        >
          <ChevronRight size={16} />
        </IconButton>
        <Button onClick={() => set({ month: undefined })} whyNot={month === thisMonth ? "It is shown" : null}>
          Show today
        </Button>
        <Select
          aria-label="What is shown"
          value={view ?? ""}
          onChange={(event) => set({ view: event.target.value === "year" ? "year" : undefined })}
          options={[
            ["", "Month"],
            ["year", "Year"],
          ]}
        />
        <Select
          aria-label="Deployment"
          className="max-w-72"
          value={deploymentId ?? ""}
          onChange={(event) => set({ deployment: event.target.value })}
          options={[
            ["", "All runs"],
            ...names.map(([id, name]) => [id, name.slice(0, 100)] as const),
            ...(isListed ? [] : [[deploymentId, deploymentId] as const]),
          ]}
        />
        {shownDeployment === null ? null : (
          <Link
            to="/deployments/deployment/$id"
            params={{ id: shownDeployment.id }}
            search={{ tab: "schedules" }}
            className="link"
          >
            See its schedules
          </Link>
        )}
      </div>
      <div className="min-h-0 grow overflow-auto p-4">
        <Loaded query={runs} rows={10}>
          {(found) => {
            const shown = withPlan(found, plan.data?.counts.length === found.length ? plan.data : undefined);
            return view === "year" ? (
              <YearGrid days={shown} deployment={deploymentId} />
            ) : (
              <MonthGrid
                days={shown}
                deployment={deploymentId}
                missing={missing.data?.length === shown.length ? missing.data : null}
                onBackfill={shownDeployment === null ? null : ({ day }) => setBackfilled(day)}
              />
            );
          }}
        </Loaded>
        {runs.data !== undefined && plan.data !== undefined && isBare(withPlan(runs.data, plan.data)) ? (
          <p className="mt-2 text-muted">
            Nothing has run or is planned in this time. Schedules make runs to come.{" "}
            <Link to="/deployments" search={{}} className="link underline">
              See the deployments
            </Link>
          </p>
        ) : null}
        {plan.data !== undefined && (plan.data.isCut || plan.data.cutFrom !== null) ? (
          <p className="mt-2 text-muted">
            More is planned than is counted:{" "}
            {[
              ...(plan.data.isCut ? [`of schedules the first ${scheduleLimit} are`] : []),
              ...(plan.data.cutFrom === null ? [] : ["of those with very many times the next ones are"]),
            ].join(", and ")}
            .
          </p>
        ) : null}
      </div>
      {backfilled === null || shownDeployment === null ? null : (
        <BackfillDialog deployment={shownDeployment} day={backfilled} onClose={() => setBackfilled(null)} />
      )}
    </>
  );
}

const isBare = (days: readonly DayRuns[]): boolean =>
  days.every(({ runs, planned, isMorePlanned }) => runs === 0 && planned === 0 && !isMorePlanned);
