import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { toShortCount } from "../../format/number.ts";
import { readNow } from "../../format/now.ts";
import { type Family, families } from "../../states/families.ts";
import { Glyph } from "../../states/state-badge.tsx";
import { toDayWords } from "./day-words.ts";
import type { DayRuns } from "./read-calendar.ts";

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

export function MonthGrid(props: {
  readonly days: readonly DayRuns[];
  readonly deployment: string | undefined;
  /** Runs of the deployment's schedules that were not made, by day; null while that is not known. */
  readonly missing: readonly number[] | null;
  /** For an empty day of the past, of a deployment. */
  readonly onBackfill: ((day: DayRuns) => void) | null;
}) {
  const { days, deployment, missing, onBackfill } = props;
  const now = readNow();
  const most = Math.max(1, ...days.map(({ runs }) => runs));
  const weeks = Array.from({ length: days.length / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7));
  return (
    <table className="w-full table-fixed border-collapse" aria-label="Runs by day">
      <thead>
        <tr>
          {weekdays.map((weekday) => (
            <th key={weekday} scope="col" className="pb-1 text-left text-small font-medium text-muted">
              {weekday}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week, index) => (
          <tr key={week[0]?.day.key}>
            {week.map((each, weekday) => (
              <td
                key={each.day.key}
                className={clsx(
                  "h-24 border border-line p-0 align-top max-sm:h-16",
                  !each.day.isInside && "bg-panel",
                  each.day.start <= now && now < each.day.end && "outline-2 -outline-offset-2 outline-accent",
                )}
              >
                <DayCell
                  runs={each}
                  most={most}
                  deployment={deployment}
                  onBackfill={
                    each.runs === 0 && each.day.end <= now && (missing?.[index * 7 + weekday] ?? 0) > 0
                      ? onBackfill
                      : null
                  }
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DayCell(props: {
  readonly runs: DayRuns;
  readonly most: number;
  readonly deployment: string | undefined;
  readonly onBackfill: ((day: DayRuns) => void) | null;
}) {
  const { runs: each, most, deployment, onBackfill } = props;
  const { day, counts, runs, planned, isMorePlanned } = each;
  const wrong = (counts.failed ?? 0) + (counts.crashed ?? 0);
  const words = toDayWords(each);
  return (
    <div className="flex h-full flex-col">
      <Link
        to="/runs"
        search={{ from: day.start, to: day.end, ...(deployment === undefined ? {} : { deployment }) }}
        title={words}
        className="flex grow flex-col gap-1 overflow-hidden p-1.5 hover:bg-hover max-sm:p-1 max-[380px]:p-0.5"
      >
        <span className="sr-only">{words}</span>
        <span className={clsx("flex justify-between gap-1", !day.isInside && "text-muted")} aria-hidden>
          <span className="text-small font-medium">{Number(day.key.slice(8))}</span>
          {wrong === 0 ? null : (
            <span className="flex items-center gap-1 text-small text-state-failed">
              <Glyph name="cross" family="failed" />
              <span className="max-sm:hidden">{toShortCount(wrong)}</span>
            </span>
          )}
        </span>
        {runs === 0 ? null : (
          <>
            <StateBar counts={counts} width={runs / most} />
            <span className="truncate text-small text-muted" aria-hidden>
              {toShortCount(runs)}
              <span className="max-sm:hidden"> {runs === 1 ? "run" : "runs"}</span>
            </span>
          </>
        )}
        {planned === 0 && !isMorePlanned ? null : (
          <span className="mt-auto flex items-center gap-1 text-small text-muted max-[380px]:gap-0.5" aria-hidden>
            <Glyph name="clock" family="waiting" />
            {planned === 0 ? "" : toShortCount(planned)}
            {isMorePlanned ? "+" : ""}
            <span className="max-sm:hidden">planned</span>
          </span>
        )}
      </Link>
      {onBackfill === null ? null : (
        <button
          type="button"
          className="m-1 h-6 shrink-0 rounded-control text-small text-muted hover:bg-hover hover:text-fg max-sm:hidden"
          onClick={() => onBackfill(each)}
        >
          Run for this day
        </button>
      )}
    </div>
  );
}

/** As wide as there were many, divided by state; what went wrong comes first. */
export function StateBar({ counts, width }: { readonly counts: DayRuns["counts"]; readonly width: number }) {
  const shown = families.filter((family) => family !== "waiting" && (counts[family] ?? 0) > 0);
  return (
    <span className="flex h-1.5 gap-px" style={{ width: `${Math.max(6, Math.sqrt(width) * 100)}%` }} aria-hidden>
      {shown.map((family) => (
        <span key={family} className="min-w-1" style={{ flexGrow: counts[family] ?? 0, background: inkOf(family) }} />
      ))}
    </span>
  );
}

const inkOf = (family: Family): string =>
  family === "completed"
    ? "color-mix(in srgb, var(--completed) var(--dense-completed), var(--bg))"
    : `var(--${family})`;
