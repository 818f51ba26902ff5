/** What the timeline shows, as it stands in the address. */

import type { TimelineMode, TimelineSort } from "./items.ts";
import type { BusyWindow } from "./timeline-view.ts";

export interface TimelineSearch {
  readonly mode?: TimelineMode;
  readonly sort?: TimelineSort;
  readonly idle?: "folded";
  /** The window, in ms from the beginning of the run: `120_4500.5`. */
  readonly zoom?: string;
  /** Groups that are open, rows that hide what is in them, and subflows that show their own task runs: see `toggled`. */
  readonly open?: readonly string[];
}

/** So many of them stand in the address: it has to fit into what browsers and proxies take. */
const maxOpen = 40;

/** With one more or one less of them; of too many the last ones. */
export function toggle(open: readonly string[], key: string): readonly string[] | undefined {
  const next = open.includes(key) ? open.filter((each) => each !== key) : [...open, key];
  return next.length === 0 ? undefined : next.slice(-maxOpen);
}

const modes: readonly string[] = ["grouped", "rows", "lanes"] satisfies readonly TimelineMode[];
const sorts: readonly string[] = ["start", "duration", "failed"] satisfies readonly TimelineSort[];

export function readTimelineSearch(
  given: Readonly<Record<string, unknown>>,
): TimelineSearch & { readonly window: BusyWindow | null } {
  const { mode, sort, idle, zoom } = given;
  const open = [given.open ?? []].flat().filter((key): key is string => typeof key === "string" && key !== "");
  const window = typeof zoom === "string" ? readWindow(zoom) : null;
  return {
    ...(modes.includes(mode as string) ? { mode: mode as TimelineMode } : {}),
    ...(sorts.includes(sort as string) ? { sort: sort as TimelineSort } : {}),
    ...(idle === "folded" ? { idle } : {}),
    ...(window === null ? {} : { zoom: zoom as string }),
    ...(open.length === 0 ? {} : { open: open.slice(-maxOpen) }),
    window,
  };
}

function readWindow(text: string): BusyWindow | null {
  const [from, to, ...rest] = text.split("_").map(Number);
  const isWindow = from !== undefined && to !== undefined && rest.length === 0 && Number.isFinite(from) && to > from;
  return isWindow && Number.isFinite(to) ? { from, to } : null;
}
