import { clsx } from "clsx";
import { toCount } from "../format/number.ts";

/** How much of a limit is used: the figures, and a bar that is as full. Without a limit the figure alone. */
export function Meter(props: {
  readonly used: number;
  readonly limit: number | null;
  /** What is counted: "runs", "slots". */
  readonly what: string;
}) {
  const { used, limit, what } = props;
  if (limit === null) {
    return (
      <span className="text-muted" title={`${toCount(used)} ${what}, without a limit`}>
        {toCount(used)}
      </span>
    );
  }
  const isFull = used >= limit;
  const part = limit === 0 ? 1 : Math.min(1, used / limit);
  return (
    <span className="flex w-full min-w-0 items-center gap-2" title={`${toCount(used)} of ${toCount(limit)} ${what}`}>
      {/* Wide enough for most, so that the bars of a column begin together. */}
      <span className={clsx("min-w-11 shrink-0", isFull && "font-medium")}>
        {toCount(used)}/{toCount(limit)}
        {isFull ? <span className="sr-only"> (full)</span> : null}
      </span>
      <span aria-hidden className="h-1.5 min-w-6 grow overflow-hidden rounded-full bg-line">
        <span
          className={clsx("block h-full rounded-full forced-color-adjust-none", isFull ? "bg-attention" : "bg-running")}
          style={{ width: `${part * 100}%` }}
        />
      </span>
    </span>
  );
}
