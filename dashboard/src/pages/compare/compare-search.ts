/** Which runs are compared, as it stands in the address: `?runs=<id>,<id>`. */

export interface CompareSearch {
  readonly runs?: string;
  /** Only what is not the same in all of them. */
  readonly differs?: true;
}

/** Beside each other there is no room for more. */
export const maxCompared = 6;

export function readCompareSearch({ runs, differs }: Readonly<Record<string, unknown>>): CompareSearch {
  const ids = toIds(Array.isArray(runs) ? runs.join(",") : String(typeof runs === "string" ? runs : ""));
  return { ...(ids.length === 0 ? {} : { runs: ids.join(",") }), ...(differs === true ? { differs } : {}) };
}

export function toIds(runs: string | undefined): readonly string[] {
  const ids = (runs ?? "").split(",").map((id) => id.trim().toLowerCase());
  return [...new Set(ids.filter((id) => /^[\da-f-]{4,36}$/.test(id)))];
}
