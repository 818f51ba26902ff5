/** Where the pages of each workspace are, from the base of those that are open. */

/** The dashboard of the server itself, from that of a workspace too. */
export function serverUrl(base: string): string {
  return base.replace(/workspaces\/[^/]+\/$/, "");
}

export function workspaceUrl(name: string, base: string): string {
  return `${serverUrl(base)}workspaces/${name}/`;
}
