// Builds the code and the dashboard once, and finds the browser that it is tested in: its program in MILLRACE_TEST_BROWSER,
// else a reason in MILLRACE_TEST_BROWSER_SKIPPED, which is a failure in CI.
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { findBrowser } from "../browser.ts";
import { buildDashboard } from "../build.ts";
import { isCi } from "../is-ci.ts";

const root = dirname(dirname(import.meta.dirname));

export default function setup(): void {
  const browser = findBrowser();
  if ("reason" in browser) {
    if (isCi()) throw new Error(`A browser is needed in CI: ${browser.reason}`);
    process.env.MILLRACE_TEST_BROWSER_SKIPPED = browser.reason;
    process.stderr.write(`Tests of the dashboard are skipped: ${browser.reason}\n`);
    return;
  }
  process.env.MILLRACE_TEST_BROWSER = browser.path;
  // For who tries one test again and again.
  if (process.env.MILLRACE_TEST_BUILT === "1") return;
  // In a process of its own, since what bundlers set up for themselves stays.
  execFileSync(process.execPath, [join(root, "tools/build.ts"), "--code-only"], { stdio: "inherit" });
  buildDashboard();
}
