/** A file of JSON or YAML. */

import { readFileSync } from "node:fs";
import { UsageProblem } from "./arguments/usage-problem.ts";

/** YAML holds JSON, so that one reader reads both. `-` is the standard input. @throws UsageProblem */
export async function readDocument(file: string): Promise<unknown> {
  const text = readText(file);
  const { parseDocument } = (await import("yaml")).default;
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new UsageProblem(`${file} cannot be read: ${error.message}`);
  return document.toJS() as unknown;
}

function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new UsageProblem(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
