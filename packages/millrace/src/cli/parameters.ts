/** Parameters and values as they are written on a command line. */

import { readFileSync } from "node:fs";
import type { JsonObject } from "../contract/objects.ts";
import { UsageProblem } from "./arguments/usage-problem.ts";

/** Undefined when none is given. @throws UsageProblem */
export async function readParameters(written: {
  /** `name=value` each. */
  readonly one: readonly string[];
  /** A JSON object, or `@file`. */
  readonly all: string | undefined;
}): Promise<unknown> {
  if (written.one.length === 0 && written.all === undefined) return undefined;
  const all = written.all === undefined ? {} : readJsonOption(written.all, "--params");
  if (written.one.length === 0) return all;
  if (typeof all !== "object" || all === null || Array.isArray(all))
    throw new UsageProblem("--params must be a JSON object where --param adds to it");
  return { ...all, ...Object.fromEntries(written.one.map(readParameter)) };
}

/** What a run of a deployment takes. @throws UsageProblem */
export function toJsonObject(given: unknown): JsonObject | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return given as JsonObject;
  throw new UsageProblem("--params takes a JSON object");
}

function readParameter(written: string): readonly [string, unknown] {
  const at = written.indexOf("=");
  if (at < 1) throw new UsageProblem(`--param takes NAME=VALUE, not \`${written}\``);
  return [written.slice(0, at), parseValue(written.slice(at + 1))];
}

/** What can be read as JSON is that, everything else a text. */
export function parseValue(written: string): unknown {
  try {
    return JSON.parse(written) as unknown;
  } catch {
    return written;
  }
}

function readText(written: string): string {
  if (!written.startsWith("@")) return written;
  const file = written.slice(1);
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new UsageProblem(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** JSON, or `@file` for what is in a file and `@-` for the standard input. @throws UsageProblem that names the option */
export function readJsonOption(written: string, option: string): unknown {
  return parseJson(readText(written), option);
}

/** @throws UsageProblem that names the option */
export function parseJson(text: string, option: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageProblem(`${option} is not JSON: ${reason}`, `a text needs its quotes: ${option} '"text"'`);
  }
}
