import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { toDayWords, toMonthName } from "./day-words.ts";
import type { DayRuns } from "./read-calendar.ts";

const side = 15;
const step = 17;
const left = 30;
const top = 18;

/**
 * A year as weeks of days: the more runs, the fuller; a day on which something went wrong has a mark in it, and one with more to
 * come than was counted a plus.
 */
export function YearGrid({
  days,
  deployment,
}: {
  readonly days: readonly DayRuns[];
  readonly deployment: string | undefined;
}) {
  const navigate = useNavigate();
  const [at, setAt] = useState<number | null>(null);
  const inside = days.flatMap(({ day }, index) => (day.isInside ? [index] : []));
  const [first = 0, last = days.length - 1] = [inside[0], inside.at(-1)];
  const chosen = at === null ? null : (days[at] ?? null);
  const most = Math.max(1, ...days.map(({ runs }) => runs));
  const open = (index: number): void => {
    const day = days[index]?.day;
    if (day === undefined) return;
    void navigate({
      to: "/runs",
      search: { from: day.start, to: day.end, ...(deployment === undefined ? {} : { deployment }) },
    });
  };
  const monthStarts = days.flatMap(({ day }, index) =>
    day.isInside && day.key.endsWith("-01") ? [[Math.floor(index / 7), day.key.slice(0, 7)] as const] : [],
  );
  const spoken = days[at ?? last];
  return (
    <figure className="m-0">
      <div
        role="slider"
        tabIndex={0}
        aria-label="Day of the year"
        aria-valuemin={1}
        aria-valuemax={last - first + 1}
        aria-valuenow={(at ?? last) - first + 1}
        aria-valuetext={spoken === undefined ? "" : toDayWords(spoken)}
        className="overflow-x-auto"
        onBlur={() => setAt(null)}
        onKeyDown={(event) => {
          const move = { ArrowRight: 7, ArrowLeft: -7, ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (move !== undefined) setAt(Math.max(first, Math.min(last, at === null ? last : at + move)));
          else if (event.key === "Home") setAt(first);
          else if (event.key === "End") setAt(last);
          else if (event.key === "Enter" && at !== null) open(at);
          else return;
          event.preventDefault();
        }}
      >
        <svg width={left + (days.length / 7) * step} height={top + 7 * step} aria-hidden className="block">
          {monthStarts.map(([week, month]) => (
            <text key={month} x={left + week * step} y={12} className="fill-muted text-meta">
              {toMonthName(month).slice(0, 3)}
            </text>
          ))}
          {["Mon", "", "Wed", "", "Fri", "", "Sun"].map((name, row) => (
            <text key={name === "" ? row : name} x={0} y={top + row * step + 12} className="fill-muted text-meta">
              {name}
            </text>
          ))}
          {days.map((each, index) =>
            each.day.isInside ? (
              <DaySquare
                key={each.day.key}
                runs={each}
                part={each.runs / most}
                x={left + Math.floor(index / 7) * step}
                y={top + (index % 7) * step}
                isChosen={index === at}
                onHover={() => setAt(index)}
                onOpen={() => open(index)}
              />
            ) : null,
          )}
        </svg>
      </div>
      <figcaption className="min-h-5 text-muted">
        {chosen === null
          ? "Point at a day, or go there with the arrow keys; Enter shows its runs."
          : toDayWords(chosen)}
      </figcaption>
      <Legend hasMore={days.some(({ day, isMorePlanned }) => day.isInside && isMorePlanned)} />
    </figure>
  );
}

const fillOf = (part: number): string =>
  part === 0
    ? "var(--panel)"
    : `color-mix(in srgb, var(--completed) ${Math.round(15 + Math.sqrt(part) * 50)}%, var(--bg))`;

/** What the squares mean. */
function Legend({ hasMore }: { readonly hasMore: boolean }) {
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-small text-muted" aria-label="What the days show">
      <li className="flex items-center gap-1.5">
        <Sample width={3 * step - 2}>
          {[0.02, 0.3, 1].map((part, index) => (
            <rect key={part} x={index * step} width={side} height={side} fill={fillOf(part)} />
          ))}
        </Sample>
        Few to many runs
      </li>
      <li className="flex items-center gap-1.5">
        <Sample width={side}>
          <rect width={side} height={side} fill={fillOf(0.3)} />
          <rect y={side - 8} width={8} height={8} fill="var(--failed)" />
        </Sample>
        The part that failed or crashed
      </li>
      <li className="flex items-center gap-1.5">
        <Sample width={side}>
          <PlannedFrame x={0.5} y={0.5} size={side - 1} />
        </Sample>
        Planned
      </li>
      {hasMore ? (
        <li className="flex items-center gap-1.5">
          <Sample width={side}>
            <PlannedFrame x={0.5} y={0.5} size={side - 1} />
            <Plus x={0} y={0} />
          </Sample>
          More is planned than is counted
        </li>
      ) : null}
    </ul>
  );
}

function Sample({ width, children }: { readonly width: number; readonly children: ReactNode }) {
  return (
    <svg width={width} height={side} aria-hidden className="shrink-0">
      {children}
    </svg>
  );
}

function PlannedFrame({ x, y, size }: { readonly x: number; readonly y: number; readonly size: number }) {
  return (
    <rect x={x} y={y} width={size} height={size} fill="var(--panel)" stroke="var(--waiting)" strokeDasharray="2 2" />
  );
}

/** In the middle of a day's square. */
function Plus({ x, y }: { readonly x: number; readonly y: number }) {
  const [centerX, centerY] = [x + side / 2, y + side / 2];
  return (
    <path d={`M${centerX - 3.5} ${centerY}h7M${centerX} ${centerY - 3.5}v7`} stroke="var(--fg)" strokeWidth={1.5} />
  );
}

function DaySquare(props: {
  readonly runs: DayRuns;
  /** Of the most on one day. */
  readonly part: number;
  readonly x: number;
  readonly y: number;
  readonly isChosen: boolean;
  readonly onHover: () => void;
  readonly onOpen: () => void;
}) {
  const { runs, part, x, y, isChosen, onHover, onOpen } = props;
  const wrong = (runs.counts.failed ?? 0) + (runs.counts.crashed ?? 0);
  const isOnlyPlanned = runs.runs === 0 && (runs.planned > 0 || runs.isMorePlanned);
  // As large as its part of that day's runs.
  const mark = wrong === 0 ? 0 : 4 + Math.round(Math.sqrt(wrong / runs.runs) * (side - 6));
  return (
    <g onMouseMove={onHover} onClick={onOpen} className="cursor-pointer">
      <rect
        x={x}
        y={y}
        width={side}
        height={side}
        fill={fillOf(part)}
        stroke={isChosen ? "var(--accent)" : isOnlyPlanned ? "var(--waiting)" : "transparent"}
        strokeWidth={isChosen ? 2 : 1}
        strokeDasharray={isOnlyPlanned && !isChosen ? "2 2" : undefined}
      />
      {mark === 0 ? null : <rect x={x} y={y + side - mark} width={mark} height={mark} fill="var(--failed)" />}
      {runs.isMorePlanned ? <Plus x={x} y={y} /> : null}
    </g>
  );
}
