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

function wholeNumber(name: string): number | null {
  const text = process.env[name];
  if (text === undefined || text === "") return null;
  if (!/^\d+$/.test(text)) throw new Error(`${name}: ${text} is not a whole number`);
  return Number(text);
}
