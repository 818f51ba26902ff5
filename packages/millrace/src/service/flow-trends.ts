/** How flows have been doing: what is asked is held to its bounds. */

import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import { maxGridRuns, maxSummaryBars } from "../contract/flow-trends.ts";
import type { Store } from "../contract/store.ts";

const defaultGridRuns = 30;
const defaultFlows = 50;
/** Of one page. */
const maxFlows = 100;

const everything = { all: [] };

export function createFlowTrends(store: Store): Pick<Api, "summarizeFlows" | "readTaskGrid"> {
  return {
    async summarizeFlows(request) {
      const { where = everything, bars = maxSummaryBars, page = {} } = request;
      check("bars", { value: bars, from: 0, to: maxSummaryBars });
      const limit = Math.min(page.limit ?? defaultFlows, maxFlows);
      return store.summarizeFlows({ ...request, where, bars, page: { ...page, limit } });
    },

    async readTaskGrid({ flowName, where = everything, runs = defaultGridRuns }) {
      check("runs", { value: runs, from: 1, to: maxGridRuns });
      return store.readTaskGrid({ flowName, where, runs });
    },
  };
}

function check(
  what: string,
  { value, from, to }: { readonly value: number; readonly from: number; readonly to: number },
): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw new MillraceError("USAGE", { reason: `${value} ${what} cannot be had`, advice: `Ask for ${from} to ${to}.` });
}
