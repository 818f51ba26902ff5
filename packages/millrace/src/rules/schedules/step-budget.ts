import { scheduleInvalid } from "./schedule-error.ts";

/**
 * The steps that one search may take. A step is a period looked at and costs well under a microsecond, so a rule that
 * names no time, or one in centuries, ends in milliseconds and not in minutes.
 */
export interface StepBudget {
  /** @throws SCHEDULE_INVALID when none are left */
  spend(steps: number): void;
}

const baseSteps = 10_000;
const stepsATime = 500;

/** A budget for a search for `times` times. */
export function createStepBudget(times: number): StepBudget {
  const allowed = baseSteps + stepsATime * times;
  let left = allowed;
  return {
    spend(steps) {
      left -= steps;
      if (left < 0)
        throw scheduleInvalid(
          `its next time was not found in ${allowed.toLocaleString("en-US")} steps`,
          "Check that its parts can be true together; a DTSTART near today, and a coarser FREQ with BYHOUR, BYMINUTE or BYSECOND, need fewer.",
        );
    },
  };
}
