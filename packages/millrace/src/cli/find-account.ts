/** Accounts and their keys by what people call them. There are few: they are looked through here. */

import type { Account, ApiKey } from "../contract/access.ts";
import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import { nearest } from "../kit/nearest.ts";
import { readPages } from "./read-pages.ts";

/** What help says of an argument that names one of these. */
export const accountArgument = "The name of an account, its id or the start of it.";
export const apiKeyArgument =
  "The start of a key as `api-key ls` shows it, its id or the start of that, or the key itself.";

export function readAccounts(api: Api): Promise<readonly Account[]> {
  return readPages((page) => api.listAccounts(page));
}

export function readApiKeys(api: Api, filter: { readonly accountId?: string } = {}): Promise<readonly ApiKey[]> {
  return readPages((page) => api.listApiKeys(filter, page));
}

/** @throws NOT_FOUND with the nearest name, USAGE when an id's start is that of several */
export async function findAccount(api: Api, reference: string): Promise<Account> {
  const accounts = await readAccounts(api);
  const named = accounts.filter(({ name }) => name === reference);
  const found = named.length > 0 ? named : accounts.filter(({ id }) => startsId(reference, id));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only !== undefined) throw ambiguous(found, { reference, noun: "account" });
  const meant = nearest(
    reference,
    accounts.map(({ name }) => name),
  );
  const advice = meant === null ? "`millrace account ls` lists those there are." : `Did you mean \`${meant}\`?`;
  throw new MillraceError("NOT_FOUND", { kind: "account", name: reference, advice });
}

const wholeKey = /^mr_[\w-]{16}([\w-]{6})[\w-]{43}$/;

/** @throws NOT_FOUND, USAGE when it names several */
export async function findApiKey(api: Api, reference: string): Promise<ApiKey> {
  // Whoever has found a key somewhere has no more of it; it is not repeated.
  const end = wholeKey.exec(reference)?.[1] ?? reference.replace(/^mr_(\u2026|\.\.\.)/, "");
  const keys = await readApiKeys(api);
  const shown = keys.filter(({ start }) => start === `mr_\u2026${end}`);
  const found = shown.length > 0 ? shown : keys.filter(({ id }) => startsId(reference, id));
  const [only] = found;
  const name = wholeKey.test(reference) ? `mr_\u2026${end}` : reference;
  if (only !== undefined && found.length === 1) return only;
  if (only !== undefined) throw ambiguous(found, { reference: name, noun: "API key" });
  const advice = "`millrace api-key ls` lists those there are.";
  throw new MillraceError("NOT_FOUND", { kind: "API key", name, advice });
}

/** One or two characters are too little to be meant as an id. */
function startsId(reference: string, id: string): boolean {
  return reference.length > 2 && id.startsWith(reference.toLowerCase());
}

function ambiguous(
  found: readonly { readonly id: string; readonly name: string }[],
  { reference, noun }: { readonly reference: string; readonly noun: string },
): MillraceError {
  const each = found.slice(0, 10).map(({ id, name }) => `${name} (${id})`);
  const reason = `\`${reference}\` is more than one ${noun}: ${each.join(", ")}`;
  return new MillraceError("USAGE", { reason, advice: "Give its id." });
}
