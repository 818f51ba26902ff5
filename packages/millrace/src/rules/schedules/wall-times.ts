import type { StepBudget } from "./step-budget.ts";

/** A rule in wall times, apart from any zone. */
export interface WallTimes {
  /** The wall times of the rule at or after `fromMs`, ascending, without doubles. */
  from(fromMs: number, budget: StepBudget): Iterator<number, void>;
  /** Whether a wall time that the clock shows twice is two times (a rule for every hour) or one. */
  readonly repeats: boolean;
}
