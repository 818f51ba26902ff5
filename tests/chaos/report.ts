/** What a person needs to see of a seed that failed, and how to see it again. */

import { describeFault } from "./draw-faults.ts";
import type { DriveOutcome } from "./drive.ts";
import type { SeedOutcome } from "./drive-seed.ts";
import type { AnyStep, Order } from "./plan.ts";

const maxViolations = 20;

export function reportSeed(outcome: SeedOutcome): string {
  const { seed, database, plan, folder } = outcome;
  return [
    `Seed ${seed} on ${database} violates:`,
    ...reportDrive(outcome),
    `Program (its flow fails ${plan.fails} times):`,
    ...plan.steps.flatMap((step) => outline(step, 1)),
    `Ledger, effects and plan are kept in ${folder}`,
    `Again: npm run chaos -- --seed ${seed} --database ${database}`,
  ].join("\n");
}

/** The violations, and how each process went. */
export function reportDrive({ faults, generations, violations }: DriveOutcome): readonly string[] {
  const shown = violations.slice(0, maxViolations);
  const more = violations.length - shown.length;
  return [
    ...shown.map((violation) => `  - ${violation}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    "Processes:",
    ...generations.map(({ fault, end }, at) => {
      const how = end.signal ?? `code ${end.code}`;
      return `  ${at}: ${fault === null ? "left to finish" : describeFault(fault)}: ended with ${how}`;
    }),
    ...(faults.length > generations.length ? [`  (not come to: ${faults.length - generations.length} kills)`] : []),
  ];
}

/** A line a step; for orders: work in ms, failures, failures with the caller. */
function outline(step: AnyStep, depth: number): readonly string[] {
  const { kind, id, ...rest } = step;
  const facts = Object.entries(rest).flatMap(([name, value]) => {
    if (name === "steps" || name === "branches") return [];
    if (name === "order") return [`order ${brief(value as Order)}`];
    if (name === "orders") return [`orders ${(value as readonly Order[]).map(brief).join(" ")}`];
    return value === false || value === 0 ? [] : [`${name} ${String(value)}`];
  });
  const inner = "branches" in step ? step.branches.flat() : "steps" in step ? step.steps : [];
  return [
    `${"  ".repeat(depth)}${id} ${kind}${facts.length === 0 ? "" : `: ${facts.join(", ")}`}`,
    ...inner.flatMap((each) => outline(each, depth + 1)),
  ];
}

function brief({ workMs, fails, failsWithCaller }: Order): string {
  return `${workMs}/${fails}/${failsWithCaller}`;
}
