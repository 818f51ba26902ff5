/** How a deployment says where its code is: `flows/etl.ts:pipeline`, in the folder that is its path. */

import { runtimeOf } from "../contract/work.ts";

export interface ParsedEntrypoint {
  /** A path, relative to the deployment's folder, or absolute. */
  readonly file: string;
  /** Null for a flow that is found by its own name. */
  readonly exportName: string | null;
}

const form = /^(.+?)(?::([\p{ID_Start}$_][\p{ID_Continue}$]*))?$/u;

export function parseEntrypoint(text: string): ParsedEntrypoint {
  const [, file = text, exportName = null] = form.exec(text) ?? [];
  return { file, exportName };
}

export function formatEntrypoint({ file, exportName }: ParsedEntrypoint): string {
  return exportName === null ? file : `${file}:${exportName}`;
}

/** Whether Node runs it, and not Python. */
export function isForNode(entrypoint: string | null | undefined): boolean {
  return runtimeOf(entrypoint) === "node";
}
