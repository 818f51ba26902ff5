/**
 * Numbers that a program tells of itself, as Prometheus has them: counters, gauges and histograms, each with series by the values
 * of its labels. What there is is a table; a name that is not in it does not compile. The number of series has a bound.
 */

export interface MetricDefinition {
  readonly type: "counter" | "gauge" | "histogram";
  /** What it counts, and by which unit, in a line. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Of a histogram: the upper bounds, rising. */
  readonly buckets?: readonly number[];
}

export type MetricTable = Readonly<Record<string, MetricDefinition>>;

type NameOf<Table extends MetricTable, Type extends MetricDefinition["type"]> = {
  [Name in keyof Table]: Table[Name]["type"] extends Type ? Name : never;
}[keyof Table] &
  string;

/** Label values are given in the order of the definition's labels. */
export interface Metrics<Table extends MetricTable> {
  /** Adds to a counter or a gauge. */
  add(name: NameOf<Table, "counter" | "gauge">, labels: readonly string[], by?: number): void;
  /** Sets a gauge, or a counter that something else has counted. */
  set(name: NameOf<Table, "counter" | "gauge">, labels: readonly string[], value: number): void;
  /** Adds a value to a histogram. */
  observe(name: NameOf<Table, "histogram">, labels: readonly string[], value: number): void;
  /** Takes away all series of a gauge, whose labels come and go. */
  clear(name: NameOf<Table, "gauge">): void;
  /** Asked before each reading, for what is only known by looking. One that fails leaves its metrics as they are. */
  onRead(collect: () => void | Promise<void>): void;
  /** What there is, in the order of the table; metrics without a series are left out. */
  read(): Promise<readonly MetricFamily[]>;
}

export interface MetricFamily extends MetricDefinition {
  readonly name: string;
  readonly series: readonly MetricSeries[];
}

export interface MetricSeries {
  readonly labels: readonly string[];
  /** Of a histogram the sum of its values. */
  readonly value: number;
  /** Of a histogram: how many values are up to each bound, and how many there are. Empty for others. */
  readonly counts: readonly number[];
}

/** Series of one metric; more are counted together, with this for each label. */
const maxSeries = 2000;
const restLabel = "other";

interface LiveSeries {
  readonly labels: readonly string[];
  value: number;
  /** For each bucket those that are in it alone; the last is for what is above all bounds. */
  readonly counts: number[];
}

export function createMetrics<const Table extends MetricTable>(table: Table): Metrics<Table> {
  const all = new Map(Object.keys(table).map((name) => [name, new Map<string, LiveSeries>()]));
  const collectors: (() => void | Promise<void>)[] = [];

  function seriesOf(name: string, labels: readonly string[]): LiveSeries {
    const ofName = all.get(name) as Map<string, LiveSeries>;
    const key = labels.length === 1 ? (labels[0] ?? "") : labels.join("\u0000");
    const known = ofName.get(key);
    if (known !== undefined) return known;
    if (ofName.size >= maxSeries && labels.some((label) => label !== restLabel)) {
      return seriesOf(
        name,
        labels.map(() => restLabel),
      );
    }
    const buckets = table[name]?.buckets ?? [];
    const made = {
      labels: [...labels],
      value: 0,
      counts: buckets.length === 0 ? [] : Array(buckets.length + 1).fill(0),
    };
    ofName.set(key, made);
    return made;
  }

  return {
    add(name, labels, by = 1) {
      seriesOf(name, labels).value += by;
    },
    set(name, labels, value) {
      seriesOf(name, labels).value = value;
    },
    observe(name, labels, value) {
      const series = seriesOf(name, labels);
      const buckets = table[name]?.buckets ?? [];
      let place = 0;
      while (place < buckets.length && value > (buckets[place] as number)) place++;
      series.counts[place] = (series.counts[place] ?? 0) + 1;
      series.value += value;
    },
    clear(name) {
      all.get(name)?.clear();
    },
    onRead(collect) {
      collectors.push(collect);
    },
    async read() {
      await Promise.allSettled(collectors.map(async (collect) => collect()));
      return Object.entries(table).flatMap(([name, definition]): readonly MetricFamily[] => {
        const series = [...(all.get(name)?.values() ?? [])].map(toSeries);
        return series.length === 0 ? [] : [{ ...definition, name, series }];
      });
    },
  };
}

function toSeries({ labels, value, counts }: LiveSeries): MetricSeries {
  let sum = 0;
  return { labels, value, counts: counts.map((count) => (sum += count)) };
}
