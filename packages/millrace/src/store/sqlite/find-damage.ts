import type { DatabaseSync } from "node:sqlite";

/** Findings of SQLite that are told of one file. */
const maxFindings = 20;

/**
 * What SQLite finds wrong with the file: quickly, whether its pages hold together; in full, also whether each index agrees with
 * its table, which takes ten times as long.
 */
export function findDamage(database: DatabaseSync, depth: "quick" | "full"): readonly string[] {
  const check = depth === "quick" ? "quick_check" : "integrity_check";
  return database
    .prepare(`pragma ${check}(${maxFindings})`)
    .all()
    .map((row) => String(row[check]))
    .filter((finding) => finding !== "ok");
}
