import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Clock, systemClock } from "../kit/clock.ts";
import { flow } from "../sdk/flow.ts";
import { definitionOf } from "../testing/subjects.ts";
import { openEngine } from "./open-engine.ts";
import { openThrowAwayStore } from "./open-throw-away-store.ts";

test("a run that has ended holds its process no longer for what is found out of its work tree", async ({ skip }) => {
  const home = mkdtempSync(join(tmpdir(), "millrace-environment-"));
  const ledger = await openThrowAwayStore({ database: "memory", home });
  let waits = 0;
  const sleep: Clock["sleep"] = (ms, signal) => {
    waits += 1;
    return systemClock.sleep(ms, signal).finally(() => (waits -= 1));
  };
  const clock: Clock = { ...systemClock, sleep };
  const { engine } = await openEngine(ledger.settings, { store: ledger.store, clock, hasHeartbeat: false });
  try {
    skip(engine.ports.describeEnvironment().later === null, "there is no work tree of Git here");
    const quick = definitionOf(flow({ name: "quick" }, async () => "done"));
    expect(await engine.startFlow({ definition: quick, parameters: {} })).toBe("done");
    await new Promise(setImmediate);
    expect(waits).toBe(0);
  } finally {
    await engine.close();
    await ledger.close();
    rmSync(home, { recursive: true, force: true });
  }
});
