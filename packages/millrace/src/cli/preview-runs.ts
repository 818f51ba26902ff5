/** The runs that somebody has to come. */

import type { Api } from "../contract/api.ts";
import { formatDuration } from "../kit/duration.ts";
import { duration, wholeNumber } from "./arguments/options.ts";
import type { CommandContext } from "./command.ts";
import { readPages } from "./read-pages.ts";
import { renderDueRuns } from "./runs-table.ts";

const defaultWithinMs = 3_600_000;

export const previewOptions = {
  within: duration("How far to look ahead. Default 1h."),
  limit: wholeNumber("N", "At most so many.", { initial: 50, max: 1_000_000, short: "n" }),
} as const;

export async function previewRuns(
  api: Api,
  options: {
    readonly within: number | undefined;
    readonly limit: number;
    readonly of: { readonly field: "workPoolId" | "workQueueId"; readonly id: string; readonly title: string };
    readonly context: CommandContext;
  },
): Promise<void> {
  const { within = defaultWithinMs, limit, of, context } = options;
  const { out, json, clock } = context;
  const where = {
    all: [
      { field: of.field, in: [of.id] },
      { field: "dueAt", atMost: clock.now() + within },
    ],
  };
  const runs = await readPages((page) => api.listFlowRuns({ where }, "due-asc", page), { limit });
  if (json) out.json(runs);
  else if (runs.length === 0) {
    const ahead = formatDuration(within).replace(/ 0+[a-z]$/, "");
    out.line(`Nothing of ${of.title} is due within ${ahead}. --within looks further ahead.`);
  } else out.lines(renderDueRuns(runs, context));
}
