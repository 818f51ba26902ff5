/** The figure of a metric trigger, over the flow runs that have ended lately. */

import type { Api } from "../../contract/api.ts";
import type { MetricTrigger } from "../../contract/automations.ts";
import type { EventDescriber } from "../../contract/event-facts.ts";
import { createResourceMatch } from "../../rules/automations/match-event.ts";
import { toMetricCondition } from "../../rules/automations/metric-condition.ts";
import { average, figureOf, toEndEvent } from "../../rules/automations/metric-figures.ts";

/** Runs that one measurement looks at: the newest of those that may be meant. */
const maxRuns = 2000;
const pageSize = 500;

/** Seconds on average, or a share between 0 and 1; null when there is no run to measure. */
export async function measureMetric(
  { api, describer }: { readonly api: Pick<Api, "listFlowRuns">; readonly describer: EventDescriber },
  trigger: MetricTrigger,
  now: number,
): Promise<number | null> {
  const isMeant = createResourceMatch(trigger);
  const where = toMetricCondition(trigger, { from: now - trigger.rangeMs });
  const values: number[] = [];
  let cursor: string | null = null;
  for (let looked = 0; looked < maxRuns; looked += pageSize) {
    const page: Awaited<ReturnType<Api["listFlowRuns"]>> = await api.listFlowRuns({ where }, "ended-desc", {
      limit: pageSize,
      cursor,
    });
    const facts = await describer.describe(page.items.map(toEndEvent));
    for (const [index, run] of page.items.entries()) {
      const event = facts[index];
      const value = event !== undefined && isMeant(event) ? figureOf(trigger, run) : null;
      if (value !== null) values.push(value);
    }
    cursor = page.next;
    if (cursor === null) break;
  }
  return average(values);
}
