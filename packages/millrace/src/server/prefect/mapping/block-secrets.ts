/**
 * The secret fields of blocks. A schema names them by paths such as `password`, `options.token` or `headers.*`, whose star is
 * everything below. Who does not ask for secrets is shown asterisks; whoever sends those back changes nothing.
 */

export type BlockData = Readonly<Record<string, unknown>>;

/** What a secret looks like, whatever it is: its length is no one's business. */
export const hidden = "********";

/** The secret fields that a schema names. */
export function secretFieldsOf(fields: BlockData | undefined): readonly string[] {
  const named = fields?.secret_fields;
  return Array.isArray(named) ? named.filter((field) => typeof field === "string") : [];
}

/** The data with asterisks for its secrets. A secret that is null or missing stays so. */
export function hideSecrets(data: BlockData, secretFields: readonly string[]): BlockData {
  return secretFields.reduce<unknown>((shown, field) => hide(shown, field.split(".")), data) as BlockData;
}

/** What was sent, with what is kept in place of the asterisks that it was shown as. */
export function keepSecrets(
  sent: BlockData,
  { kept, secretFields }: { readonly kept: BlockData; readonly secretFields: readonly string[] },
): BlockData {
  return secretFields.reduce<unknown>((data, field) => keep(data, kept, field.split(".")), sent) as BlockData;
}

function hide(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value == null ? value : hidden;
  if (name === "*") return hideAll(value);
  if (!isData(value) || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: hide(value[name], rest) };
}

function hideAll(value: unknown): unknown {
  if (!isData(value) || Object.keys(value).length === 0) return hidden;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, hideAll(field)]));
}

function keep(sent: unknown, kept: unknown, path: readonly string[]): unknown {
  if (kept === undefined) return sent;
  if (sent === hidden) return kept;
  const [name, ...rest] = path;
  if (name === undefined || !isData(sent) || !isData(kept)) return sent;
  const names = name === "*" ? Object.keys(sent) : [name].filter((field) => Object.hasOwn(sent, field));
  const below = name === "*" ? path : rest;
  return { ...sent, ...Object.fromEntries(names.map((field) => [field, keep(sent[field], own(kept, field), below)])) };
}

function own(data: BlockData, name: string): unknown {
  return Object.hasOwn(data, name) ? data[name] : undefined;
}

function isData(value: unknown): value is BlockData {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
