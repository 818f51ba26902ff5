import { findLastSeq } from "../../../contract/last-event.ts";
import { flag, text, wholeNumber } from "../../arguments/options.ts";
import { UsageProblem } from "../../arguments/usage-problem.ts";
import { defineCommand } from "../../command.ts";
import { findFlowRun } from "../../find-run.ts";
import { type EventFilter, readNewestEvents } from "../../newest-events.ts";
import { readPages } from "../../read-pages.ts";
import { withListPage } from "../../with-page.ts";
import { nameOption, toNames } from "./event-patterns.ts";
import { renderEvents } from "./events-table.ts";
import { followEvents } from "./follow-events.ts";

export const eventLs = withListPage(
  defineCommand({
    summary: "List events: what changed state, and what user code emitted",
    details: ["With --json: an array of events; with --follow as well, one line of JSON each."],
    positionals: {},
    options: {
      run: text("RUN", "Only events of this flow run: an id, a name, or `latest`."),
      name: nameOption,
      after: text("SEQ", "Events from this sequence number on, in place of the newest."),
      limit: wholeNumber("N", "At most so many.", { initial: 50, max: 1_000_000, short: "n" }),
      follow: flag("Print new events as they come.", { short: "f" }),
    },
    examples: [
      { command: "event ls --run latest", why: "what happened in the last run" },
      { command: 'event ls --name "order.*"', why: "all names that begin so" },
      { command: "event ls --follow --json", why: "a stream for a script" },
    ],
    async run({ options }, context) {
      await using host = await context.openHost();
      const { api } = host;
      const filter: EventFilter = {
        ...(options.run === undefined ? {} : { flowRunIds: [(await findFlowRun(api, options.run)).id] }),
        ...toNames(options.name),
      };
      const after = options.after === undefined ? null : toSeq(options.after);
      if (options.follow) {
        await followEvents({ api, filter, after: after ?? (await findLastSeq(api)) }, context);
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
  }),
  "event",
);

function toSeq(written: string): number {
  if (/^\d{1,15}$/.test(written)) return Number(written);
  throw new UsageProblem(`--after takes the sequence number of an event, not \`${written}\``);
}
