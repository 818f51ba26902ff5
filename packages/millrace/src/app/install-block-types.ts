/**
 * Makes the types of blocks that a server uses itself, when it starts: each once a ledger, so that one that somebody deletes later stays
 * away, and one that is there already stays as it is. Nobody is told of them, as nobody has made them.
 */

import { configurationIdOf } from "../contract/evaluations.ts";
import { type KnownBlockType, knownBlockTypes } from "../contract/known-block-types.ts";
import type { ObjectBase } from "../contract/objects.ts";
import type { Store } from "../contract/store.ts";
import type { Clock } from "../kit/clock.ts";
import { uuidFromHash, uuidv7 } from "../kit/ids.ts";
import { schemaOf } from "./save-block.ts";

/** Says which were made, by their slugs. */
const markName = "known-block-types";

interface InstallOptions {
  readonly store: Pick<Store, "readObjects" | "findObjects" | "insertObject" | "replaceObject">;
  readonly clock: Pick<Clock, "now">;
}

/** The slugs of those that are new. Several servers may do it at once. */
export async function installBlockTypes(options: InstallOptions): Promise<readonly string[]> {
  const { store, clock } = options;
  const [mark] = await store.readObjects("configuration", [configurationIdOf(markName)]);
  const done = Array.isArray(mark?.value) ? mark.value.map(String) : [];
  const missing = knownBlockTypes.filter(({ slug }) => !done.includes(slug));
  if (missing.length === 0) return [];
  const made: string[] = [];
  for (const known of missing) if (await install(options, known)) made.push(known.slug);
  const value = knownBlockTypes.map(({ slug }) => slug);
  const now = clock.now();
  if (mark === undefined) {
    const base = { ...newBase(now), id: configurationIdOf(markName) };
    await store.insertObject("configuration", { ...base, name: markName, value }, null);
  } else {
    await store.replaceObject("configuration", { ...mark, revision: mark.revision + 1, updatedAt: now, value }, null);
  }
  return made;
}

/** False where the ledger has a type of that slug. A server that died right after it had made one has left it without its schema. */
async function install({ store, clock }: InstallOptions, known: KnownBlockType): Promise<boolean> {
  const { slug, name, description, isProtected = false } = known;
  const now = clock.now();
  const type = await store.insertObject("block-type", { ...newBase(now), slug, name, description, isProtected }, null);
  const blockTypeId = type === null ? await findBare(store, known) : type.id;
  if (blockTypeId === null) return false;
  // Of several servers that see no schema one makes it.
  const id = uuidFromHash(`block-schema ${blockTypeId}`);
  await store.insertObject("block-schema", { ...newBase(now), id, blockTypeId, ...schemaOf(known) }, null);
  return type !== null;
}

/** The id of the type as it is made here, if it has no schema; one that somebody made is as they want it. */
async function findBare(store: InstallOptions["store"], known: KnownBlockType): Promise<string | null> {
  const { slug, name, description } = known;
  const page = { limit: 1, cursor: null };
  const [type] = (await store.findObjects("block-type", { where: { field: "slug", in: [slug] } }, page)).items;
  if (type === undefined || type.name !== name || type.description !== description) return null;
  const ofType = { field: "blockTypeId", in: [type.id] };
  const schemas = await store.findObjects("block-schema", { where: ofType }, page);
  return schemas.items.length === 0 ? type.id : null;
}

function newBase(now: number): ObjectBase {
  return { id: uuidv7(now), revision: 1, createdAt: now, updatedAt: now };
}
