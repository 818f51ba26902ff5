/** Enough of an id to tell runs apart: the time part of a UUIDv7, in ms. */
const shortLength = 13;

/** The start of an id that commands print, and take in place of the whole. */
export function shortId(id: string): string {
  return id.slice(0, shortLength);
}
