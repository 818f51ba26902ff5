/** Random forests that tell the species of a penguin from its measurements. */

import { RandomForestClassifier } from "ml-random-forest";
import { type Feature, type Penguin, species } from "./data.ts";

export interface ForestSpec {
  readonly trees: number;
  readonly seed: number;
}

export interface Model extends ForestSpec {
  readonly features: readonly Feature[];
  /** The trained forest, as the library exports it, in JSON. */
  readonly forest: string;
}

export interface Score {
  /** The share of birds recognised, 0 to 1. */
  readonly accuracy: number;
  /** Rows: the true species; columns: the predicted one; in the order of `species`. */
  readonly confusion: readonly (readonly number[])[];
  /** Predicted species, bird by bird. */
  readonly predicted: readonly string[];
}

/** A model's scores: `validation` chooses among models, `test` judges the one that was chosen. */
export interface Evaluation extends ForestSpec {
  readonly validation: Score;
  readonly test: Score;
}

export interface Candidate {
  readonly model: Model;
  readonly evaluation: Evaluation;
}

export function trainForest(rows: readonly Penguin[], features: readonly Feature[], spec: ForestSpec): Model {
  const forest = new RandomForestClassifier({
    nEstimators: spec.trees,
    seed: spec.seed,
    maxFeatures: Math.max(1, Math.round(0.8 * features.length)),
    replacement: false,
    noOOB: true,
  });
  forest.train(
    rows.map((row) => features.map((feature) => row[feature])),
    rows.map((row) => species.indexOf(row.species)),
  );
  return { ...spec, features, forest: JSON.stringify(forest) };
}

export function scoreForest(model: Model, rows: readonly Penguin[]): Score {
  const forest = RandomForestClassifier.load(JSON.parse(model.forest));
  const predicted = forest.predict(rows.map((row) => model.features.map((feature) => row[feature])));
  const confusion = species.map((_, actual) =>
    species.map(
      (__, guess) => rows.filter((row, at) => species[actual] === row.species && predicted[at] === guess).length,
    ),
  );
  const right = confusion.reduce((sum, row, at) => sum + (row[at] ?? 0), 0);
  return { accuracy: right / rows.length, confusion, predicted: predicted.map((index) => species[index] ?? "?") };
}
