import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Store } from "../contract/store.ts";

/** Finds the one run or artifact whose id starts with the text given. */
export async function resolveId(store: Store, prefix: string): Promise<Awaited<ReturnType<Api["resolveId"]>>> {
  if (!/^[0-9a-f-]{2,36}$/i.test(prefix))
    throw new MillraceError("RUN_NOT_FOUND", { kind: "run with an id like", id: prefix });
  const idPrefix = prefix.toLowerCase();
  const two = { limit: 2 };
  const [flowRuns, taskRuns, artifacts] = await Promise.all([
    store.findFlowRuns({ idPrefix }, "created-desc", two),
    store.findTaskRuns({ idPrefix }, two),
    store.findArtifacts({ idPrefix }, two),
  ]);
  const found = [
    ...flowRuns.items.map(({ id }) => ({ kind: "flow-run" as const, id })),
    ...taskRuns.items.map(({ id }) => ({ kind: "task-run" as const, id })),
    ...artifacts.items.map(({ id }) => ({ kind: "artifact" as const, id })),
  ];
  const [only, another] = found;
  if (only === undefined) throw new MillraceError("RUN_NOT_FOUND", { kind: "run", id: prefix });
  if (another !== undefined) {
    throw new MillraceError("RUN_ID_AMBIGUOUS", { id: prefix, candidates: found.map(({ id }) => id).join(", ") });
  }
  return only;
}
