/**
 * Three million real flights: months mapped in parallel through DuckDB, a delay model fitted on the first four months
 * and judged on the last two, a report. Memory stays bounded: the flights never leave DuckDB, only cells do.
 *
 *   node examples/flights/pipeline.ts
 */

import { artifact, concurrent, flow, task, threads, unmapped } from "millrace";
import { z } from "zod";
import { listMonths, type Month, readMonth } from "./aggregate.ts";
import { type DelayModel, evaluateDelays, type Fit, fitDelays } from "./model.ts";

const list = task({ name: "list-months" }, listMonths);

const aggregate = task({ name: "aggregate", runName: "aggregate {month}", timeout: "2m" }, readMonth);

const fit = task({ name: "fit", runner: threads() }, (months: readonly Month[]) =>
  fitDelays(months.flatMap((month) => month.cells)),
);

const evaluate = task({ name: "evaluate", runName: "evaluate {month.month}" }, (model: DelayModel, month: Month) =>
  evaluateDelays(model, month.cells),
);

const report = task({ name: "report" }, async (model: DelayModel, months: readonly string[], fits: readonly Fit[]) => {
  const scores = fits.map(({ flights, rmse, baselineRmse, r2 }, at) => ({
    month: months[at],
    flights,
    "error (min)": rmse.toFixed(2),
    "error of the mean (min)": baselineRmse.toFixed(2),
    explained: `${(r2 * 100).toFixed(1)} %`,
  }));
  await artifact.table(scores, { key: "flights-held-out", description: "The model on months it has not seen" });
  await artifact.chart(effectChart(model), { key: "flights-effects", description: "What each hour adds to a delay" });
  return scores;
});

export const flights = flow(
  {
    name: "flights",
    parameters: z.object({ heldOut: z.int().min(1).max(5).default(2) }),
    taskRunner: concurrent({ limit: 2 }),
  },
  async ({ heldOut }) => {
    const months = await list();
    const aggregated = aggregate.map(months);
    const model = fit.submit(aggregated.slice(0, -heldOut));
    const fits = evaluate.map(unmapped(model), aggregated.slice(-heldOut));
    return report(model, months.slice(-heldOut), fits);
  },
);

/** A Vega-Lite chart of the hours' effects. */
function effectChart({ effects }: DelayModel): Record<string, unknown> {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    data: { values: Object.entries(effects.hour).map(([hour, minutes]) => ({ hour: Number(hour), minutes })) },
    mark: "bar",
    encoding: {
      x: { field: "hour", type: "ordinal", title: "Hour of departure" },
      y: { field: "minutes", type: "quantitative", title: "Minutes added" },
    },
  };
}

if (import.meta.main) {
  console.table(await flights({}));
  console.log(`Peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
}
