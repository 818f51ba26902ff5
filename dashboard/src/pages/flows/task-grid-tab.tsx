import { Link, useNavigate } from "@tanstack/react-router";
import type { Flow, TaskGrid } from "millrace/client";
import { useEffect, useMemo, useRef, useState } from "react";
import { api } from "../../api/api.ts";
import { ofFlowRuns, useLive } from "../../api/queries.ts";
import { useIsDark, usePreferences } from "../../app/preferences.ts";
import { readInks } from "../../canvas/inks.ts";
import { openSurface, type Surface } from "../../canvas/surface.ts";
import { plural } from "../../format/number.ts";
import { Empty, Loaded } from "../../ui/states-of-loading.tsx";
import { drawTaskGrid, headHeight, side } from "./draw-task-grid.ts";
import { keyOf, type Place, toCellWords, toGridCells, toRunWords } from "./task-grid.ts";

/** The newest runs that are shown. */
const runCount = 40;

/** The tasks of a flow over its newest runs: what failed when, and whether it is always the same. */
export function TaskGridTab({ flow }: { readonly flow: Flow }) {
  const grid = useLive({
    key: ["flow", flow.id, "grid"],
    read: () => api.readTaskGrid({ flowName: flow.name, runs: runCount }),
    concerns: ofFlowRuns,
  });
  return (
    <div className="min-h-0 grow overflow-auto p-4">
      <Loaded query={grid} rows={8}>
        {(found) =>
          found.taskNames.length === 0 ? (
            <Empty title="There are no task runs">
              <p>The tasks of its newest {runCount} runs are shown here, one row for each.</p>
            </Empty>
          ) : (
            <Grid grid={found} />
          )
        }
      </Loaded>
    </div>
  );
}

function Grid({ grid }: { readonly grid: TaskGrid }) {
  const navigate = useNavigate();
  const { zone } = usePreferences();
  const isDark = useIsDark();
  const { runs, taskNames, isCut } = grid;
  const cells = useMemo(() => toGridCells(grid), [grid]);
  // As they went: the newest stands on the right, as in strips and charts. A task of -1 is the run itself.
  const [at, setAt] = useState<Place | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const surface = useRef<Surface | null>(null);
  const shown = useRef({ grid, cells, chosen: at, inks: readInks() });
  shown.current = { ...shown.current, grid, cells, chosen: at };
  useEffect(() => {
    if (canvas.current === null) return;
    const opened = openSurface(canvas.current, (context) => drawTaskGrid(context, shown.current));
    surface.current = opened;
    return () => opened.close();
  }, []);
  useEffect(() => {
    shown.current = { ...shown.current, inks: readInks() };
    surface.current?.invalidate();
  }, [isDark, grid, at]);
  const width = runs.ids.length * side;
  const height = headHeight + taskNames.length * side;
  const words =
    at === null
      ? null
      : at.task < 0
        ? toRunWords(grid, at.run, zone)
        : toCellWords(grid, at, cells.get(keyOf(at)), zone);
  const open = ({ run }: Place): void => {
    const id = runs.ids[run];
    if (id !== undefined) void navigate({ to: "/runs/flow-run/$id", params: { id }, search: { tab: "tasks" } });
  };
  const placeAt = (event: React.MouseEvent): Place | null => {
    const box = event.currentTarget.getBoundingClientRect();
    const run = runs.ids.length - 1 - Math.floor((event.clientX - box.left) / side);
    const task = Math.floor((event.clientY - box.top - headHeight) / side);
    return run < 0 || run >= runs.ids.length || task >= taskNames.length ? null : { run, task: Math.max(-1, task) };
  };
  const move = (down: number, back: number): void =>
    setAt((before) =>
      before === null
        ? { task: 0, run: 0 }
        : {
            task: Math.max(-1, Math.min(taskNames.length - 1, before.task + down)),
            run: Math.max(0, Math.min(runs.ids.length - 1, before.run + back)),
          },
    );
  return (
    <div className="flex flex-col gap-2">
      <p className="line-clamp-2 min-h-5 text-muted" aria-live="polite">
        {words ??
          `${plural(taskNames.length, "task")} over the newest ${plural(runs.ids.length, "run")}, the newest on the right.${isCut ? " There are more than are shown." : ""}`}
      </p>
      <div className="flex w-fit max-w-full overflow-x-auto rounded-panel border border-line">
        <ul
          className="sticky left-0 w-48 shrink-0 border-r border-line bg-bg max-sm:w-28"
          style={{ paddingTop: headHeight }}
        >
          {taskNames.map((name) => (
            <li
              key={name}
              className="truncate border-t border-line px-2"
              style={{ height: side, lineHeight: `${side - 1}px` }}
              title={name}
            >
              {name}
            </li>
          ))}
        </ul>
        <div
          role="group"
          tabIndex={0}
          aria-label="Tasks over runs: go from cell to cell with the arrow keys, Enter opens the run"
          className="shrink-0 cursor-pointer"
          style={{ width, height }}
          onMouseMove={(event) => setAt(placeAt(event))}
          onMouseLeave={() => setAt(null)}
          onBlur={() => setAt(null)}
          onClick={(event) => {
            const place = placeAt(event);
            if (place !== null) open(place);
          }}
          onKeyDown={(event) => {
            const step = { ArrowRight: [0, -1], ArrowLeft: [0, 1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
            if (step !== undefined) move(step[0] ?? 0, step[1] ?? 0);
            else if (event.key === "Enter" && at !== null) open(at);
            else return;
            event.preventDefault();
          }}
        >
          <canvas ref={canvas} aria-hidden style={{ width, height }} />
        </div>
      </div>
      <p className="text-muted">
        <Link to="/runs" search={{ flow: grid.flowName }} className="link">
          See all runs of the flow
        </Link>
      </p>
    </div>
  );
}
