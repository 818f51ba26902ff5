import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { watchFolders } from "./watch-folders.ts";

test("a burst of writes is told of once, and what is of no interest not at all", async () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-watch-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let told = 0;
  let heard = Promise.withResolvers<void>();
  using watcher = watchFolders({
    clock: systemClock,
    isOfInterest: (path) => path.endsWith(".ts"),
    onChange() {
      told++;
      heard.resolve();
    },
  });
  watcher.watch([folder, join(folder, "absent")]);
  for (const text of ["1", "2", "3"]) writeFileSync(join(folder, "a.ts"), text);
  writeFileSync(join(folder, "b.txt"), "");
  await heard.promise;
  expect(told).toBe(1);

  // As editors save: a new file in the place of the old one.
  heard = Promise.withResolvers();
  writeFileSync(join(folder, "a.ts.tmp"), "4");
  renameSync(join(folder, "a.ts.tmp"), join(folder, "a.ts"));
  await heard.promise;
  expect(told).toBe(2);

  // Other folders in place of the first.
  mkdirSync(join(folder, "below"));
  watcher.watch([join(folder, "below")]);
  heard = Promise.withResolvers();
  writeFileSync(join(folder, "a.ts"), "5");
  writeFileSync(join(folder, "below", "c.ts"), "");
  await heard.promise;
  expect(told).toBe(3);
});
