import type { IdKind, ResolvedId } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import { objectKinds } from "../contract/query.ts";
import type { Store } from "../contract/store.ts";

const kinds: readonly IdKind[] = ["flow-run", "task-run", "artifact", ...objectKinds];

/** Two tell that there is no only one; a few more help to choose. */
const maxOfKind = 5;

/** Finds the one run, artifact or object whose id starts with the text given. */
export async function resolveId(store: Store, prefix: string, kind?: IdKind): Promise<ResolvedId> {
  const noun = kind ?? "run or object";
  if (!/^[0-9a-f-]{2,36}$/i.test(prefix))
    throw new MillraceError("RUN_NOT_FOUND", { kind: `${noun} with an id like`, id: prefix });
  const asked = kind === undefined ? kinds : [kind];
  const found = (await Promise.all(asked.map((each) => findOfKind(store, each, prefix.toLowerCase())))).flat();
  const [only, another] = found;
  if (only === undefined) throw new MillraceError("RUN_NOT_FOUND", { kind: noun, id: prefix });
  if (another !== undefined) {
    const candidates = found.slice(0, 2 * maxOfKind).map(({ id }) => id);
    throw new MillraceError("RUN_ID_AMBIGUOUS", { id: prefix, candidates: candidates.join(", ") });
  }
  return only;
}

async function findOfKind(store: Store, kind: IdKind, idPrefix: string): Promise<readonly ResolvedId[]> {
  const page = { limit: maxOfKind };
  const { items } = await find();
  return items.map(({ id }) => ({ kind, id }));

  function find(): Promise<{ readonly items: readonly { readonly id: string }[] }> {
    switch (kind) {
      case "flow-run":
        return store.findFlowRuns({ idPrefix }, "created-desc", page);
      case "task-run":
        return store.findTaskRuns({ idPrefix }, page);
      case "artifact":
        return store.findArtifacts({ idPrefix }, page);
      default:
        return store.findObjects(kind, { where: { field: "id", startsWith: idPrefix } }, page);
    }
  }
}
