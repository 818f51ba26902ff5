import { usePreferences } from "../../app/preferences.ts";
import { toDateTime } from "../../format/time.ts";

/** The stretch of time that a list is of, which goes when it is pressed. */
export function RangeChip(props: {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly onClear: () => void;
}) {
  const { from, to, onClear } = props;
  const { zone } = usePreferences();
  if (from === undefined && to === undefined) return null;
  const show = (at: number | undefined): string => (at === undefined ? "…" : toDateTime(at, zone).replace(/:00$/, ""));
  return (
    <button
      type="button"
      onClick={onClear}
      title="Show all times again"
      className="h-7 rounded-full bg-selected px-2.5"
    >
      {show(from)} – {show(to)} ×
    </button>
  );
}
