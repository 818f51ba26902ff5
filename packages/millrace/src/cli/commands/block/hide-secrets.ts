/**
 * The secret fields of blocks, which a schema names by paths: `password`, `options.token`, or `headers.*`, whose star is
 * everything below.
 */

type BlockData = Readonly<Record<string, unknown>>;

/** What a secret looks like, whatever it is: its length is no one's business. */
export const hidden = "********";

/** The secret fields that a schema names. */
export function secretFieldsOf(fields: BlockData | undefined): readonly string[] {
  const named = fields?.secret_fields;
  return Array.isArray(named) ? named.filter((field) => typeof field === "string") : [];
}

/** The data without its secrets. One that is null or missing stays so. */
export function hideSecrets(data: BlockData, secretFields: readonly string[]): BlockData {
  return secretFields.reduce<unknown>((shown, field) => hide(shown, field.split(".")), data) as BlockData;
}

function hide(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (value == null) return value;
  if (name === undefined || name === "*") return hidden;
  if (typeof value !== "object" || Array.isArray(value) || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: hide((value as BlockData)[name], rest) };
}
