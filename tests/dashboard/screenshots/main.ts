// Photographs the pages of the dashboard into docs/dashboard, light and dark: npm run screenshots [-- NAME ...]
//
// It is the same picture each time: the ledgers are seeded, the clock stands, and nothing moves. The dashboard is built first.
// What the pages look like is compared with them (pictures.test.ts): who changes a page on purpose takes them again.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBrowser, launchBrowser } from "../../../tools/browser.ts";
import { buildDashboard } from "../../../tools/build.ts";
import { openSession } from "../harness/guarded-server.ts";
import { startStillServer } from "../harness/still-server.ts";
import { findDifference } from "./difference.ts";
import { photograph } from "./photograph.ts";
import { pictureFolder, seedOf, shots, themes } from "./shots.ts";
import { photographTypeSample, typeSamplePath } from "./type-sample.ts";

/** More than that is too much for a repository, in bytes. */
const maxBytes = 150_000;

const found = findBrowser();
if ("reason" in found) {
  process.stderr.write(`${found.reason}\n`);
  process.exit(1);
}
const wanted = process.argv.slice(2);
const chosen = shots.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
/** The shots of each server that is needed. */
const byServer = Map.groupBy(chosen, (shot) => `${seedOf(shot)}${shot.as === undefined ? "" : "-guarded"}`);

if (process.env.MILLRACE_TEST_BUILT !== "1") buildDashboard();
mkdirSync(pictureFolder, { recursive: true });
const browser = await launchBrowser(found.path);
const home = mkdtempSync(join(tmpdir(), "millrace-screenshots-"));
let isTooLarge = false;
try {
  const sample = await photographTypeSample(browser);
  if (wanted.length > 0 && existsSync(typeSamplePath) && findDifference(readFileSync(typeSamplePath), sample) !== null)
    throw new Error(
      "The other pictures were taken with other fonts or another browser: take all of them, without names.",
    );
  writeFileSync(typeSamplePath, sample);
  for (const [place, those] of byServer) {
    const [first] = those;
    if (first === undefined) continue;
    const options = { home: join(home, place), hasAccessControl: first.as !== undefined };
    await using server = await startStillServer(seedOf(first), options);
    for (const shot of those) {
      const session = shot.as == null ? null : await openSession(server.url, shot.as);
      for (const theme of themes) {
        const png = await photograph(browser, server.url, { shot, theme, session });
        isTooLarge ||= png.length > maxBytes;
        writeFileSync(join(pictureFolder, `${shot.name}-${theme}.png`), png);
        process.stdout.write(`${shot.name}-${theme}.png ${Math.round(png.length / 1000)} kB\n`);
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
