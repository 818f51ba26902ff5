/** What a benchmark is, and what it reports. */

export interface Benchmark {
  /** As it is given on the command line. */
  readonly name: string;
  /** What is measured, in one line. */
  readonly what: string;
  readonly run: (options: BenchOptions) => Promise<Report>;
}

export interface BenchOptions {
  /** Few repetitions of small sizes, to see that it runs. */
  readonly isQuick: boolean;
  /** Whether peers may be installed and measured. */
  readonly withPeers: boolean;
  /** A line about what is going on, for the person who waits. */
  readonly say: (line: string) => void;
}

export type Report =
  | { readonly figures: readonly Figure[]; readonly notes?: readonly string[] }
  /** Why it could not be measured, in words for the person who runs it. */
  | { readonly skipped: string };

export type Unit = "/s" | "s" | "ms" | "µs" | "MB" | "KB" | "x" | "";

/** A line of the table: the median of its samples, and what it is held to. */
export interface Figure {
  readonly label: string;
  /** One a repetition. */
  readonly samples: readonly number[];
  readonly unit: Unit;
  /** What the median must keep. */
  readonly bound?: Limit;
  /** What a quiet two-core machine should reach; printed, and not enforced. */
  readonly target?: Limit;
}

export type Limit = { readonly atMost: number } | { readonly atLeast: number };

export type Verdict = "ok" | "MISSED" | null;

/** Whether a value keeps its limit; null where there is none. */
export function judge(value: number, limit: Limit | undefined): Verdict {
  if (limit === undefined) return null;
  const isKept = "atMost" in limit ? value <= limit.atMost : value >= limit.atLeast;
  return isKept ? "ok" : "MISSED";
}
