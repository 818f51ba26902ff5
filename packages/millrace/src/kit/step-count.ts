/** Work that is counted, so that it ends whoever has asked for it: by what it does, not by how long it takes. */
export interface StepCount {
  /** @throws StepsExceeded when none are left */
  spend(steps: number): void;
}

export class StepsExceeded extends Error {
  override readonly name = "StepsExceeded";

  readonly allowed: number;

  constructor(allowed: number) {
    super(`it takes more than ${allowed.toLocaleString("en-US")} steps`);
    this.allowed = allowed;
  }
}

export function createStepCount(allowed: number): StepCount {
  let left = allowed;
  return {
    spend(steps) {
      left -= steps;
      if (left < 0) throw new StepsExceeded(allowed);
    },
  };
}

/** Where nobody counts. */
export const uncounted: StepCount = { spend: () => undefined };

/**
 * Whether something is so, found out in so many steps for each value; where that is not enough, it is not so.
 *
 * @param make is given what its own steps are counted by
 */
export function createCountedMatch<Value>(
  allowed: number,
  make: (steps: StepCount) => (value: Value) => boolean,
): (value: Value) => boolean {
  let count = createStepCount(allowed);
  const matches = make({ spend: (steps) => count.spend(steps) });
  return (value) => {
    count = createStepCount(allowed);
    try {
      return matches(value);
    } catch (error) {
      if (error instanceof StepsExceeded) return false;
      throw error;
    }
  };
}
