import { formatCount } from "./numbers.ts";

/** The beginning of a long text, and how much is left out. `max` is in characters. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const shown = text.slice(0, max).toWellFormed();
  return `${shown}… (${formatCount(text.length - max)} characters more)`;
}
