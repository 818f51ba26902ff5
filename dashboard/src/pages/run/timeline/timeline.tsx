/** Runs over time: what each task did when. Drawn on a canvas; its rows are a treegrid, for the keyboard and for reading out. */

import { useNavigate } from "@tanstack/react-router";
import type { FlowRun } from "millrace/client";
import { useEffect, useMemo, useRef } from "react";
import { useIsDark, usePreferences } from "../../../app/preferences.ts";
import { useShortcuts } from "../../../app/shortcuts.ts";
import { readInks } from "../../../canvas/inks.ts";
import { foldIdle, openFold } from "../../../canvas/time-scale.ts";
import { readNow } from "../../../format/now.ts";
import { Empty } from "../../../ui/states-of-loading.tsx";
import { endOf } from "./columns.ts";
import { sumDensities, toDensities } from "./density.ts";
import { axisHeight, minimapHeight } from "./draw-head.ts";
import { listDensities, listItems, type TimelineMode } from "./items.ts";
import type { RunTimeline } from "./run-timeline.ts";
import { TimelineLegend } from "./timeline-legend.tsx";
import { TimelineRows } from "./timeline-rows.tsx";
import { readTimelineSearch, type TimelineSearch, toggle } from "./timeline-search.ts";
import { TimelineTip, type TipHandle } from "./timeline-tip.tsx";
import { TimelineToolbar } from "./timeline-toolbar.tsx";
import { openTimelineView, tickMs, type TimelineView } from "./timeline-view.ts";
import { type TimelinePart, useRunTimeline } from "./use-run-timeline.ts";
import { useSubflows } from "./use-subflows.ts";
import { useTimelinePointer } from "./use-timeline-pointer.ts";

/** Above so many task runs, groups are shown at first. */
const groupedAbove = 200;

export interface TimelineProps {
  readonly run: FlowRun;
  /** All of the run. */
  readonly timeline: RunTimeline;
  readonly search: Readonly<Record<string, unknown>>;
  readonly selected: string | null;
  readonly onSelect: (taskRunId: string) => void;
}

export function Timeline(props: TimelineProps) {
  const { run, timeline } = props;
  if (timeline.total > 0) return <FullTimeline {...props} />;
  return (
    <Empty title="No task runs yet">
      {run.endedAt === null ? "They appear here as they begin." : "The flow called no tasks."}
    </Empty>
  );
}

function FullTimeline({ run, timeline: whole, search: given, selected, onSelect }: TimelineProps) {
  const search = readTimelineSearch(given);
  const navigate = useNavigate({ from: "/runs/flow-run/$id" });
  const set = (change: { readonly [Name in keyof TimelineSearch]: TimelineSearch[Name] | undefined }): void => {
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  };
  const openKeys = JSON.stringify(search.open ?? []);
  const toggled = useMemo<ReadonlySet<string>>(() => new Set(JSON.parse(openKeys) as readonly string[]), [openKeys]);
  const onToggle = (key: string): void => {
    void navigate({
      search: (before) => ({ ...before, open: toggle(readTimelineSearch(before).open ?? [], key) }),
      replace: true,
    });
  };
  const origin = useMemo(() => firstSeenAt(whole) ?? run.createdAt, [whole, run.createdAt]);
  const isLive = run.endedAt === null;
  const { zone } = usePreferences();
  const isDark = useIsDark();

  const timeline = usePart(
    run,
    whole,
    search.window === null ? null : { from: origin + search.window.from, to: origin + search.window.to },
  );
  const { columns } = timeline;
  const isGrouped = columns !== null && columns.length > groupedAbove;
  const mode: TimelineMode = search.mode ?? (isGrouped ? "grouped" : "rows");
  const sort = search.sort ?? "start";
  const subflows = useSubflows(columns, toggled);
  const list = useMemo(
    () =>
      columns === null
        ? listDensities(timeline.density === null ? [] : toDensities(timeline.density, timeline.taskNames))
        : listItems(columns, { mode, sort, toggled, subflows, now: timeline.readAt }),
    [columns, mode, sort, toggled, subflows, timeline],
  );
  const isFolded = search.idle === "folded" && whole.columns !== null && columns !== null;
  const fold = useMemo(() => {
    if (!isFolded) return openFold(origin);
    const spans = Array.from(
      { length: columns.length },
      (_, index) => [columns.starts[index] ?? 0, endOf(columns, index, timeline.readAt)] as const,
    );
    return foldIdle(
      spans.sort((a, b) => a[0] - b[0]),
      origin,
    );
  }, [columns, isFolded, origin, timeline.readAt]);
  const wholeShape = useMemo(
    () => (whole.density === null ? whole.columns : sumDensities(toDensities(whole.density, whole.taskNames))),
    [whole],
  );

  const body = useRef<HTMLCanvasElement>(null);
  const head = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const tip = useRef<TipHandle>(null);
  const view = useRef<TimelineView | null>(null);
  const onWindow = useRef<(window: { from: number; to: number } | null) => void>(() => undefined);
  const settling = useRef<ReturnType<typeof setTimeout> | null>(null);
  onWindow.current = (window) => {
    // Into the address when it has come to rest.
    if (settling.current !== null) clearTimeout(settling.current);
    settling.current = setTimeout(() => {
      const zoom =
        window === null ? undefined : `${Number(window.from.toPrecision(9))}_${Number(window.to.toPrecision(9))}`;
      set({ zoom });
    }, 250);
  };

  useEffect(() => {
    if (body.current === null || head.current === null) return;
    const opened = openTimelineView({
      body: body.current,
      head: head.current,
      inks: readInks(),
      onWindow: (window) => onWindow.current(window),
    });
    view.current = opened;
    return () => {
      if (settling.current !== null) clearTimeout(settling.current);
      opened.close();
      view.current = null;
    };
  }, []);
  useEffect(() => {
    const extent = { from: 0, to: fold.toBusy(whole.lastAt ?? origin) };
    view.current?.update({ whole: wholeShape, list, fold, extent, now: whole.readAt, isLive });
  }, [wholeShape, list, fold, whole, origin, isLive]);
  useEffect(() => view.current?.setInks(readInks()), [isDark]);
  useEffect(() => view.current?.setZone(zone), [zone]);
  useEffect(() => view.current?.setSelected(selected), [selected]);
  useEffect(() => view.current?.setWindow(search.window), [search.zoom]);
  useEffect(() => {
    if (!isLive || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const timer = setInterval(() => view.current?.tick(readNow()), tickMs);
    return () => clearInterval(timer);
  }, [isLive]);
  useTimelinePointer({ body, head, scroller, view, tip, onSelect, onToggle });
  useShortcuts(
    useMemo(
      () => [
        { keys: "+", does: "Zoom in", run: () => view.current?.zoomBy(1.6) },
        { keys: "-", does: "Zoom out", run: () => view.current?.zoomBy(1 / 1.6) },
        { keys: "0", does: "Show all of the run", run: () => view.current?.zoomBy(1e-9) },
        { keys: "ArrowLeft", does: "Earlier", run: () => view.current?.panBy(-120) },
        { keys: "ArrowRight", does: "Later", run: () => view.current?.panBy(120) },
      ],
      [],
    ),
  );

  return (
    <div className="flex min-h-0 min-w-0 grow flex-col">
      <TimelineToolbar
        mode={mode}
        sort={sort}
        isFolded={search.idle === "folded"}
        isDense={columns === null}
        canFold={whole.columns !== null}
        total={whole.total}
        onMode={(next) => set({ mode: next })}
        onSort={(next) => set({ sort: next })}
        onFold={(isOn) => set({ idle: isOn ? "folded" : undefined, zoom: undefined })}
        onZoom={(factor) => view.current?.zoomBy(factor)}
      />
      <div className="timeline-columns grid border-y border-line">
        <div
          className="flex items-end px-4 pb-0.5 text-small font-medium text-muted"
          style={{ height: minimapHeight + axisHeight }}
        >
          {mode === "lanes" && columns !== null ? "Lane" : "Task"}
        </div>
        <canvas
          ref={head}
          role="img"
          aria-label="All of the run, and the window that is shown of it"
          className="block w-full touch-none"
          style={{ height: minimapHeight + axisHeight }}
        />
      </div>
      <div ref={scroller} className="relative min-h-0 grow overflow-x-hidden overflow-y-auto" data-timeline>
        <TimelineRows
          list={list}
          label={`Task runs of ${run.name}`}
          now={timeline.readAt}
          scroller={scroller}
          selected={selected}
          onTop={(top) => view.current?.setTop(top)}
          onSelect={onSelect}
          onToggle={onToggle}
        >
          <canvas ref={body} aria-hidden className="block size-full touch-pan-y" />
        </TimelineRows>
        <TimelineTip ref={tip} />
      </div>
      {columns === null ? null : <TimelineLegend columns={columns} />}
    </div>
  );
}

/**
 * What is shown of a run that is too big to be had at once: the window of it, one by one where that can be. Other runs are
 * shown whole.
 */
function usePart(run: FlowRun, whole: RunTimeline, window: TimelinePart["window"]): RunTimeline {
  const isPart = whole.columns === null && window !== null;
  const part = useRunTimeline({ flowRunId: run.id, window }, { isEnabled: isPart });
  return isPart ? (part.data ?? whole) : whole;
}

/** When the first task run was seen, which may have waited before it began. Null when there is none. */
function firstSeenAt({ columns, firstAt }: RunTimeline): number | null {
  if (columns === null || columns.length === 0) return firstAt;
  return columns.starts.reduce((first, start, index) => Math.min(first, start - (columns.waits[index] ?? 0)), Infinity);
}
