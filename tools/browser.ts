// The browser that the dashboard is tested and photographed in: the machine's Chromium, or in CI the one of its packages.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { isCi } from "./is-ci.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The program, or why there is none. */
export function findBrowser(): { readonly path: string } | { readonly reason: string } {
  const path = process.env.MILLRACE_TEST_BROWSER || findProgram() || installProgram();
  if (path !== undefined) return { path };
  const reason =
    "no Chromium found. Install Debian's package chromium, name a program in MILLRACE_TEST_BROWSER, " +
    "or as root set MILLRACE_INSTALL=1 to have the package installed.";
  return { reason };
}

export async function launchBrowser(path: string): Promise<Browser> {
  return await chromium.launch({
    executablePath: path,
    // As root Chromium has no sandbox; the pages are our own.
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-dev-shm-usage", "--hide-scrollbars"],
  });
}

function findProgram(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

function installProgram(): string | undefined {
  const isAllowed = isCi() || process.env.MILLRACE_INSTALL === "1";
  if (!isAllowed || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return undefined;
  process.stderr.write("Installing Chromium (apt-get install chromium)\n");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync("apt-get", ["update", "--quiet=2"], { env, stdio: ["ignore", 2, 2] });
  const args = ["install", "--yes", "--quiet=2", "--no-install-recommends", "chromium", "fonts-dejavu-core"];
  execFileSync("apt-get", args, { env, stdio: ["ignore", 2, 2] });
  return findProgram();
}
