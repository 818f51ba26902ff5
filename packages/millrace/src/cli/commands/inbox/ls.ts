import type { InboxItem } from "../../../contract/inbox.ts";
import { texts, wholeNumber } from "../../arguments/options.ts";
import { type CommandContext, defineCommand } from "../../command.ts";
import { shortId } from "../../output/short-id.ts";
import { type Column, renderTable } from "../../output/table.ts";
import { readPages } from "../../read-pages.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";
import { timeoutText } from "./timeout-text.ts";
import { givenAnswer, whoGave } from "./waiting-run.ts";

export const inboxLs = withListPage(
  watchable(
    defineCommand({
      summary: "List the runs that wait for a person, those that wait longest first",
      details: [
        "Runs that are Paused or Suspended, for an answer or to be resumed; subflow runs, too. Those of Prefect's client as well.",
        "THEN is what happens when nobody has answered in time: the run fails, goes on, or is given the default answer.",
        "With --json: an array of what is asked, each with `flowRunId`, `title`, `description`, `schema`, `answerers`, `since`, `until`, `onTimeout` and `answers`.",
      ],
      positionals: {},
      options: {
        flow: texts("NAME", "Only runs of this flow."),
        for: texts("NAME", "Only what this account may answer, beside what anybody may."),
        limit: wholeNumber("N", "At most so many.", { initial: 50, max: 1_000_000, short: "n" }),
      },
      examples: [
        { command: "inbox ls", why: "what waits for somebody?" },
        { command: "inbox ls --for ada --for grace", why: "what waits for Ada, or for Grace?" },
      ],
      async run({ options }, context) {
        await using host = await context.openHost();
        const { limit } = options;
        const filter = {
          ...(options.flow.length === 0 ? {} : { flowNames: options.flow }),
          ...(options.for.length === 0 ? {} : { answerers: options.for }),
        };
        const found = await readPages((page) => host.api.listInbox(filter, page), { limit });
        const items = found.toSorted((a, b) => a.since - b.since);
        const { out, json } = context;
        if (json) out.json(items);
        else if (items.length === 0) out.line("Nothing waits for you.");
        else {
          const hint = out.look.paint.dim("millrace inbox inspect <run> shows the form of one.");
          out.lines([...renderTable(items, columnsOf(items, context), { width: out.width, look: out.look }), "", hint]);
        }
        return undefined;
      },
    }),
  ),
  "inbox",
);

function columnsOf(items: readonly InboxItem[], { times }: CommandContext): readonly Column<InboxItem>[] {
  const isForSome = items.some(({ answerers }) => answerers.length > 0);
  const mayEnd = items.some(({ until }) => until !== null);
  const who = { title: "FOR", cell: forText, shrinksTo: 8, leftOut: 1 };
  const ends = [
    { title: "UNTIL", cell: ({ until }: InboxItem) => (until === null ? "" : times.short(until)) },
    { title: "THEN", cell: thenText, leftOut: 2 },
  ];
  return [
    { title: "RUN", cell: ({ flowRunId }) => shortId(flowRunId) },
    { title: "FLOW", cell: ({ flowName }) => flowName, shrinksTo: 10 },
    { title: "NAME", cell: ({ runName }) => runName, shrinksTo: 8, leftOut: 3 },
    { title: "ASKS", cell: asks, shrinksTo: 16 },
    ...(isForSome ? [who] : []),
    { title: "SINCE", cell: ({ since }) => times.short(since) },
    ...(mayEnd ? ends : []),
  ];
}

function forText({ answerers }: InboxItem): string {
  return answerers.length === 0 ? "anybody" : answerers.join(", ");
}

function thenText({ until, onTimeout }: InboxItem): string {
  return until === null ? "" : timeoutText(onTimeout).short;
}

function asks(item: InboxItem): string {
  const given = givenAnswer(item);
  if (given !== null) return `answered by ${whoGave(given)}, to go on`;
  const { title, description, schema, key } = item;
  const what = schema === null ? "to be resumed" : "an answer";
  return title ?? description ?? (key === null ? what : `${what} (${key})`);
}
