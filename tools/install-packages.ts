// Debian's packages for what tests need of the machine: in CI, or where a person has said so by MILLRACE_INSTALL=1.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { isCi } from "./is-ci.ts";

const lockFile = "/run/lock/millrace-packages";

/** False when that is not allowed here, or cannot be done. */
export function installPackages(packages: readonly string[]): boolean {
  const isAllowed = isCi() || process.env.MILLRACE_INSTALL === "1";
  if (!isAllowed || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  process.stderr.write(`Installing (apt-get install ${packages.join(" ")})\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  // Several test files may want some at the same time, and apt-get does not wait for another.
  const aptGet = (...args: readonly string[]): void =>
    void execFileSync("flock", [lockFile, "apt-get", ...args], { env, stdio: ["ignore", 2, 2] });
  aptGet("update", "--quiet=2");
  aptGet("install", "--yes", "--quiet=2", "--no-install-recommends", ...packages);
  return true;
}
