import type { CachePart } from "../contract/definitions.ts";

/** What each kind of part contributes to a cache key; null when the call cannot be keyed by it. */
export interface CacheKeySources {
  readonly task: string;
  inputs(without: readonly string[]): string | null;
  code(): string;
  run(): string;
  flowParameters(): string | null;
  custom(part: Extract<CachePart, { kind: "function" }>): string | null;
}

/**
 * Composes a cache key; `{ missing }` names the part that could not be made, so that the miss has its reason. Each key
 * begins with the task's name, except that of a function alone, which is what the function gives: so its author can let
 * several tasks share a result.
 */
export function composeCacheKey(
  parts: readonly CachePart[],
  sources: CacheKeySources,
): { readonly key: string } | { readonly missing: string } {
  const own = parts.length === 1 && parts[0]?.kind === "function";
  const pieces: string[] = own ? [] : [sources.task];
  for (const part of parts) {
    const piece = pieceOf(part, sources);
    if (piece === null) return { missing: part.kind };
    pieces.push(own ? piece : `${part.kind}=${piece}`);
  }
  return { key: pieces.join("|") };
}

function pieceOf(part: CachePart, sources: CacheKeySources): string | null {
  switch (part.kind) {
    case "inputs":
      return sources.inputs(part.without);
    case "code":
      return sources.code();
    case "run":
      return sources.run();
    case "flow-parameters":
      return sources.flowParameters();
    case "function":
      return sources.custom(part);
  }
}
