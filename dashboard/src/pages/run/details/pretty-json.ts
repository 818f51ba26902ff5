/** JSON text with two spaces a level; what is none is left as it is. */
export function toPrettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
