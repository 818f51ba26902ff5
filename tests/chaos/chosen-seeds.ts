/** Which seeds are driven, on which databases: set by the environment, see README.md. */

import type { Database } from "./ledger-under-test.ts";

const defaultSeeds = 50;

/** Why there is no PostgreSQL; undefined when there is one. */
export const postgresMissing = process.env.MILLRACE_TEST_POSTGRES_SKIPPED;

export function databases(): readonly Database[] {
  const only = process.env.MILLRACE_CHAOS_DATABASE;
  if (only === undefined || only === "") return ["sqlite", "postgres"];
  if (only !== "sqlite" && only !== "postgres") throw new Error(`MILLRACE_CHAOS_DATABASE: ${only} is no database`);
  return [only];
}

/** PostgreSQL, where a seed takes longer, has half as many; `share` is the part of them that a test of longer seeds takes. */
export function seedsOf(database: Database, share = 1): readonly number[] {
  const one = wholeNumber("MILLRACE_CHAOS_SEED");
  if (one !== null) return [one];
  const first = wholeNumber("MILLRACE_CHAOS_FIRST") ?? 1;
  const count = wholeNumber("MILLRACE_CHAOS_SEEDS") ?? defaultSeeds;
  const length = Math.ceil((database === "sqlite" ? count : count / 2) * share);
  return Array.from({ length }, (_, at) => first + at);
}

const isScenarioNamed = (process.env.MILLRACE_CHAOS_SCENARIO ?? "") !== "";

/** Of those that a scenario is for: with each change the first, at night and where it is asked for by its name all of them. */
export function scenarioDatabases(all: readonly [Database, ...Database[]]): readonly Database[] {
  const chosen = databases().filter((each) => all.includes(each));
  const isOne = (process.env.MILLRACE_CHAOS_DATABASE ?? "") !== "";
  return isLong() || isOne ? chosen : [all[0]];
}

/** Whether more is asked for than what each change has. */
export function isLong(): boolean {
  return isScenarioNamed || (wholeNumber("MILLRACE_CHAOS_SEEDS") ?? defaultSeeds) > defaultSeeds;
}

/**
 * Seeds of a scenario, which are much longer: `few` with each change, and so many for each fifty of random programs at night. Asked
 * for by its name it has as many as it is asked for.
 */
export function scenarioSeeds(few: number): readonly number[] {
  const one = wholeNumber("MILLRACE_CHAOS_SEED");
  if (one !== null) return [one];
  const first = wholeNumber("MILLRACE_CHAOS_FIRST") ?? 1;
  const count = wholeNumber("MILLRACE_CHAOS_SEEDS") ?? defaultSeeds;
  const length = isScenarioNamed ? count : Math.ceil((count / defaultSeeds) * few);
  return Array.from({ length }, (_, at) => first + at);
}

function wholeNumber(name: string): number | null {
  const text = process.env[name];
  if (text === undefined || text === "") return null;
  if (!/^\d+$/.test(text)) throw new Error(`${name}: ${text} is not a whole number`);
  return Number(text);
}
