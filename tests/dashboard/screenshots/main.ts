// Photographs the pages of the dashboard into docs/dashboard, light and dark: npm run screenshots [-- NAME ...]
//
// It is the same picture each time: the ledgers are seeded, the clock stands, and nothing moves. The dashboard is built first.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findBrowser, launchBrowser } from "../../../tools/browser.ts";
import { buildDashboard } from "../../../tools/build.ts";
import { visit } from "../harness/visit.ts";
import { readRouterPaths } from "../pages.ts";
import type { SeedName } from "../seeds/seeds.ts";
import { type Shot, shots } from "./shots.ts";
import { toSmallPng } from "./small-png.ts";
import { startStillServer } from "./still-server.ts";

const folder = join(dirname(dirname(dirname(import.meta.dirname))), "docs/dashboard");
/** A morning: what is in the seeds has happened before it. */
const now = Date.UTC(2026, 10, 26, 9, 30);
/** More than that is too much for a repository, in bytes. */
const maxBytes = 150_000;

const found = findBrowser();
if ("reason" in found) {
  process.stderr.write(`${found.reason}\n`);
  process.exit(1);
}
const wanted = process.argv.slice(2);
const routes = new Set(readRouterPaths());
const chosen = shots.filter(({ name, route }) => routes.has(route) && (wanted.length === 0 || wanted.includes(name)));
const seedOf = ({ seed = "small" }: Shot): SeedName => seed;

if (process.env.MILLRACE_TEST_BUILT !== "1") buildDashboard();
mkdirSync(folder, { recursive: true });
const browser = await launchBrowser(found.path);
const home = mkdtempSync(join(tmpdir(), "millrace-screenshots-"));
let isTooLarge = false;
try {
  for (const seed of new Set(chosen.map(seedOf))) {
    await using server = await startStillServer(seed, { home: join(home, seed), now });
    for (const shot of chosen.filter((each) => seedOf(each) === seed)) {
      for (const theme of ["light", "dark"] as const) {
        const png = await visit(browser, server.url, { path: shot.path, theme, now }, async ({ page }) => {
          // Fonts and lazily loaded parts.
          await page.evaluate(() => document.fonts.ready);
          await page.waitForTimeout(400);
          return page.screenshot({ animations: "disabled", caret: "hide" });
        });
        const small = toSmallPng(png);
        isTooLarge ||= small.length > maxBytes;
        writeFileSync(join(folder, `${shot.name}-${theme}.png`), small);
        process.stdout.write(`${shot.name}-${theme}.png ${Math.round(small.length / 1000)} kB\n`);
      }
    }
  }
} finally {
  await browser.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
if (isTooLarge) {
  process.stderr.write(`At most ${maxBytes / 1000} kB are kept of each.\n`);
  process.exitCode = 1;
}
