// Debian's packages for what tests need of the machine: in CI, or where a person has said so by MILLRACE_INSTALL=1.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { isCi } from "./is-ci.ts";

/** False when that is not allowed here, or cannot be done. */
export function installPackages(packages: readonly string[]): boolean {
  const isAllowed = isCi() || process.env.MILLRACE_INSTALL === "1";
  if (!isAllowed || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  process.stderr.write(`Installing (apt-get install ${packages.join(" ")})\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync("apt-get", ["update", "--quiet=2"], { env, stdio: ["ignore", 2, 2] });
  const args = ["install", "--yes", "--quiet=2", "--no-install-recommends", ...packages];
  execFileSync("apt-get", args, { env, stdio: ["ignore", 2, 2] });
  return true;
}
