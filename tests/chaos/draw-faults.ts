/** Draws when and where the processes of a run are killed. */

import { pick, type Random, randomInt } from "../../packages/millrace/src/kit/random.ts";

export type Fault =
  /** SIGKILL from outside, this part of the undisturbed run's time after the start of the process. */
  | { readonly kind: "time"; readonly part: number }
  /** SIGKILL by itself, when it passes a place for the n-th time. */
  | { readonly kind: "point"; readonly name: string; readonly count: number };

/** How often an undisturbed run passes each place. */
export type PointCounts = Readonly<Record<string, number>>;

const maxFaults = 4;

/** Places that only a resumed run passes. */
const resumePoints: PointCounts = {
  "api.claimFlowRun:before": 1,
  "api.claimFlowRun:after": 1,
  "storage.read:after": 2,
};

/** One a process, in order: the first is of the process that starts the run, the others of those that go on with it. */
export function drawFaults(random: Random, counts: PointCounts): readonly Fault[] {
  return Array.from({ length: 1 + randomInt(random, maxFaults) }, (_, at) => {
    if (random() < 0.35) return { kind: "time", part: random() };
    const points = Object.entries(at === 0 ? counts : { ...counts, ...resumePoints });
    const [name, passes] = pick(random, points);
    // A resumed run passes a place less often than the undisturbed one: early passes are likelier.
    return { kind: "point", name, count: 1 + Math.floor(passes * random() ** 2) };
  });
}

export function describeFault(fault: Fault): string {
  return fault.kind === "time"
    ? `kill -9 at ${Math.round(fault.part * 100)} % of the time`
    : `kill -9 at ${fault.name}#${fault.count}`;
}
