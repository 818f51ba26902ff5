/** Which routes a path could have meant, for the answer to one that none takes. */

import { prefectRouteNames, routeOf } from "./routes-table.ts";

interface PathPattern {
  readonly verb: string;
  readonly parts: readonly string[];
}

const patterns: readonly PathPattern[] = prefectRouteNames.map((name) => {
  const { verb, path } = routeOf(name);
  return { verb, parts: path.split("/") };
});

/** The verbs that a path, below /api, takes; none where there is no such path. */
export function verbsOf(path: string): readonly string[] {
  const parts = path.split("/");
  const verbs = patterns.filter((pattern) => isMatch(pattern.parts, parts)).map(({ verb }) => verb);
  return [...new Set(verbs)];
}

/** A path with the slash at its end that it lacks, or without the one that it has. */
export function otherSpelling(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
}

function isMatch(pattern: readonly string[], parts: readonly string[]): boolean {
  if (pattern.length !== parts.length) return false;
  return pattern.every((part, index) => {
    const given = parts[index] ?? "";
    return part.startsWith(":") ? given !== "" : part === given;
  });
}
