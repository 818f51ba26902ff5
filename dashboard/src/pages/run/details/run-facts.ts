/** Facts of a run in words. */

import type { FlowRun } from "millrace/client";

export function environmentFacts(run: FlowRun): readonly (readonly [name: string, value: string])[] {
  const { host, pid, platform, node, millrace, package: packageName, cwd, argv, git } = run.environment;
  const facts = [
    ["Host", host],
    ["Process", pid === undefined ? undefined : String(pid)],
    ["Platform", platform],
    ["Node", node],
    ["Millrace", millrace],
    ["Package", packageName],
    ["Commit", git === undefined ? undefined : toCommit(git)],
    ["Folder", cwd],
    ["Command", argv?.join(" ")],
  ] as const;
  const known = facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return known.length === 0 ? [["Environment", "not recorded: it has not run yet"]] : known;
}

function toCommit(git: NonNullable<FlowRun["environment"]["git"]>): string {
  const { commit, branch, dirty } = git;
  return [
    commit.slice(0, 12),
    ...(branch === undefined ? [] : [`on ${branch}`]),
    ...(dirty === true ? ["with changes that were not committed"] : []),
  ].join(" ");
}

/** Who or what made it; null when that is not known. */
export function toCreator({ extra, autoScheduled }: FlowRun): string | null {
  const by = extra.createdBy;
  if (typeof by === "object" && by !== null && !Array.isArray(by)) {
    const { displayValue, type, id } = by as Readonly<Record<string, unknown>>;
    const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
    const name = [displayValue, id].find(isText);
    const words = [isText(type) ? type.toLowerCase() : undefined, name].filter(isText).join(" ");
    if (words !== "") return words;
  }
  return autoScheduled ? "a schedule" : null;
}
