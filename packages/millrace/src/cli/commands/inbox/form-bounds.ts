/** What a field of a form asks of its value beside the type, in a few words. */

/** The keywords of JSON Schema that bound a value. */
export interface Bounded {
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly exclusiveMinimum?: unknown;
  readonly exclusiveMaximum?: unknown;
  readonly multipleOf?: unknown;
  readonly minLength?: unknown;
  readonly maxLength?: unknown;
  readonly pattern?: unknown;
  readonly minItems?: unknown;
  readonly maxItems?: unknown;
  readonly uniqueItems?: unknown;
}

/** "1 to 10", "at least 3 characters, like /^[a-z]+$/"; null where anything of the type will do. */
export function boundsText(property: Bounded): string | null {
  const { exclusiveMinimum, exclusiveMaximum, multipleOf, pattern, uniqueItems } = property;
  const parts = [
    rangeText(property.minimum, property.maximum, ""),
    isNumber(exclusiveMinimum) ? `above ${exclusiveMinimum}` : null,
    isNumber(exclusiveMaximum) ? `below ${exclusiveMaximum}` : null,
    isNumber(multipleOf) ? `a multiple of ${multipleOf}` : null,
    rangeText(property.minLength, property.maxLength, " characters"),
    typeof pattern === "string" ? `like /${pattern}/` : null,
    rangeText(property.minItems, property.maxItems, " items"),
    uniqueItems === true ? "none twice" : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(", ");
}

function rangeText(least: unknown, most: unknown, unit: string): string | null {
  if (isNumber(least) && isNumber(most)) return least === most ? `${least}${unit}` : `${least} to ${most}${unit}`;
  if (isNumber(least)) return `at least ${least}${unit}`;
  return isNumber(most) ? `at most ${most}${unit}` : null;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}
