/**
 * Texts that stand for secrets, and what finds them wherever they have gone: as they are, in base64, in a URL, escaped in JSON, over
 * several lines, and cut. Each part of one begins with the same word, so that half of it is found too.
 */

const word = "mrcanary";

export const shapes = ["plain", "odd", "lines", "long"] as const;
export type Shape = (typeof shapes)[number];

/** Beyond every length that anything is cut to, in characters. */
const longChars = 80_000;

/** The canary of this number. */
export function canary(number: number, shape: Shape = "plain"): string {
  const name = `${word}${String(number).padStart(2, "0")}`;
  switch (shape) {
    case "plain":
      return `${name}zx9`;
    case "odd":
      return `${name}"q\\u/${name}+t e%&é\t${name}`;
    case "lines":
      return `-----BEGIN KEY-----\n${name}aaaaaa\n${name}bbbbbb/+\n${name}c\n-----END KEY-----\n`;
    case "long":
      return name.repeat(longChars / name.length);
  }
}

/** The ways that a program may write a secret. */
export function spellings(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString("base64");
  return [
    secret,
    base64,
    Buffer.from(secret).toString("base64url"),
    Buffer.from(`user:${secret}`).toString("base64"),
    encodeURIComponent(secret),
    new URLSearchParams({ of: secret }).toString(),
    JSON.stringify(secret),
    JSON.stringify(JSON.stringify({ secret })),
  ];
}

/** What is certain of the word's base64, wherever a group of three bytes begins. */
const inBase64 = [0, 1, 2].map((shift) => {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(word)]);
  return bytes.toString("base64").slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
});
const needles = [word, ...inBase64].map((text) => Buffer.from(text));

/** How much is shown around what is found, in bytes. */
const shownBytes = 60;
/** Enough to see where they come from. */
const maxShown = 5;

/** Where canaries are in what was collected: the place, and the text around. Others are told too, such as keys that were made. */
export function findCanaries(
  place: string,
  content: string | Buffer,
  { others = [], allowed = [] }: { readonly others?: readonly string[]; readonly allowed?: readonly string[] } = {},
): readonly string[] {
  const bytes = Buffer.from(content);
  const found: string[] = [];
  for (const needle of [...needles, ...others.map((text) => Buffer.from(text))]) {
    for (let at = bytes.indexOf(needle); at !== -1 && found.length < maxShown; at = bytes.indexOf(needle, at + 1)) {
      if (allowed.some((text) => bytes.subarray(at).toString("latin1", 0, text.length) === text)) continue;
      const around = bytes.toString("latin1", Math.max(0, at - shownBytes), at + shownBytes);
      found.push(`${place}: …${around.replaceAll(/[^\x20-\x7e]/g, ".")}…`);
    }
  }
  return found;
}
