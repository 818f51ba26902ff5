import type { Api } from "../../../contract/api.ts";
import type { StoredEvent } from "../../../contract/records.ts";
import { flag, text, texts, wholeNumber } from "../../arguments/options.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { findFlowRun } from "../../find-run.ts";
import { shortId } from "../../output/short-id.ts";
import { renderTable } from "../../output/table.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { findLastSeq } from "../../../contract/last-event.ts";
import { type EventFilter, readNewestEvents } from "../../newest-events.ts";
import { readPages } from "../../read-pages.ts";

const followEveryMs = 300;

export const eventLs = defineCommand({
  summary: "List events: what changed state, and what user code emitted",
  details: ["With --json: an array of events; with --follow as well, one line of JSON each."],
  positionals: {},
  options: {
    run: text("RUN", "Only events of this flow run: an id, a name, or `latest`."),
    name: texts("NAME", "Only events of this name, such as millrace.flow-run.Failed."),
    after: text("SEQ", "Events from this sequence number on, in place of the newest."),
    limit: wholeNumber("N", "At most so many.", { initial: 50, max: 1_000_000, short: "n" }),
    follow: flag("Print new events as they come.", { short: "f" }),
  },
  examples: [
    { command: "event ls --run latest", why: "what happened in the last run" },
    { command: "event ls --follow --json", why: "a stream for a script" },
  ],
  async run({ options }, context) {
    await using host = await context.openHost();
    const { api } = host;
    const filter: EventFilter = {
      ...(options.run === undefined ? {} : { flowRunIds: [(await findFlowRun(api, options.run)).id] }),
      ...(options.name.length === 0 ? {} : { names: options.name }),
    };
    const after = options.after === undefined ? null : toSeq(options.after);
    if (options.follow) {
      await follow({ api, filter, after: after ?? (await findLastSeq(api)) }, context);
      return undefined;
    }
    const { limit } = options;
    const events =
      after === null
        ? await readNewestEvents(api, filter, limit)
        : await readPages((page) => api.listEvents({ ...filter, afterSeq: after }, page), { limit });
    if (context.json) context.out.json(events);
    else if (events.length === 0) context.out.line("There are no such events.");
    else context.out.lines(renderEvents(events, context));
    return undefined;
  },
});

function toSeq(written: string): number {
  if (/^\d{1,15}$/.test(written)) return Number(written);
  throw new UsageProblem(`--after takes the sequence number of an event, not \`${written}\``);
}

async function follow(
  { api, filter, after }: { readonly api: Api; readonly filter: EventFilter; readonly after: number },
  context: CommandContext,
): Promise<void> {
  const { clock, interrupt, out, json } = context;
  const signal = interrupt();
  for (let afterSeq = after; !signal.aborted; ) {
    const from = afterSeq;
    const events = await readPages((page) => api.listEvents({ ...filter, afterSeq: from }, page));
    afterSeq = events.at(-1)?.seq ?? from;
    if (json) for (const event of events) out.jsonLine(event);
    else out.lines(renderEvents(events, context).slice(1));
    await clock.sleep(followEveryMs, signal).catch(() => undefined);
  }
}

function renderEvents(events: readonly StoredEvent[], { out, times }: CommandContext): readonly string[] {
  return renderTable(
    events,
    [
      { title: "SEQ", cell: ({ seq }) => String(seq), align: "right" },
      { title: "AT", cell: ({ at }) => times.short(at) },
      { title: "EVENT", cell: ({ name }) => name, shrinksTo: 24 },
      { title: "RUN", cell: ({ flowRunId }) => (flowRunId === null ? "" : shortId(flowRunId)) },
      { title: "TASK RUN", cell: ({ taskRunId }) => (taskRunId === null ? "" : shortId(taskRunId)), leftOut: 2 },
      { title: "PAYLOAD", cell: ({ payload }) => payload ?? "", shrinksTo: 8, leftOut: 1 },
    ],
    { width: out.width, look: out.look },
  );
}
