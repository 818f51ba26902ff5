// The browser that the dashboard is tested and photographed in: the machine's Chromium, or in CI the one of its packages.
import { type Browser, chromium } from "playwright-core";
import { findProgram } from "./find-program.ts";
import { installPackages } from "./install-packages.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The program, or why there is none. */
export function findBrowser(): { readonly path: string } | { readonly reason: string } {
  const path = process.env.MILLRACE_TEST_BROWSER || findProgram(names) || installProgram();
  if (path !== undefined) return { path };
  const reason =
    "no Chromium found. Install Debian's package chromium, name a program in MILLRACE_TEST_BROWSER, " +
    "or as root set MILLRACE_INSTALL=1 to have the package installed.";
  return { reason };
}

/** @param more further options of Chromium's command line */
export async function launchBrowser(path: string, more: readonly string[] = []): Promise<Browser> {
  return await chromium.launch({
    executablePath: path,
    // As root Chromium has no sandbox; the pages are our own.
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-dev-shm-usage",
      "--hide-scrollbars",
      ...more,
    ],
  });
}

function installProgram(): string | undefined {
  return installPackages(["chromium", "fonts-dejavu-core"]) ? findProgram(names) : undefined;
}
