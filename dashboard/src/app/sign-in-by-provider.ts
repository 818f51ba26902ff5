/** Coming in by an identity provider: the way there, and what is said when it did not work. */

/** What the server sends a browser back with that it did not let in. */
const parameter = "signIn";

/**
 * Where the browser begins, so that it comes back to the page at this address.
 *
 * @param base of the server's pages, with a slash at its end
 */
export function toProviderAddress(here: string, base: string): string {
  const { origin, pathname, searchParams } = new URL(here);
  searchParams.delete(parameter);
  const search = searchParams.size === 0 ? "" : `?${searchParams.toString()}`;
  const path = `${origin}${pathname}`.startsWith(base) ? `${origin}${pathname}`.slice(base.length) : "";
  const address = new URL("v1/session/oidc/start", base);
  if (path + search !== "") address.searchParams.set("to", path + search);
  return address.href;
}

/** Null where nothing went wrong. */
export function describeProviderFailure(search: string, provider: string): string | null {
  switch (new URLSearchParams(search).get(parameter)) {
    case null:
      return null;
    case "OIDC_REFUSED":
      return `You were not let in by ${provider}. Try again; if it stays so, an admin of this server says who may come in.`;
    case "ATTEMPTS_EXCEEDED":
      return "There were too many failed attempts. Try again in some minutes.";
    default:
      return `Signing in by ${provider} does not work now. The server's log says why.`;
  }
}
