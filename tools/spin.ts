// SPIN, which goes through every order of a model's steps, and the C compiler that it needs.
import { findProgram } from "./find-program.ts";
import { installPackages } from "./install-packages.ts";

export interface Spin {
  readonly spin: string;
  readonly compiler: string;
}

/** The programs, or why there are none. */
export function findSpin(): Spin | { readonly reason: string } {
  const found = findPrograms() ?? (installPackages(["spin", "gcc", "libc6-dev"]) ? findPrograms() : undefined);
  if (found !== undefined) return found;
  const reason =
    "no SPIN with a C compiler found. Install Debian's packages spin and gcc, " +
    "or as root set MILLRACE_INSTALL=1 to have them installed.";
  return { reason };
}

function findPrograms(): Spin | undefined {
  const spin = findProgram(["spin"]);
  const compiler = findProgram(["cc", "gcc", "clang"]);
  return spin === undefined || compiler === undefined ? undefined : { spin, compiler };
}
