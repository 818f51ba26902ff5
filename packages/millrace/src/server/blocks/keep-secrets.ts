/** The asterisks that secrets of blocks are shown as: whoever sends them back changes nothing. */

import { type BlockData, hidden, isBlockData } from "../../contract/block-secrets.ts";

/** What was sent, with what is kept in place of the asterisks that it was shown as. */
export function keepSecrets(
  sent: BlockData,
  { kept, secretFields }: { readonly kept: BlockData; readonly secretFields: readonly string[] },
): BlockData {
  return secretFields.reduce<unknown>((data, field) => keep(data, kept, field.split(".")), sent) as BlockData;
}

function keep(sent: unknown, kept: unknown, path: readonly string[]): unknown {
  if (kept === undefined) return sent;
  if (sent === hidden) return kept;
  const [name, ...rest] = path;
  if (name === undefined || !isBlockData(sent) || !isBlockData(kept)) return sent;
  const names = name === "*" ? Object.keys(sent) : [name].filter((field) => Object.hasOwn(sent, field));
  const below = name === "*" ? path : rest;
  return { ...sent, ...Object.fromEntries(names.map((field) => [field, keep(sent[field], own(kept, field), below)])) };
}

function own(data: BlockData, name: string): unknown {
  return Object.hasOwn(data, name) ? data[name] : undefined;
}
