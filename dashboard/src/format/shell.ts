/** A word of a command line as a shell takes it: quoted where it has to be. */
export function toWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command line of ours, to copy. Words that are null are left out. */
export function toCommand(...words: readonly (string | null)[]): string {
  return ["millrace", ...words.filter((word) => word !== null).map(toWord)].join(" ");
}
