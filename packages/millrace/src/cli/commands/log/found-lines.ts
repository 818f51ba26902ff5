/** The log lines at and around the places that a search has found, read in few pages. */

import type { Api } from "../../../contract/api.ts";
import type { LogSearch } from "../../../contract/log-search.ts";
import type { StoredLogLine } from "../../../contract/records.ts";

export interface FoundLine extends StoredLogLine {
  /** Its place among the lines that were searched, from 0. */
  readonly ordinal: number;
  /** False for one that is only near a match. */
  readonly isMatch: boolean;
}

/** From the first place to the last, both among them. */
interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** Between two places, up to this many lines that nobody asked for cost less than another request. */
const maxGap = 200;
/** Lines of one request. */
const maxPage = 5000;

/** @returns in the order first seen; a line between two matches once */
export async function readFoundLines(
  api: Api,
  {
    of,
    ordinals,
    total,
    context,
  }: {
    readonly of: LogSearch["of"];
    /** Ascending. */
    readonly ordinals: readonly number[];
    readonly total: number;
    /** Lines before and after each match. */
    readonly context: number;
  },
): Promise<readonly FoundLine[]> {
  const matches = new Set(ordinals);
  const found: FoundLine[] = [];
  for (const pieces of toPages(toStretches({ ordinals, total, context }))) {
    const offset = pieces[0]?.first ?? 0;
    const { items } = await api.listLogs(of, { offset, limit: (pieces.at(-1)?.last ?? offset) - offset + 1 });
    for (const { first, last } of pieces) {
      items.slice(first - offset, last - offset + 1).forEach((line, index) => {
        const ordinal = first + index;
        found.push({ ...line, ordinal, isMatch: matches.has(ordinal) });
      });
    }
  }
  return found;
}

/** The matches with what is around them, each line once, in pieces that a page has room for. */
function toStretches({
  ordinals,
  total,
  context,
}: {
  readonly ordinals: readonly number[];
  readonly total: number;
  readonly context: number;
}): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const at of ordinals) {
    const before = stretches.at(-1);
    const last = Math.min(total - 1, at + context);
    const first = Math.max(at - context, 0);
    const touches = before !== undefined && first <= before.last + 1;
    if (touches && last - before.first < maxPage) {
      stretches[stretches.length - 1] = { first: before.first, last };
    } else {
      stretches.push({ first: touches ? before.last + 1 : first, last });
    }
  }
  return stretches.filter(({ first, last }) => first <= last);
}

/** Puts those together that are near each other. */
function toPages(stretches: readonly Stretch[]): readonly (readonly Stretch[])[] {
  const pages: Stretch[][] = [];
  for (const stretch of stretches) {
    const page = pages.at(-1);
    const [begin, end] = [page?.[0], page?.at(-1)];
    const isNear = end !== undefined && stretch.first - end.last - 1 <= maxGap;
    if (isNear && begin !== undefined && stretch.last - begin.first < maxPage) page?.push(stretch);
    else pages.push([stretch]);
  }
  return pages;
}
