import type { Api } from "../../../contract/api.ts";
import type { CommandContext } from "../../command.ts";
import type { EventFilter } from "../../newest-events.ts";
import { readPages } from "../../read-pages.ts";
import { renderEvents } from "./events-table.ts";

const followEveryMs = 300;

/** Prints events as they come: a line each, of JSON if asked for. Ends at Ctrl-C, or after `count` events. */
export async function followEvents(
  options: {
    readonly api: Api;
    readonly filter: EventFilter;
    /** Events after this sequence number. */
    readonly after: number;
    /** Default: until Ctrl-C. */
    readonly count?: number;
  },
  context: CommandContext,
): Promise<void> {
  const { api, filter, after, count = Number.POSITIVE_INFINITY } = options;
  const { clock, interrupt, out, json } = context;
  const signal = interrupt();
  let left = count;
  for (let afterSeq = after; !signal.aborted; ) {
    const from = afterSeq;
    const events = await readPages((page) => api.listEvents({ ...filter, afterSeq: from }, page), { limit: left });
    afterSeq = events.at(-1)?.seq ?? from;
    left -= events.length;
    if (json) for (const event of events) out.jsonLine(event);
    else out.lines(renderEvents(events, context).slice(1));
    if (left === 0) return;
    await clock.sleep(followEveryMs, signal).catch(() => undefined);
  }
}
