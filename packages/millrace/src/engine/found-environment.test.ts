/** What is found out of where a run runs while it runs: kept when it comes in time, and waited for no longer than a moment. */

import { expect, test } from "vitest";
import { sleep } from "../sdk/durable.ts";
import { flow } from "../sdk/flow.ts";
import { openProcesses } from "./processes.testsuite.ts";

/** Runs a flow of this length, of which something is found out so long after it began. */
async function run({ lastsMs, foundAfterMs }: { readonly lastsMs: number; readonly foundAfterMs: number }) {
  await using processes = await openProcesses();
  const { engine, api } = await processes.open();
  const now = { platform: "test" };
  const findLater = async () => {
    await engine.clock.sleep(foundAfterMs);
    return { ...now, git: { commit: "abc", dirty: true } };
  };
  Object.assign(engine.ports, { describeEnvironment: () => ({ now, later: findLater() }) });
  const startedAt = engine.clock.now();
  await flow({ name: "short" }, async () => (lastsMs === 0 ? undefined : sleep(lastsMs)))();
  const tookMs = engine.clock.now() - startedAt;
  const [ended] = (await api.listFlowRuns({})).items;
  return { isDirty: ended?.environment.git?.dirty ?? null, tookMs };
}

test("a short run waits for what comes soon, and not for what takes long", async () => {
  expect((await run({ lastsMs: 0, foundAfterMs: 200 })).isDirty).toBe(true);
  const late = await run({ lastsMs: 0, foundAfterMs: 5000 });
  expect(late.isDirty).toBeNull();
  expect(late.tookMs).toBeLessThan(300);
});

test("a run that lasted waits for a moment", async () => {
  expect((await run({ lastsMs: 10_000, foundAfterMs: 10_020 })).isDirty).toBe(true);
  const late = await run({ lastsMs: 10_000, foundAfterMs: 10_100 });
  expect(late.isDirty).toBeNull();
  expect(late.tookMs).toBeLessThan(10_090);
});
