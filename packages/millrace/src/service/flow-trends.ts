/** How flows have been doing: what is asked is held to its bounds. */

import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import { maxGridRuns, maxSummarizedDeployments, maxSummaryBars } from "../contract/flow-trends.ts";
import type { Store } from "../contract/store.ts";

const defaultGridRuns = 30;
const defaultFlows = 50;
/** Of one page. */
const maxFlows = 100;

const everything = { all: [] };

export function createFlowTrends(store: Store): Pick<Api, "summarizeFlows" | "summarizeDeployments" | "readTaskGrid"> {
  return {
    async summarizeFlows(request) {
      const { where = everything, bars = maxSummaryBars, page = {} } = request;
      check("bars", { value: bars, from: 0, to: maxSummaryBars });
      const limit = Math.min(page.limit ?? defaultFlows, maxFlows);
      return store.summarizeFlows({ ...request, where, bars, page: { ...page, limit } });
    },

    async summarizeDeployments({ ids, bars = maxSummaryBars }) {
      check("bars", { value: bars, from: 1, to: maxSummaryBars });
      check("deployments", { value: ids.length, from: 0, to: maxSummarizedDeployments });
      return ids.length === 0 ? [] : store.summarizeDeployments({ ids, bars });
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
