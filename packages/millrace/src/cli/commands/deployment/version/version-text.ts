/** Versions of deployments in a few words. */

import type { DeploymentVersion, Json, JsonObject } from "../../../../contract/objects.ts";

/** Who made it: what is kept of that is a text, or an object that has a name. */
export function byText({ by }: DeploymentVersion): string {
  if (typeof by === "string") return by;
  if (typeof by !== "object" || by === null || Array.isArray(by)) return "";
  const { display_value: shown, name, type } = by as JsonObject;
  return toText(shown ?? name ?? type);
}

/** A field of a version that is a text; empty for any other. */
export function toText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Where the code of a version is, when that may be other code by now; null where the version says which. */
export function movingCode({ definition = {} }: DeploymentVersion): string | null {
  const { pullSteps, path, jobVariables } = definition;
  if (isObject(jobVariables) && toText(jobVariables.image) !== "") return null;
  const steps = Array.isArray(pullSteps)
    ? pullSteps.flatMap((step) => (isObject(step) ? Object.entries(step) : []))
    : [];
  const [name = "", input] = steps.find(([each]) => /(^|\.)(git_clone|pull_)/.test(each)) ?? [];
  if (name === "") return toText(path) === "" ? "what is where its workers run" : `what is in ${toText(path)}`;
  const { commit_sha: sha, commit = sha, key, repository, branch } = isObject(input) ? input : {};
  if (!name.endsWith("git_clone")) return toText(key) === "" ? "what is where it is pulled from" : null;
  if (toText(commit) !== "") return null;
  return `the newest of ${toText(branch) === "" ? "" : `${toText(branch)} of `}${toText(repository)}`;
}

export interface VersionDifference {
  readonly field: string;
  readonly from: Json;
  readonly to: Json;
}

/** Fields that differ, by name; a field of an object that is in both is told by itself: `jobVariables.env`. */
export function compareVersions(from: DeploymentVersion, to: DeploymentVersion): readonly VersionDifference[] {
  return compare(from.definition ?? {}, to.definition ?? {}, "");
}

function compare(from: JsonObject, to: JsonObject, prefix: string): readonly VersionDifference[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].toSorted();
  return names.flatMap((name) => {
    const [before, after] = [from[name] as Json, to[name] as Json];
    const field = `${prefix}${name}`;
    if (isObject(before) && isObject(after)) return compare(before, after, `${field}.`);
    return JSON.stringify(before ?? null) === JSON.stringify(after ?? null)
      ? []
      : [{ field, from: before ?? null, to: after ?? null }];
  });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
