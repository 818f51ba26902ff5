// libfaketime, by which a process believes in another wall clock than the machine's.
import { globSync } from "node:fs";
import { installPackages } from "./install-packages.ts";

/** The library, or why there is none. */
export function findFaketime(): { readonly library: string } | { readonly reason: string } {
  if (process.platform !== "linux") return { reason: "another wall clock is given to a process on Linux only" };
  const library = findLibrary() ?? (installPackages(["faketime"]) ? findLibrary() : undefined);
  if (library !== undefined) return { library };
  const reason =
    "no libfaketime found. Install Debian's package faketime, or as root set MILLRACE_INSTALL=1 to have it installed.";
  return { reason };
}

function findLibrary(): string | undefined {
  // Of the two that there are, the one for processes with threads.
  return globSync("/usr/lib/*/faketime/libfaketimeMT.so.1")[0];
}
