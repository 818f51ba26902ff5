import type { CacheKeyFunction, CachePart, CachePolicy } from "../contract/definitions.ts";

function createPolicy(parts: readonly CachePart[]): CachePolicy {
  return {
    parts,
    and: (other) => createPolicy([...parts, ...other.parts]),
    without: (...names) =>
      createPolicy(
        parts.map((part) => (part.kind === "inputs" ? { kind: "inputs", without: [...part.without, ...names] } : part)),
      ),
  };
}

/** Keys a result by the task's inputs, compared by content. `inputs().without("logger")` leaves parameters out. */
export function inputs(): CachePolicy {
  return createPolicy([{ kind: "inputs", without: [] }]);
}

/** Keys a result by the task's source text: a changed function computes again. */
export function code(): CachePolicy {
  return createPolicy([{ kind: "code" }]);
}

/** Keys a result by the flow run: cached within one run only. */
export function run(): CachePolicy {
  return createPolicy([{ kind: "run" }]);
}

/** Keys a result by the parameters of the flow run. */
export function flowParameters(): CachePolicy {
  return createPolicy([{ kind: "flow-parameters" }]);
}

/**
 * Keys a result by a function of the call. Composed with another policy it counts for this task. Alone, what it returns is
 * the whole key: tasks whose functions return one text share one result; put `task` of the call into it where they must not.
 */
export function keyedBy(key: CacheKeyFunction): CachePolicy {
  return createPolicy([{ kind: "function", key }]);
}
