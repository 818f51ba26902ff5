/** JSON that somebody writes. */

/** What a text is as JSON, or what is wrong with it. */
export type ParsedJson = { readonly value: unknown; readonly fault: null } | { readonly fault: string };

export function parseJson(text: string): ParsedJson {
  try {
    return { value: JSON.parse(text) as unknown, fault: null };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same for what has to be an object; an empty text is none, and no fault. */
export function parseJsonObject(text: string): ParsedJson {
  if (text.trim() === "") return { value: undefined, fault: null };
  const parsed = parseJson(text);
  if (parsed.fault !== null || isJsonObject(parsed.value)) return parsed;
  return { fault: "It is no JSON object: { … }" };
}
