/** Where a webhook is sent to, on whatever server has the ledger. */
export function hookPath(slug: string): string {
  return `/v1/hooks/${slug}`;
}

/** With the server in front, where it is known. */
export function hookAddress(slug: string, serverUrl: string | null): string {
  return `${(serverUrl ?? "").replace(/\/$/, "")}${hookPath(slug)}`;
}
