/** Workspaces by what people call them. There are few: they are looked through here. */

import type { Api } from "../contract/api.ts";
import { MillraceError } from "../contract/errors.ts";
import type { Workspace } from "../contract/workspaces.ts";
import { nearest } from "../kit/nearest.ts";
import { readPages } from "./read-pages.ts";

/** What help says of an argument that names one. */
export const workspaceArgument = "The name of a workspace, or its id.";

export function readWorkspaces(api: Api): Promise<readonly Workspace[]> {
  return readPages((page) => api.listWorkspaces(page));
}

/** @throws NOT_FOUND with the nearest name */
export async function findWorkspace(api: Api, reference: string): Promise<Workspace> {
  const workspaces = await readWorkspaces(api);
  const found = workspaces.find(({ name, id }) => name === reference || id === reference);
  if (found !== undefined) return found;
  const meant = nearest(
    reference,
    workspaces.map(({ name }) => name),
  );
  const advice = meant === null ? "`millrace workspace ls` lists those there are." : `Did you mean \`${meant}\`?`;
  throw new MillraceError("NOT_FOUND", { kind: "workspace", name: reference, advice });
}
