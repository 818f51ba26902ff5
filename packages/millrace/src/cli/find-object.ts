/** What people call the nouns of the ledger by: a name, an id, or the start of an id. */

import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { ObjectKind, ObjectTypes } from "../contract/objects.ts";
import type { Condition } from "../contract/query.ts";
import { nearest } from "../kit/nearest.ts";
import { readPages } from "./read-pages.ts";

/** How objects of a kind are found. */
export interface Lookup<Kind extends ObjectKind> {
  readonly kind: Kind;
  /** As people say it: "work pool". */
  readonly noun: string;
  /** The command that lists them, without `millrace`. */
  readonly list: string;
  /** Those that the words may name. */
  named(reference: string): Condition;
  /** The full names of objects, in order: what `named` finds one by. */
  titles(api: Api, objects: readonly ObjectTypes[Kind][]): Promise<readonly string[]>;
  /** How a full name is written, where a part of it may name several. */
  readonly fullName?: string;
  /** Only objects that meet this. */
  readonly within?: Condition;
}

/** How many names are looked through for the one that was meant. */
const maxNames = 2000;

const idStart = /^[0-9a-f]{2,8}(-[0-9a-f-]*)?$/i;

/** @throws NOT_FOUND with the nearest name, USAGE when the words name several */
export async function findObject<Kind extends ObjectKind>(
  api: Api,
  reference: string,
  lookup: Lookup<Kind>,
): Promise<ObjectTypes[Kind]> {
  const named = await read(api, lookup, lookup.named(reference));
  const found = named.length > 0 || !idStart.test(reference) ? named : await readById(api, lookup, reference);
  const [only, ...others] = found;
  if (only === undefined) throw await missing(api, reference, lookup);
  if (others.length > 0) throw await ambiguous(api, reference, { lookup, found });
  return only;
}

function readById<Kind extends ObjectKind>(
  api: Api,
  lookup: Lookup<Kind>,
  reference: string,
): Promise<readonly ObjectTypes[Kind][]> {
  return read(api, lookup, { field: "id", startsWith: reference });
}

async function read<Kind extends ObjectKind>(
  api: Api,
  { kind, within }: Lookup<Kind>,
  condition: Condition,
): Promise<readonly ObjectTypes[Kind][]> {
  const where: Condition = within === undefined ? condition : { all: [condition, within] };
  return (await api.listObjects(kind, { where }, { limit: 10 })).items;
}

async function missing<Kind extends ObjectKind>(
  api: Api,
  reference: string,
  lookup: Lookup<Kind>,
): Promise<MillraceError> {
  const { kind, noun, list, within } = lookup;
  const query = within === undefined ? {} : { where: within };
  const known = await readPages((page) => api.listObjects(kind, query, page), { limit: maxNames });
  const titles = await lookup.titles(api, known);
  const meant = nearest(reference, titles);
  const name = reference.includes("/") ? reference : null;
  // A part of a full name is near the part, not the whole.
  const whole = meant ?? (name === null ? nearestPart(reference, titles) : null);
  const advice = whole === null ? `\`millrace ${list}\` lists those there are.` : `Did you mean \`${whole}\`?`;
  return new MillraceError("NOT_FOUND", { kind: noun, name: reference, advice });
}

function nearestPart(reference: string, titles: readonly string[]): string | null {
  const parts = titles.map((title) => title.slice(title.lastIndexOf("/") + 1));
  const meant = nearest(reference, parts);
  return meant === null ? null : (titles[parts.indexOf(meant)] ?? null);
}

async function ambiguous<Kind extends ObjectKind>(
  api: Api,
  reference: string,
  { lookup, found }: { readonly lookup: Lookup<Kind>; readonly found: readonly ObjectTypes[Kind][] },
): Promise<MillraceError> {
  const titles = await lookup.titles(api, found);
  const each = found.map(({ id }, index) => (titles[index] === reference ? id : `${titles[index]} (${id})`));
  const advice = lookup.fullName === undefined ? "Give its id." : `Write it as ${lookup.fullName}, or give its id.`;
  const reason = `\`${reference}\` is more than one ${lookup.noun}: ${each.join(", ")}.`;
  return new MillraceError("USAGE", { reason, advice });
}
