/**
 * Ridge regression on categories: delay = base + the effect of its hour + of its weekday + of its distance + of its
 * airport's recent delays. Fitted by coordinate descent over cells, which gives the same effects as over single flights.
 */

import { type Cell, type Feature, features } from "./aggregate.ts";

export interface DelayModel {
  /** The mean delay, in minutes. */
  readonly base: number;
  /** Minutes to add, by feature and level. */
  readonly effects: Readonly<Record<Feature, Readonly<Record<number, number>>>>;
}

export interface Fit {
  readonly flights: number;
  /** Root mean squared errors in minutes: of the model, and of always saying the training mean. */
  readonly rmse: number;
  readonly baselineRmse: number;
  /** The share of the baseline's squared error that the model explains. */
  readonly r2: number;
}

/** `shrinkage` pulls the effect of a level towards zero as if it had been seen that often without one. */
export function fitDelays(cells: readonly Cell[], { rounds = 30, shrinkage = 200 } = {}): DelayModel {
  const base = sum(cells, (cell) => cell.delay) / sum(cells, (cell) => cell.flights);
  const effects = Object.fromEntries(features.map((feature) => [feature, {}])) as Record<
    Feature,
    Record<number, number>
  >;
  for (let round = 0; round < rounds; round++) {
    for (const feature of features) {
      const others = features.filter((other) => other !== feature);
      const levels = new Map<number, { residual: number; flights: number }>();
      for (const cell of cells) {
        const level = levels.get(cell[feature]) ?? { residual: 0, flights: 0 };
        levels.set(cell[feature], level);
        const expected = others.reduce((minutes, other) => minutes + (effects[other][cell[other]] ?? 0), base);
        level.residual += cell.delay - cell.flights * expected;
        level.flights += cell.flights;
      }
      for (const [level, { residual, flights }] of levels) effects[feature][level] = residual / (flights + shrinkage);
    }
  }
  return { base, effects };
}

export function predictDelay({ base, effects }: DelayModel, cell: Readonly<Record<Feature, number>>): number {
  return features.reduce((minutes, feature) => minutes + (effects[feature][cell[feature]] ?? 0), base);
}

/** Errors on flights the model has not seen; exact, since a cell keeps the sums of delays and of their squares. */
export function evaluateDelays(model: DelayModel, cells: readonly Cell[]): Fit {
  const squaredError = (predict: (cell: Cell) => number) =>
    sum(cells, (cell) => {
      const minutes = predict(cell);
      return cell.delay2 - 2 * minutes * cell.delay + cell.flights * minutes ** 2;
    });
  const flights = sum(cells, (cell) => cell.flights);
  const errors = squaredError((cell) => predictDelay(model, cell));
  const baseline = squaredError(() => model.base);
  return {
    flights,
    rmse: Math.sqrt(errors / flights),
    baselineRmse: Math.sqrt(baseline / flights),
    r2: 1 - errors / baseline,
  };
}

function sum(cells: readonly Cell[], of: (cell: Cell) => number): number {
  return cells.reduce((total, cell) => total + of(cell), 0);
}
