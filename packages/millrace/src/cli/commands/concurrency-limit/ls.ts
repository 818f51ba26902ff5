import { takenSlots } from "../../../contract/concurrency.ts";
import type { ConcurrencyLimit } from "../../../contract/objects.ts";
import { flag, wholeNumber } from "../../arguments/options.ts";
import { type AnyCommand, defineCommand } from "../../command.ts";
import { formatCount } from "../../output/numbers.ts";
import { type Column, renderTable } from "../../output/table.ts";
import { readPages } from "../../read-pages.ts";
import { type LimitFamily, limitName, listed } from "./limit-family.ts";
import { watchable } from "../../watchable.ts";
import { withListPage } from "../../with-page.ts";

export function createLimitLs(family: LimitFamily): AnyCommand {
  const { group, noun, title, example } = family;
  return withListPage(
    watchable(
      defineCommand({
        summary: `List ${noun}s, with how many of their slots are taken`,
        details: [
          "With --json: an array of concurrency limits; `taken` was right at `takenAt`, and shrinks by `decayPerSecond`.",
        ],
        positionals: {},
        options: {
          all: flag("Those that deployments have of their own, too.", { short: "a" }),
          limit: wholeNumber("N", "At most so many.", { initial: 200, max: 1_000_000, short: "n" }),
        },
        examples: [{ command: `${group} ls`, why: "what is full?" }],
        async run({ options }, context) {
          await using host = await context.openHost();
          const where = listed(family, { isAll: options.all });
          const query = { where, sort: { field: "name", direction: "asc" } } as const;
          const { api } = host;
          const limits = await readPages((page) => api.listObjects("concurrency-limit", query, page), {
            limit: options.limit,
          });
          const { out, json, clock } = context;
          if (json) out.json(limits);
          else if (limits.length === 0) {
            out.line(`There are no ${noun}s. Make one: \`millrace ${group} create ${example} --limit 5\`.`);
          } else {
            const columns: readonly Column<ConcurrencyLimit>[] = [
              { title, cell: (limit) => limitName(family, limit), shrinksTo: 16 },
              { title: "LIMIT", cell: ({ slots }) => formatCount(slots), align: "right" },
              { title: "TAKEN", cell: (limit) => formatCount(takenSlots(limit, clock.now())), align: "right" },
              { title: "DECAY", cell: decayText, align: "right" },
              {
                title: "STATUS",
                cell: ({ active }) => (active ? "active" : "not enforced"),
                style: ({ active }) => (active ? out.look.paint.green : out.look.paint.yellow),
              },
              { title: "ID", cell: ({ id }) => id, leftOut: 1 },
            ];
            out.lines(renderTable(limits, columns, { width: out.width, look: out.look }));
          }
          return undefined;
        },
      }),
    ),
    "limit",
  );
}

/** How fast slots come back by themselves: "2/s", "6/min" */
export function decayText({ decayPerSecond }: Pick<ConcurrencyLimit, "decayPerSecond">): string {
  if (decayPerSecond === 0) return "none";
  const perMinute = decayPerSecond * 60;
  return decayPerSecond >= 1
    ? `${round(decayPerSecond)}/s`
    : perMinute >= 1
      ? `${round(perMinute)}/min`
      : `${round(perMinute * 60)}/h`;
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
