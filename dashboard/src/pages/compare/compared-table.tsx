import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { plural, toCount } from "../../format/number.ts";
import { toDuration } from "../../format/time.ts";
import { familyText, Glyph, StateBadge } from "../../states/state-badge.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { Ago, Took } from "../../ui/when.tsx";
import type { Compared } from "./compare-page.tsx";
import { ComparedArtifacts } from "./compared-artifacts.tsx";
import {
  compareCode,
  type ComparedArtifact,
  type ComparedRow,
  type ComparedTask,
  compareParameters,
  compareTasks,
  type TaskCell,
  toRow,
} from "./comparison.ts";

/** One column for each run; what is not the same in all of them is marked. */
export function ComparedTable(props: {
  readonly compared: readonly Compared[];
  readonly artifacts: readonly ComparedArtifact[];
  readonly onlyDiffering: boolean;
  readonly onRemove: (id: string) => void;
}) {
  const { compared, artifacts, onlyDiffering, onRemove } = props;
  const runs = compared.map(({ run }) => run);
  const shown = <Row extends { readonly differs: boolean }>(rows: readonly Row[]): readonly Row[] =>
    onlyDiffering ? rows.filter(({ differs }) => differs) : rows;
  const tasks = compareTasks(compared.map((each) => each.tasks));
  const errors = toRow(
    "Error",
    runs.map(({ error, state }) => error?.message ?? (state.type === "COMPLETED" ? null : (state.message ?? null))),
  );
  return (
    <div className="flex flex-col gap-6">
      <div
        className="overflow-x-auto rounded-panel border border-line"
        tabIndex={0}
        role="region"
        aria-label="Comparison"
      >
        <table className="w-full table-fixed border-collapse text-left" style={{ minWidth: 150 + runs.length * 190 }}>
          <thead>
            <tr className="border-b border-line">
              <th scope="col" className="sticky left-0 w-44 bg-bg px-3 py-2 font-medium text-muted max-sm:w-32">
                Run
              </th>
              {runs.map((run) => (
                <th key={run.id} scope="col" className="px-3 py-2 align-top font-normal">
                  <span className="flex items-start justify-between gap-2">
                    <span className="min-w-0">
                      <Link
                        to="/runs/flow-run/$id"
                        params={{ id: run.id }}
                        search={{}}
                        className="line-clamp-2 font-semibold break-words hover:underline"
                        title={run.name}
                      >
                        {run.name}
                      </Link>
                      <span className="line-clamp-1 text-muted" title={run.flowName}>
                        {run.flowName}
                      </span>
                    </span>
                    <IconButton
                      label={`Leave out ${run.name.slice(0, 80)}`}
                      className="size-6"
                      onClick={() => onRemove(run.id)}
                    >
                      <X size={14} />
                    </IconButton>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Row name="State" differs={new Set(runs.map(({ state }) => state.name)).size > 1}>
              {runs.map((run) => (
                <StateBadge key={run.id} state={run.state} />
              ))}
            </Row>
            <Row name="Took" differs={false}>
              {runs.map((run, index) => (
                <Duration
                  key={run.id}
                  run={run}
                  first={index === 0 ? null : (runs[0] ?? null)}
                  longestMs={longestOf(runs)}
                />
              ))}
            </Row>
            <Row name="Started" differs={false}>
              {runs.map((run) => (
                <Ago key={run.id} at={run.startedAt} />
              ))}
            </Row>
            {errors.values.every((value) => value === null) ? null : <TextRow row={errors} isError />}
          </tbody>
          <Section
            title="Parameters"
            rows={shown(compareParameters(runs))}
            span={runs.length}
            onlyDiffering={onlyDiffering}
          />
          <Section
            title="Code and place"
            rows={shown(compareCode(runs))}
            span={runs.length}
            onlyDiffering={onlyDiffering}
          />
          <Tasks tasks={shown(tasks)} all={tasks} span={runs.length} />
        </table>
      </div>
      <ComparedArtifacts
        names={runs.map(({ name }) => name)}
        artifacts={onlyDiffering ? artifacts.filter(({ differs }) => differs !== false) : artifacts}
      />
    </div>
  );
}

type Times = Pick<Compared["run"], "startedAt" | "endedAt">;

const durationOf = ({ startedAt, endedAt }: Times): number | null =>
  startedAt === null || endedAt === null ? null : Math.max(0, endedAt - startedAt);

const longestOf = (runs: readonly Times[]): number => Math.max(1, ...runs.map((run) => durationOf(run) ?? 0));

function Duration(props: { readonly run: Times; readonly first: Times | null; readonly longestMs: number }) {
  const { run, first, longestMs } = props;
  const ms = durationOf(run);
  const before = first === null ? null : durationOf(first);
  const change = ms === null || before === null || before === 0 ? null : toChange(ms / before);
  return (
    <span className="flex flex-col gap-1">
      <span>
        <Took from={run.startedAt} to={run.endedAt} />
        {change === null ? null : (
          <span className="ml-2 text-muted" title="Beside the first run">
            {change}
          </span>
        )}
      </span>
      <Bar part={(ms ?? 0) / longestMs} />
    </span>
  );
}

/** `+12 %`, `−40 %`, `58×` */
function toChange(ratio: number): string {
  if (ratio >= 10) return `${toCount(Math.round(ratio))}×`;
  const percent = Math.round((ratio - 1) * 100);
  return percent < 0 ? `−${-percent} %` : `+${percent} %`;
}

function Bar({ part }: { readonly part: number }) {
  return (
    <span className="block h-1.5 bg-panel" aria-hidden>
      <span
        className="block h-full min-w-0.5 bg-[color-mix(in_srgb,var(--accent)_60%,var(--bg))]"
        style={{ width: `${part * 100}%` }}
      />
    </span>
  );
}

function Row({
  name,
  differs,
  children,
}: {
  readonly name: string;
  readonly differs: boolean;
  readonly children: readonly ReactNode[];
}) {
  return (
    <tr className="border-b border-line align-top last:border-0">
      <th scope="row" className="sticky left-0 bg-bg px-3 py-1.5 font-normal text-muted">
        <span className="flex items-baseline justify-between gap-2">
          <span className={clsx("line-clamp-2 break-words", differs && "font-medium text-fg")} title={name}>
            {name}
          </span>
          {differs ? (
            <span className="text-accent" title="Differs">
              <span aria-hidden>≠</span>
              <span className="sr-only">differs</span>
            </span>
          ) : null}
        </span>
      </th>
      {children.map((child, index) => (
        <td key={index} className="px-3 py-1.5">
          {child}
        </td>
      ))}
    </tr>
  );
}

/** More tasks are shown when somebody asks for them. */
const maxTasks = 100;

/** A longer value is shown whole on its run's page. */
const maxText = 2000;

function TextRow({ row, isError = false }: { readonly row: ComparedRow; readonly isError?: boolean }) {
  return (
    <Row name={row.name} differs={row.differs}>
      {row.values.map((value, index) =>
        value === null ? (
          <span key={index} className="text-faint">
            –
          </span>
        ) : (
          <span
            key={index}
            className={clsx(
              "line-clamp-6 font-mono text-small break-words whitespace-pre-wrap",
              isError ? familyText.failed : !row.differs && "text-muted",
            )}
            title={value.slice(0, maxText)}
          >
            {value.slice(0, maxText)}
          </span>
        ),
      )}
    </Row>
  );
}

function Section(props: {
  readonly title: string;
  readonly rows: readonly ComparedRow[];
  readonly span: number;
  readonly onlyDiffering: boolean;
}) {
  const { title, rows, span, onlyDiffering } = props;
  return (
    <tbody className="border-t border-line">
      <SectionHead title={title} span={span} />
      {rows.length === 0 ? (
        <tr>
          <td colSpan={span + 1} className="px-3 py-1.5 text-muted">
            {onlyDiffering ? "The same in all of them." : "None."}
          </td>
        </tr>
      ) : (
        rows.map((row) => <TextRow key={row.name} row={row} />)
      )}
    </tbody>
  );
}

function SectionHead({ title, span }: { readonly title: string; readonly span: number }) {
  return (
    <tr className="border-b border-line bg-panel">
      <th scope="rowgroup" colSpan={span + 1} className="sticky left-0 px-3 py-1.5 font-semibold">
        {title}
      </th>
    </tr>
  );
}

function Tasks(props: {
  readonly tasks: readonly ComparedTask[];
  readonly all: readonly ComparedTask[];
  readonly span: number;
}) {
  const { tasks, all, span } = props;
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? tasks : tasks.slice(0, maxTasks);
  const longest = Math.max(1, ...all.flatMap(({ cells }) => cells.map((cell) => cell?.spanMs ?? 0)));
  return (
    <tbody className="border-t border-line">
      <SectionHead title="Tasks" span={span} />
      {tasks.length === 0 ? (
        <tr>
          <td colSpan={span + 1} className="px-3 py-1.5 text-muted">
            {all.length === 0 ? "They have no task runs." : "The same counts in all of them."}
          </td>
        </tr>
      ) : (
        shown.map(({ taskName, cells, differs }) => (
          <Row key={taskName} name={taskName} differs={differs}>
            {cells.map((cell, index) =>
              cell === null ? (
                <span key={index} className="text-faint">
                  –
                </span>
              ) : (
                <TaskBar key={index} cell={cell} longestMs={longest} />
              ),
            )}
          </Row>
        ))
      )}
      {shown.length === tasks.length ? null : (
        <tr>
          <td colSpan={span + 1} className="p-2">
            <Button onClick={() => setWhole(true)}>Show all {plural(tasks.length, "task")}</Button>
          </td>
        </tr>
      )}
    </tbody>
  );
}

function TaskBar({
  cell: { count, failed, cached, spanMs },
  longestMs,
}: {
  readonly cell: TaskCell;
  readonly longestMs: number;
}) {
  return (
    <span className="flex flex-col gap-1">
      <span className="flex flex-wrap gap-x-3">
        <span title="From the start of its first task run to the end of its last">
          {spanMs === null ? "–" : toDuration(spanMs)}
        </span>
        <span className="text-muted">{plural(count, "task run")}</span>
        {failed === 0 ? null : (
          <span className={clsx("flex items-center gap-1", familyText.failed)}>
            <Glyph name="cross" family="failed" />
            {toCount(failed)} failed
          </span>
        )}
        {cached === 0 ? null : <span className="text-muted">{toCount(cached)} cached</span>}
      </span>
      <Bar part={(spanMs ?? 0) / longestMs} />
    </span>
  );
}
