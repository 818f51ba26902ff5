/** What a metric trigger would have been told, had it been there: the figure at times of the past, from the runs that ended. */

import type { Api } from "../contract/api.ts";
import type { EventDescriber } from "../contract/event-facts.ts";
import type { FlowRun } from "../contract/flow-run.ts";
import type { Condition } from "../contract/query.ts";
import { createResourceMatch } from "../rules/automations/match-event.ts";
import { toMetricCondition } from "../rules/automations/metric-condition.ts";
import { average, figureOf, toEndEvent } from "../rules/automations/metric-figures.ts";
import type { PreparedMetric } from "../rules/automations/prepare-automation.ts";
import type { Measurement } from "../rules/automations/replay-automation.ts";

/** Runs that one metric is measured of: the newest of those that may be meant. */
const maxRuns = 5000;
const pageSize = 500;
/** Between two measurements, in ms; more where there would be more than `maxMeasurements` of them. */
const stepMs = 30_000;
const maxMeasurements = 500;

export async function measurePast(
  { api, describer }: { readonly api: Pick<Api, "listFlowRuns">; readonly describer: EventDescriber },
  { path, trigger }: PreparedMetric,
  { since, until }: { readonly since: number; readonly until: number },
): Promise<readonly Measurement[]> {
  const isMeant = createResourceMatch(trigger);
  const ended: { readonly at: number; readonly value: number }[] = [];
  const where = toMetricCondition(trigger, { from: since - trigger.rangeMs, to: until });
  for await (const runs of listRuns(api, where)) {
    const facts = await describer.describe(runs.map(toEndEvent));
    for (const [index, run] of runs.entries()) {
      const event = facts[index];
      const value = event !== undefined && isMeant(event) ? figureOf(trigger, run) : null;
      if (value !== null && run.endedAt !== null) ended.push({ at: run.endedAt, value });
    }
  }
  const everyMs = Math.max(stepMs, Math.ceil((until - since) / maxMeasurements));
  const count = Math.floor((until - since) / everyMs);
  return Array.from({ length: count }, (_, index) => {
    const at = since + (index + 1) * everyMs;
    const within = ended.filter((run) => run.at > at - trigger.rangeMs && run.at <= at);
    return { kind: "measurement", path, at, value: average(within.map(({ value }) => value)) };
  });
}

async function* listRuns(api: Pick<Api, "listFlowRuns">, where: Condition): AsyncGenerator<readonly FlowRun[]> {
  let cursor: string | null = null;
  for (let looked = 0; looked < maxRuns; looked += pageSize) {
    const page: Awaited<ReturnType<Api["listFlowRuns"]>> = await api.listFlowRuns({ where }, "ended-desc", {
      limit: pageSize,
      cursor,
    });
    yield page.items;
    cursor = page.next;
    if (cursor === null) return;
  }
}
