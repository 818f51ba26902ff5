import { getCallSites } from "node:util";
import { pathToFileURL } from "node:url";
import type { CallSite } from "../contract/definitions.ts";

/** Where the function that calls our caller was written; null where the engine does not tell. */
export function callSite(framesAbove: number): CallSite | null {
  const site = getCallSites(framesAbove + 2)[framesAbove + 1];
  if (site === undefined || site.scriptName === "") return null;
  const module = site.scriptName.startsWith("file:") ? site.scriptName : pathToFileURL(site.scriptName).href;
  return { module, line: site.lineNumber };
}
