/** Cells of CSV, RFC 4180. */

/** A text that somebody else has written: a spreadsheet that opens it must not take it for a formula, which may send what it knows. */
export function toCsvText(text: string): string {
  return toCsvCell(/^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text);
}

/** As it is. */
export function toCsvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
