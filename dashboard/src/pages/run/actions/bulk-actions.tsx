/** What can be done with many runs at once: those that are chosen, or all that meet a condition on the server. */

import { useNavigate } from "@tanstack/react-router";
import type { Condition, FlowRunAction } from "millrace/client";
import { useRef, useState } from "react";
import { plural } from "../../../format/number.ts";
import { Button } from "../../../ui/button.tsx";
import { focusPage } from "../../../ui/give-back-focus.ts";
import { late } from "../../../ui/late.tsx";
import { maxCompared } from "../../compare/compare-search.ts";

const BulkDialog = late(async () => (await import("./bulk-dialog.tsx")).BulkDialog);

export interface BulkBarProps {
  /** All that are meant when `selectedIds` is null. */
  readonly where: Condition;
  /** How many meet it. */
  readonly count: number;
  readonly selectedIds: readonly string[] | null;
  readonly onSelectAll?: () => void;
  readonly onClear: () => void;
  /** Something was done with them. */
  readonly onChanged?: () => void;
  /** The same as a command; null where there is none. */
  readonly toCommand?: (action: FlowRunAction) => string | null;
}

interface Chosen {
  readonly action: FlowRunAction;
  readonly where: Condition;
  readonly command: string | null;
}

export function BulkBar(props: BulkBarProps) {
  const { where, count, selectedIds, onSelectAll, onClear, onChanged, toCommand } = props;
  const [open, setOpen] = useState<Chosen | null>(null);
  const navigate = useNavigate();
  const bar = useRef<HTMLDivElement>(null);
  const compared = selectedIds ?? [];
  // What is meant stays the same while it is decided on.
  const choose = (action: FlowRunAction): void =>
    setOpen({
      action,
      where: selectedIds === null ? where : { field: "id", in: selectedIds },
      command: toCommand?.(action) ?? null,
    });
  return (
    <div
      ref={bar}
      tabIndex={-1}
      role="region"
      aria-label="Chosen runs"
      className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-selected px-4 py-1"
    >
      <span role="status" className="font-medium">
        {selectedIds === null
          ? `All ${plural(count, "run")} that match`
          : `${plural(selectedIds.length, "run")} chosen`}
      </span>
      {selectedIds !== null && onSelectAll !== undefined && count > selectedIds.length ? (
        <Button
          kind="quiet"
          onClick={() => {
            // This button goes with the choice.
            bar.current?.focus();
            onSelectAll();
          }}
          className="text-fg underline"
        >
          Choose all {plural(count, "run")} that match
        </Button>
      ) : null}
      <span className="flex flex-wrap gap-2">
        <Button
          whyNot={
            compared.length < 2 || compared.length > maxCompared ? `Choose two to ${maxCompared} runs one by one` : null
          }
          onClick={() => void navigate({ to: "/compare", search: { runs: compared.join(",") } })}
        >
          Compare runs
        </Button>
        <Button needs={["changeFlowRuns", { action: "cancel" }]} onClick={() => choose("cancel")}>
          Cancel runs
        </Button>
        <Button needs={["changeFlowRuns", { action: "retry" }]} onClick={() => choose("retry")}>
          Retry runs
        </Button>
        <Button needs={["changeFlowRuns", { action: "resume" }]} onClick={() => choose("resume")}>
          Resume runs
        </Button>
        <Button kind="danger" needs={["changeFlowRuns", { action: "delete" }]} onClick={() => choose("delete")}>
          Delete runs
        </Button>
      </span>
      <Button
        kind="quiet"
        onClick={() => {
          focusPage();
          onClear();
        }}
        className="text-fg"
      >
        Clear choice
      </Button>
      {open === null ? null : (
        <BulkDialog
          action={open.action}
          where={open.where}
          command={open.command}
          onClose={(hasChanged) => {
            setOpen(null);
            if (!hasChanged) return;
            onClear();
            onChanged?.();
          }}
        />
      )}
    </div>
  );
}
