/** Where somebody goes back to after they have come in: a page of this server, whatever they were sent with. */

const maxLength = 2000;

/**
 * The path of a page, relative to the first one, without a slash at its start; the first page for whatever could lead elsewhere.
 * It is always written behind `../../../`, so that it could not be another site even then.
 */
export function toReturnPath(given: unknown): string {
  if (typeof given !== "string" || given.length > maxLength) return "";
  // Only what the addresses of pages are made of: no scheme, no host, no way up, nothing that a browser drops.
  const isPath = /^[\w-][\w.~!$'()*+,;=@%/-]*(\?[\w.~!$&'()*+,;=:@%/?-]*)?$|^\?[\w.~!$&'()*+,;=:@%/?-]*$/.test(given);
  if (!isPath) return "";
  const path = given.split("?", 1)[0] ?? "";
  const parts = path.split("/").map((part) => part.replaceAll(/%2e/gi, "."));
  if (parts.some((part) => part === "." || part === "..") || path.includes("//") || /%(2f|5c|00|0a|0d)/i.test(path)) {
    return "";
  }
  return given;
}
