import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { flow } from "../sdk/flow.ts";
import { pause } from "../sdk/pause.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "./create-test-ledger.ts";

/** Longer than it takes to see a stall where nothing goes on, in ms. */
const longMs = 3500;

test("a run that can never end is ended with RUN_STALLED, and does not hang", { timeout: 30_000 }, async () => {
  await using ledger = await createTestLedger();
  const stuck = task({ name: "stuck" }, async () => new Promise(() => undefined));
  const { run, error } = await ledger.run(flow(async () => stuck()));
  expect(error).toMatchObject({ code: "RUN_STALLED", data: { waiting: "`stuck`" } });
  expect(run).toMatchObject({ state: { type: "CRASHED" }, error: { code: "RUN_STALLED" } });
});

test("a run that waits for a person is left alone", async () => {
  await using ledger = await createTestLedger();
  const { id, ended } = await ledger.start(flow({ name: "asking" }, async () => pause({ key: "ok" })));
  await ledger.untilState(id, "PAUSED");
  // In the background, so that it is not this timer that holds the stall off.
  await delay(longMs, undefined, { ref: false });
  await ledger.answer(id);
  expect((await ended).run.state.type).toBe("COMPLETED");
});

test("a run that waits for a timer of the program is left alone", async () => {
  await using ledger = await createTestLedger();
  const emitter = new EventEmitter();
  setTimeout(() => emitter.emit("go"), longMs);
  const { run } = await ledger.run(flow(async () => (await once(emitter, "go")).length));
  expect(run.state.type).toBe("COMPLETED");
});
