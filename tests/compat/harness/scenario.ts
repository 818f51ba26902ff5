/** A scenario is a Python file of checks; each check becomes a test, on each target. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPythonHome, type PythonEnd, runPython } from "./python.ts";
import { chosenTargets, reasonToSkip, type TargetEnv, type TargetKind, useTarget } from "./targets.ts";

const folder = join(import.meta.dirname, "../scenarios");

/** What scenarios/kit/checks.py writes of each check. */
interface ReportLine {
  readonly name: string;
  readonly ok: boolean;
  /** The traceback of a check that failed. */
  readonly detail: string;
  readonly seconds: number;
}

/**
 * One process runs all checks of the file: starting Python and loading Prefect takes seconds.
 *
 * @param options.source a second server, whose URL MILLRACE_COMPAT_SOURCE has, for what is moved from there
 * @param options.env of the servers
 */
export function describeScenario(
  file: string,
  { source: sourceKind, env: serverEnv = {} }: { readonly source?: TargetKind; readonly env?: TargetEnv } = {},
): void {
  const path = join(folder, file);
  const names = checksOf(path);
  const targets = chosenTargets(file);
  describe.each(targets.filter((kind) => reasonToSkip(kind) === undefined))(`${file} on %s`, (kind) => {
    const target = useTarget(kind, serverEnv);
    const source = sourceKind === undefined ? null : useTarget(sourceKind);
    const home = createPythonHome();
    afterAll(() => home.close());
    let lines = new Map<string, ReportLine>();
    let end: PythonEnd | undefined;
    beforeAll(async () => {
      const report = join(home.path, "report.jsonl");
      const env = {
        MILLRACE_COMPAT_REPORT: report,
        ...(source === null ? {} : { MILLRACE_COMPAT_SOURCE: source.apiUrl() }),
      };
      end = await runPython({ home, apiUrl: target.apiUrl(), args: [path], env });
      lines = new Map(readReport(report).map((line) => [line.name, line]));
    });
    test.each(names)("%s", (name) => {
      const line = lines.get(name);
      if (line === undefined) throw new Error(`The process ended before this check did.\n${tellOf(end)}`);
      if (!line.ok) throw new Error(line.detail);
      expect(line.ok).toBe(true);
    });
  });
  describe.each(targets.filter((kind) => reasonToSkip(kind) !== undefined))(`${file} on %s`, (kind) => {
    test.skipIf(reasonToSkip(kind) !== undefined).each(names)("%s", () => expect(reasonToSkip(kind)).toBeUndefined());
  });
}

/** From the words of the file, so that the tests are known before any process has run. */
function checksOf(path: string): readonly string[] {
  const text = readFileSync(path, "utf8");
  const names = [...text.matchAll(/^@check\("(.+)"\)$/gm)].map(([, name]) => name ?? "");
  const count = text.match(/^@check\b/gm)?.length ?? 0;
  if (count === 0 || names.length < count) throw new Error(`${path}: each check must be one line, @check("its name")`);
  return names;
}

function readReport(path: string): readonly ReportLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as ReportLine);
}

const toldCharacters = 4000;

function tellOf(end: PythonEnd | undefined): string {
  if (end === undefined) return "It did not start.";
  return `Its exit code was ${end.code}. The end of what it said:\n${(end.stdout + end.stderr).slice(-toldCharacters)}`;
}
