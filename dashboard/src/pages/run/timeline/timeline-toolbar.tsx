import { Maximize2, ZoomIn, ZoomOut } from "lucide-react";
import { toCount } from "../../../format/number.ts";
import { IconButton } from "../../../ui/button.tsx";
import { Select } from "../../../ui/field.tsx";
import type { TimelineMode, TimelineSort } from "./items.ts";

const step = 1.6;

export function TimelineToolbar(props: {
  readonly mode: TimelineMode;
  readonly sort: TimelineSort;
  readonly isFolded: boolean;
  /** Only how many began when is known. */
  readonly isDense: boolean;
  readonly canFold: boolean;
  readonly total: number;
  readonly onMode: (mode: TimelineMode) => void;
  readonly onSort: (sort: TimelineSort) => void;
  readonly onFold: (isFolded: boolean) => void;
  readonly onZoom: (factor: number) => void;
}) {
  const { mode, sort, isFolded, isDense, canFold, total, onMode, onSort, onFold, onZoom } = props;
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 py-2">
      {isDense ? (
        <span className="text-muted">How many began when. Zoom in to see them one by one.</span>
      ) : (
        <Select
          aria-label="What a row is"
          value={mode}
          onChange={(event) => onMode(event.target.value as TimelineMode)}
          options={[
            ["grouped", "Grouped by task"],
            ["rows", "A row each"],
            ["lanes", "Packed lanes"],
          ]}
        />
      )}
      {isDense || mode === "lanes" ? null : (
        <Select
          aria-label="Order"
          value={sort}
          onChange={(event) => onSort(event.target.value as TimelineSort)}
          options={[
            ["start", "By start"],
            ["duration", "Longest first"],
            ["failed", "Failed first"],
          ]}
        />
      )}
      {canFold ? (
        <label className="flex items-center gap-1.5 text-muted">
          <input type="checkbox" checked={isFolded} onChange={(event) => onFold(event.target.checked)} />
          Fold idle time
        </label>
      ) : null}
      <span className="grow" />
      <span className="text-small text-muted">{toCount(total)} task runs</span>
      <span className="flex gap-2">
        <IconButton label="Zoom in" onClick={() => onZoom(step)}>
          <ZoomIn size={15} />
        </IconButton>
        <IconButton label="Zoom out" onClick={() => onZoom(1 / step)}>
          <ZoomOut size={15} />
        </IconButton>
        <IconButton label="Show all of the run" onClick={() => onZoom(1e-9)}>
          <Maximize2 size={14} />
        </IconButton>
      </span>
    </div>
  );
}
