/** The report that a run leaves behind: what was deployed, how each model did, and a chart of the birds. */

import { artifact } from "millrace";
import { type Penguin, species } from "./data.ts";
import type { Candidate, Evaluation } from "./model.ts";

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

export async function writeReport(
  evaluations: readonly Evaluation[],
  best: Candidate,
  test: readonly Penguin[],
  stage: string,
): Promise<void> {
  await artifact.markdown(reportText(best, test, stage), {
    key: "penguins-report",
    description: "What was trained, and where it went",
  });
  const models = evaluations.map(({ trees, seed, validation, test }) => ({
    trees,
    seed,
    validation: percent(validation.accuracy),
    test: percent(test.accuracy),
    chosen: trees === best.model.trees,
  }));
  await artifact.table(models, { key: "penguins-models", description: "Every forest and how well it does" });
  await artifact.chart(beakChart(best, test), {
    key: "penguins-chart",
    description: "The birds that no forest has trained on",
  });
}

function reportText({ model, evaluation }: Candidate, test: readonly Penguin[], stage: string): string {
  const row = (cells: readonly unknown[]) => `| ${cells.join(" | ")} |`;
  const confusion = evaluation.test.confusion.map((counts, actual) => row([`**${species[actual]}**`, ...counts]));
  return [
    `# Penguins: ${stage}`,
    `A forest of ${model.trees} trees recognises **${percent(evaluation.test.accuracy)}** of ${test.length} birds it has never seen.`,
    `It was chosen by ${percent(evaluation.validation.accuracy)} on the validation birds, and reads ${model.features.join(", ")}.`,
    "",
    row(["true \\ predicted", ...species]),
    row(["---", ...species.map(() => "--:")]),
    ...confusion,
  ].join("\n");
}

/** A Vega-Lite chart: one mark a bird of the test rows, by its beak; crosses are the ones that were mistaken. */
function beakChart({ evaluation }: Candidate, test: readonly Penguin[]): Record<string, unknown> {
  const values = test.map(({ species, beakLength, beakDepth }, at) => ({
    species,
    beakLength,
    beakDepth,
    predicted: evaluation.test.predicted[at],
    answer: evaluation.test.predicted[at] === species ? "right" : "wrong",
  }));
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    data: { values },
    mark: { type: "point", size: 70 },
    encoding: {
      x: { field: "beakLength", type: "quantitative", scale: { zero: false }, title: "Beak length (mm)" },
      y: { field: "beakDepth", type: "quantitative", scale: { zero: false }, title: "Beak depth (mm)" },
      color: { field: "species", type: "nominal", title: "Species" },
      shape: { field: "answer", type: "nominal", title: "Answer", scale: { range: ["circle", "cross"] } },
      tooltip: [{ field: "species" }, { field: "predicted" }],
    },
  };
}
