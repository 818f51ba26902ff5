/**
 * What pages look like, compared with the pictures of docs/dashboard: a few on each change, all at night. After a change that
 * is meant, `npm run screenshots -- NAME …` takes them again.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeInBrowser, useStillPlace } from "./harness/in-browser.ts";
import { findDifference } from "./screenshots/difference.ts";
import { photograph } from "./screenshots/photograph.ts";
import { pictureFolder, seedOf, shots, themes } from "./screenshots/shots.ts";
import { photographTypeSample, typeSamplePath } from "./screenshots/type-sample.ts";
import type { SeedName } from "./seeds/seeds.ts";

const isFull = process.env.MILLRACE_DASHBOARD_FULL === "1";
const onEachChange = ["overview-light", "runs-light", "runs-dark", "run-timeline-light", "palette-light"];

const pictures = shots
  .flatMap((shot) => themes.map((theme) => ({ name: `${shot.name}-${theme}`, shot, theme })))
  .filter(
    ({ name, shot }) =>
      shot.as === undefined && shot.hasNewIds === undefined && (isFull || onEachChange.includes(name)),
  );
const seeds: readonly SeedName[] = [...new Set(pictures.map(({ shot }) => seedOf(shot)))];

/** Where it is said what differs. */
const reports = join(process.env.MILLRACE_REPORTS ?? join(import.meta.dirname, "../../.reports"), "pictures");

describeInBrowser("the pictures of the docs", (browser) => {
  let sample: Promise<Buffer> | null = null;

  describe.each(seeds)("over the ledger %s", (seed) => {
    const place = useStillPlace(seed);

    test.for(pictures.filter(({ shot }) => seedOf(shot) === seed))("$name is as it was", async (picture, { skip }) => {
      sample ??= photographTypeSample(browser());
      if (findDifference(readFileSync(typeSamplePath), await sample) !== null)
        skip("This machine draws letters or controls in another way than the one that the pictures were taken on");
      const { name } = picture;
      const now = await photograph(browser(), place.url, picture);
      const difference = findDifference(readFileSync(join(pictureFolder, `${name}.png`)), now);
      if (difference === null) return;
      mkdirSync(reports, { recursive: true });
      writeFileSync(join(reports, `${name}.now.png`), now);
      writeFileSync(join(reports, `${name}.difference.png`), difference.picture);
      expect.fail(
        `${difference.pixels} pixels differ: see ${name}.now.png and ${name}.difference.png in ${reports}. ` +
          `Where that is meant: npm run screenshots -- ${picture.shot.name}`,
      );
    });
  });
});
