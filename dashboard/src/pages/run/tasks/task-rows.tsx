/** The rows of the list of task runs: a task with its counts, and one run of it. */

import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronRight } from "lucide-react";
import type { TaskRun } from "millrace/client";
import { toCount } from "../../../format/number.ts";
import { families, type Family, type GlyphName } from "../../../states/families.ts";
import { familyText, Glyph, StateBadge } from "../../../states/state-badge.tsx";
import { Ago, Took } from "../../../ui/when.tsx";
import { toReason } from "./reasons.ts";
import type { TaskGroup } from "./task-groups.ts";

export const familyWords: Readonly<Record<Family, readonly [word: string, glyph: GlyphName]>> = {
  failed: ["failed", "cross"],
  crashed: ["crashed", "bolt"],
  attention: ["need attention", "alarm"],
  running: ["running", "pulse"],
  waiting: ["waiting", "clock"],
  completed: ["completed", "check"],
  inert: ["cancelled", "slash"],
};

export function GroupCells({
  group,
  isOpen,
  shown,
}: {
  readonly group: TaskGroup;
  readonly isOpen: boolean;
  readonly shown: number;
}) {
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <div role="gridcell" className="flex min-w-0 grow items-center gap-2">
        <Icon size={14} className="shrink-0 text-muted" aria-hidden />
        <span className="truncate font-medium" title={group.taskName}>
          <bdi>{group.taskName}</bdi>
        </span>
        <span className="shrink-0 text-muted">
          {shown === group.total ? toCount(group.total) : `${toCount(shown)} of ${toCount(group.total)}`}
        </span>
      </div>
      <div role="gridcell" className="flex shrink-0 items-center gap-3">
        {families.map((family) => {
          const count = group.counts[family] ?? 0;
          const [word, glyph] = familyWords[family];
          return count === 0 ? null : (
            <span
              key={family}
              className={`flex items-center gap-1 ${familyText[family]}`}
              title={`${toCount(count)} ${word}`}
            >
              <Glyph name={glyph} family={family} label={word} />
              {toCount(count)}
            </span>
          );
        })}
      </div>
      <div
        role="gridcell"
        className="hidden w-20 shrink-0 text-right text-muted sm:block"
        title="From the first start to the last end"
      >
        <Took
          from={group.firstStartedAt}
          to={(group.counts.running ?? 0) > 0 ? null : (group.lastEndedAt ?? group.firstStartedAt)}
        />
      </div>
      <div role="gridcell" className="hidden w-20 shrink-0 text-right text-muted sm:block">
        <Ago at={group.firstStartedAt} />
      </div>
    </>
  );
}

export function ItemCells({ run }: { readonly run: TaskRun | undefined }) {
  if (run === undefined) {
    return (
      <div role="gridcell" className="pl-6 text-faint">
        …
      </div>
    );
  }
  const why = toReason(run);
  return (
    <>
      <div role="gridcell" className="flex w-36 shrink-0 items-center pl-6">
        <StateBadge state={run.state} />
      </div>
      <div role="gridcell" className="min-w-24 grow basis-0 truncate">
        <Link
          to="/runs/task-run/$id"
          params={{ id: run.id }}
          search={{}}
          tabIndex={-1}
          className="py-0.5 hover:underline"
          title={run.name}
        >
          <bdi>{run.name}</bdi>
        </Link>
      </div>
      <div role="gridcell" className="hidden min-w-0 grow-[2] basis-0 truncate text-muted md:block" title={why}>
        <bdi>{why}</bdi>
      </div>
      <div role="gridcell" className="hidden w-20 shrink-0 text-muted sm:block">
        {run.attempt > 1 ? `attempt ${run.attempt}` : ""}
      </div>
      <div role="gridcell" className="w-16 shrink-0 text-right sm:w-20">
        <Took from={run.startedAt} to={run.endedAt} />
      </div>
      <div role="gridcell" className="hidden w-20 shrink-0 text-right text-muted sm:block">
        <Ago at={run.startedAt ?? run.createdAt} />
      </div>
    </>
  );
}
