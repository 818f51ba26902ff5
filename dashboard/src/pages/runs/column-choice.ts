/** Which columns of a table somebody has chosen, as it is kept. */

export interface ColumnChoice {
  readonly columnVisibility: Readonly<Record<string, boolean>>;
  readonly columnOrder: readonly string[];
  /** In px; those that are not in it are as wide as they are by themselves. */
  readonly columnSizing: Readonly<Record<string, number>>;
}

interface ColumnThere {
  readonly id: string;
  readonly isOptional?: true;
}

/** What a column may be drawn to, in px. */
export const [leastPx, mostPx] = [48, 900] as const;

/** What is kept may be of another version, or of nobody's. */
export function readChoice(text: string | null, columns: readonly ColumnThere[]): ColumnChoice {
  const ids: readonly string[] = columns.map(({ id }) => id);
  const hidden = Object.fromEntries(
    columns.flatMap(({ id, isOptional }) => (isOptional === true ? [[id, false] as const] : [])),
  );
  const kept = parse(text);
  const { columnVisibility, columnOrder, columnSizing } = kept;
  const order = Array.isArray(columnOrder) ? columnOrder.filter((id): id is string => ids.includes(id as string)) : [];
  const pick = <Value>(given: unknown, isRight: (value: unknown) => boolean): Readonly<Record<string, Value>> => {
    if (typeof given !== "object" || given === null) return {};
    const right = Object.entries(given).filter(([id, value]) => ids.includes(id) && isRight(value));
    return Object.fromEntries(right) as Readonly<Record<string, Value>>;
  };
  return {
    columnVisibility: { ...hidden, ...pick<boolean>(columnVisibility, (value) => typeof value === "boolean") },
    columnOrder: [...new Set([...order, ...ids])],
    columnSizing: pick(columnSizing, (value) => typeof value === "number" && value >= leastPx && value <= mostPx),
  };
}

function parse(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const kept = text === null ? null : (JSON.parse(text) as unknown);
    return typeof kept === "object" && kept !== null ? (kept as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

export function moved(order: readonly string[], id: string, by: -1 | 1): string[] {
  const from = order.indexOf(id);
  const to = from + by;
  const next = [...order];
  if (from === -1 || to < 0 || to >= next.length) return next;
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}
