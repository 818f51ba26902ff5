import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Artifact } from "../contract/records.ts";

/** What help says of an argument that names an artifact. */
export const artifactArgument =
  "An artifact's key, of which the newest version is meant, or its id or the start of it.";

/** The newest artifact of a key, or the one of an id. @throws NOT_FOUND, RUN_ID_AMBIGUOUS */
export async function findArtifact(api: Api, reference: string): Promise<Artifact> {
  const keyed = await api.listArtifacts({ keys: [reference], latestOnly: true }, { limit: 1 });
  if (keyed.items[0] !== undefined) return keyed.items[0];
  const isId = /^[0-9a-f-]{2,36}$/i.test(reference);
  const { items } = isId ? await api.listArtifacts({ idPrefix: reference.toLowerCase() }, { limit: 2 }) : { items: [] };
  const [only, another] = items;
  if (only !== undefined && another !== undefined) {
    throw new MillraceError("RUN_ID_AMBIGUOUS", { id: reference, candidates: `${only.id}, ${another.id}` });
  }
  if (only === undefined) {
    const advice = "`millrace artifact ls` lists the artifacts of this ledger.";
    throw new MillraceError("NOT_FOUND", { kind: "artifact", name: reference, advice });
  }
  return only;
}
