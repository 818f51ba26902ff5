import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../kit/clock.ts";
import { createCodeCache } from "../worker/code/code-cache.ts";
import { keepPulledCode } from "./keep-pulled-code.ts";

const codeRetentionMs = 1000;
const name = `${"a".repeat(16)}-${"0".repeat(16)}`;

test("code that a worker has brought stays while a process uses it; of other code nothing is kept", async () => {
  const home = mkdtempSync(join(tmpdir(), "millrace-pulled-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  const folder = join(home, "code");
  const cache = createCodeCache({ folder, retentionMs: codeRetentionMs, clock: systemClock });
  const kept = await cache.get(name, async (draft) => {
    mkdirSync(join(draft, "deep"), { recursive: true });
    writeFileSync(join(draft, "deep", "flow.ts"), "");
  });
  const longAgo = systemClock.now() / 1000 - 3600;
  utimesSync(`${kept}.used`, longAgo, longAgo);
  const sweep = async (): Promise<readonly string[]> => {
    await createCodeCache({ folder, retentionMs: codeRetentionMs, clock: systemClock }).sweep();
    return readdirSync(folder).toSorted();
  };
  await keepPulledCode(pathToFileURL(join(kept, "deep", "flow.ts")).href, { home, codeRetentionMs });
  expect(await sweep()).toEqual([name, `${name}.${process.pid}.run`, `${name}.used`].toSorted());
  rmSync(`${kept}.${process.pid}.run`);
  await keepPulledCode(join(home, "elsewhere", "flow.ts"), { home, codeRetentionMs });
  await keepPulledCode(join(folder, "flow.ts"), { home, codeRetentionMs });
  expect(await sweep()).toEqual([]);
});
