/**
 * The machine learning pipeline of every orchestrator's tutorial: load a CSV, train a random forest, measure it.
 *
 *   node examples/from-the-field/ml-pipeline.ts
 */

import { join } from "node:path";
import { flow, task } from "millrace";
import { RandomForestClassifier } from "ml-random-forest";
import { type Row, readCsv } from "./csv.ts";

const loadData = task({ name: "load-data" }, readCsv);

// Every fifth row is held out, so that the accuracy is one of rows the model has not seen.
const isHeldOut = (_: Row, at: number): boolean => at % 5 === 0;
const numbers = (row: Row): number[] =>
  Object.entries(row).flatMap(([name, value]) => (name === "target" ? [] : [Number(value)]));
const labelsOf = (rows: readonly Row[]): string[] => [...new Set(rows.map((row) => row.target ?? ""))].sort();

const trainModel = task({ name: "train-model" }, (rows: readonly Row[]) => {
  const labels = labelsOf(rows);
  const known = rows.filter((row, at) => !isHeldOut(row, at));
  const forest = new RandomForestClassifier({ nEstimators: 30, seed: 42, noOOB: true });
  forest.train(
    known.map(numbers),
    known.map((row) => labels.indexOf(row.target ?? "")),
  );
  return JSON.stringify(forest);
});

const evaluateModel = task({ name: "evaluate-model" }, (model: string, rows: readonly Row[]) => {
  const labels = labelsOf(rows);
  const unseen = rows.filter(isHeldOut);
  const predictions = RandomForestClassifier.load(JSON.parse(model)).predict(unseen.map(numbers));
  return unseen.filter((row, at) => row.target === labels[predictions[at] ?? -1]).length / unseen.length;
});

export const mlPipeline = flow({ name: "ml-training-pipeline" }, async ({ dataPath }: { dataPath: string }) => {
  const data = await loadData(dataPath);
  const model = await trainModel(data);
  const accuracy = await evaluateModel(model, data);
  console.log(`Model accuracy: ${(accuracy * 100).toFixed(2)} %`);
  return accuracy;
});

if (import.meta.main) await mlPipeline({ dataPath: join(import.meta.dirname, "data/train.csv") });
