/** What is the same in several runs and what is not: rows of values, one for each run. */

import type { ArtifactRow, FlowRun, TaskCount } from "millrace/client";
import { toOrderedJson } from "../../format/line-diff.ts";
import { wholeOf } from "../artifacts/artifact-data.ts";

export interface ComparedRow {
  readonly name: string;
  /** As text; null where a run has none. */
  readonly values: readonly (string | null)[];
  readonly differs: boolean;
}

export function toRow(name: string, values: readonly (string | null)[]): ComparedRow {
  return { name, values, differs: new Set(values).size > 1 };
}

/** Parameters by their names, in the order in which they are first met. */
export function compareParameters(runs: readonly FlowRun[]): readonly ComparedRow[] {
  const read = runs.map(({ parameters }) => readParameters(parameters));
  const names = [...new Set(read.flatMap((each) => Object.keys(each)))];
  return names.map((name) =>
    toRow(
      name,
      read.map((each) => (Object.hasOwn(each, name) ? toOrderedJson(each[name]) : null)),
    ),
  );
}

/** What is no JSON object stands as one parameter without a name. */
function readParameters(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return value === null ? {} : { "(all)": value };
  } catch {
    return { "(all)": text };
  }
}

/** Where its code came from. */
export function compareCode(runs: readonly FlowRun[]): readonly ComparedRow[] {
  const rows: readonly (readonly [string, (run: FlowRun) => string | null])[] = [
    ["Version", ({ version }) => version],
    [
      "Version of the deployment",
      ({ extra }) => (typeof extra.startedVersion === "number" ? String(extra.startedVersion) : null),
    ],
    [
      "Git commit",
      ({ environment: { git } }) =>
        git === undefined ? null : `${git.commit}${git.dirty === true ? ", with changes" : ""}`,
    ],
    ["Git branch", ({ environment: { git } }) => git?.branch ?? null],
    ["Package", ({ environment }) => environment.package ?? null],
    [
      "Entrypoint",
      ({ entrypoint }) =>
        entrypoint === null ? null : `${entrypoint.module}${entrypoint.export === null ? "" : `:${entrypoint.export}`}`,
    ],
    ["Node.js", ({ environment }) => environment.node ?? null],
    ["Millrace", ({ environment }) => environment.millrace ?? null],
    ["Host", ({ environment }) => environment.host ?? null],
    ["Platform", ({ environment }) => environment.platform ?? null],
  ];
  return rows
    .map(([name, read]) => toRow(name, runs.map(read)))
    .filter(({ values }) => values.some((value) => value !== null));
}

export interface TaskCell {
  readonly count: number;
  readonly failed: number;
  readonly cached: number;
  /** From the start of the first to the end of the last, in ms; null while none has ended. */
  readonly spanMs: number | null;
}

export interface ComparedTask {
  readonly taskName: string;
  /** Null where a run does not have it. */
  readonly cells: readonly (TaskCell | null)[];
  readonly differs: boolean;
}

/** @param counts of each run, as countTaskRuns gives them */
export function compareTasks(counts: readonly (readonly TaskCount[])[]): readonly ComparedTask[] {
  const byName = counts.map((each) => Map.groupBy(each, ({ taskName }) => taskName));
  const names = [...new Set(counts.flatMap((each) => each.map(({ taskName }) => taskName)))];
  return names.map((taskName) => {
    const cells = byName.map((each) => {
      const states = each.get(taskName);
      return states === undefined ? null : toTaskCell(states);
    });
    const shapes = new Set(cells.map((cell) => (cell === null ? "" : `${cell.count} ${cell.failed} ${cell.cached}`)));
    return { taskName, cells, differs: shapes.size > 1 };
  });
}

function toTaskCell(states: readonly TaskCount[]): TaskCell {
  const sum = (of: readonly TaskCount[]): number => of.reduce((all, { count }) => all + count, 0);
  const starts = states.flatMap(({ firstStartedAt }) => firstStartedAt ?? []);
  const ends = states.flatMap(({ lastEndedAt }) => lastEndedAt ?? []);
  return {
    count: sum(states),
    failed: sum(states.filter(({ stateType }) => stateType === "FAILED" || stateType === "CRASHED")),
    cached: sum(states.filter(({ stateName }) => stateName === "Cached")),
    spanMs: starts.length === 0 || ends.length === 0 ? null : Math.max(0, Math.max(...ends) - Math.min(...starts)),
  };
}

export interface ComparedArtifact {
  readonly key: string;
  readonly artifacts: readonly (ArtifactRow | null)[];
  /** Null where the rows cannot tell: they are as long as each other, begin alike, and go on. */
  readonly differs: boolean | null;
}

/** Those that have a key, the newest of each. */
export function compareArtifacts(lists: readonly (readonly ArtifactRow[])[]): readonly ComparedArtifact[] {
  const byKey = lists.map((list) => {
    const newest = new Map<string, ArtifactRow>();
    for (const artifact of list) {
      if (artifact.key === null) continue;
      const known = newest.get(artifact.key);
      if (known === undefined || known.updatedAt <= artifact.updatedAt) newest.set(artifact.key, artifact);
    }
    return newest;
  });
  const keys = [...new Set(byKey.flatMap((each) => [...each.keys()]))].toSorted();
  return keys.map((key) => {
    const artifacts = byKey.map((each) => each.get(key) ?? null);
    const starts = artifacts.map((row) => (row === null ? null : `${row.sizeBytes} ${row.preview}`));
    const isKnown = artifacts.length < 2 || artifacts.every((row) => row === null || wholeOf(row) !== null);
    return { key, artifacts, differs: new Set(starts).size > 1 ? true : isKnown ? false : null };
  });
}
