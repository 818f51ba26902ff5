/**
 * The secret fields of blocks. A schema names them by paths such as `password`, `options.token` or `headers.*`, whose star is
 * everything below. Who does not ask for secrets is shown asterisks.
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

function hide(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value == null ? value : hidden;
  if (name === "*") return hideAll(value);
  if (!isBlockData(value) || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: hide(value[name], rest) };
}

function hideAll(value: unknown): unknown {
  if (!isBlockData(value) || Object.keys(value).length === 0) return hidden;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, hideAll(field)]));
}

/** Every text in the secret fields of the data, as deep as it is. */
export function secretTexts(data: BlockData, secretFields: readonly string[]): readonly string[] {
  return textsThatDiffer(data, hideSecrets(data, secretFields));
}

function textsThatDiffer(value: unknown, shown: unknown): readonly string[] {
  if (value === shown) return [];
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  const of: BlockData = isBlockData(shown) ? shown : {};
  return Object.entries(value).flatMap(([name, part]) => textsThatDiffer(part, of[name]));
}

export function isBlockData(value: unknown): value is BlockData {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
