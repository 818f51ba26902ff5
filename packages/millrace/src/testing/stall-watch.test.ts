import { EventEmitter, once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { describe, expect, onTestFinished, test } from "vitest";
import { flow } from "../sdk/flow.ts";
import { pause } from "../sdk/pause.ts";
import { task } from "../sdk/task.ts";
import { createTestLedger } from "./create-test-ledger.ts";
import { watchForStall } from "./stall-watch.ts";

test("a run that can never end is ended with RUN_STALLED, and does not hang", { timeout: 20_000 }, async () => {
  await using ledger = await createTestLedger();
  const stuck = task({ name: "stuck" }, async () => new Promise(() => undefined));
  const { run, error } = await ledger.run(flow(async () => stuck()));
  expect(error).toMatchObject({ code: "RUN_STALLED", data: { waiting: "`stuck`" } });
  expect(run).toMatchObject({ state: { type: "CRASHED" }, error: { code: "RUN_STALLED" } });
});

const url = process.env.MILLRACE_TEST_POSTGRES_URL;
// The engine's looks are on their way to the database and back half of the time.
test.skipIf(url === undefined)("so is one over PostgreSQL", { timeout: 60_000 }, async () => {
  await using ledger = await createTestLedger({ database: url as `postgres://${string}` });
  const { error } = await ledger.run(flow(async () => new Promise(() => undefined)));
  expect(error).toMatchObject({ code: "RUN_STALLED" });
});

test("a run that waits for a person is left alone", { timeout: 20_000 }, async () => {
  await using ledger = await createTestLedger();
  const { id, ended } = await ledger.start(flow({ name: "asking" }, async () => pause({ key: "ok" })));
  await ledger.untilState(id, "PAUSED");
  // Both are looked at in the same turns: by the time that one is given up, the other had as many.
  await using other = await createTestLedger();
  const { error } = await other.run(flow({ name: "stuck" }, async () => new Promise(() => undefined)));
  expect(error).toMatchObject({ code: "RUN_STALLED" });
  await ledger.answer(id);
  expect((await ended).run.state.type).toBe("COMPLETED");
});

/** What keeps the process alive until it is let go. */
type Hold = () => unknown;

async function openServer(): Promise<{ readonly port: number; readonly close: Hold }> {
  const server = createServer((socket) => socket.unref());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

const holds: readonly (readonly [string, () => Promise<Hold> | Hold])[] = [
  ["a server", async () => (await openServer()).close],
  [
    "a socket",
    async () => {
      const { port, close } = await openServer();
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      close();
      return () => socket.destroy();
    },
  ],
  [
    "a thread that is listened to",
    async () => {
      const worker = new Worker("require('node:worker_threads').parentPort.on('message', () => {})", { eval: true });
      await once(worker, "online");
      worker.on("message", () => undefined);
      return () => worker.terminate();
    },
  ],
];

const timer = (): Hold => {
  const handle = setTimeout(() => undefined, 3_600_000);
  return () => clearTimeout(handle);
};

const enoughLooks = 10;

/** A watch over a run that can never end, as far as anybody knows. */
function watchRun(): { readonly stalled: Promise<void>; readonly looked: (looks: number) => Promise<void> } {
  const events = new EventEmitter();
  let looks = 0;
  const watch = watchForStall({
    // Asked once in each look.
    hasRuns: () => events.emit("look", ++looks) || true,
    isBusy: () => false,
    onStall: () => {
      events.emit("stall");
      return false;
    },
    patienceLooks: enoughLooks,
  });
  onTestFinished(() => watch.stop());
  const stalled = once(events, "stall").then(() => undefined);
  watch.wake();
  return {
    stalled,
    looked: (wanted) => new Promise((resolve) => events.on("look", () => void (looks > wanted && resolve()))),
  };
}

describe("a run is left alone while the process is held by", () => {
  test.each([
    ...holds.flatMap(([what, make]) => [
      [`${what} of before`, make, null] as const,
      [`${what} of later`, null, make] as const,
    ]),
    ["a timer of the program", null, timer] as const,
  ])("%s", { timeout: 20_000 }, async (_, makeBefore, makeLater) => {
    const before = await makeBefore?.();
    const { stalled, looked } = watchRun();
    const later = await makeLater?.();
    const first = await Promise.race([stalled.then(() => "stalled"), looked(10 * enoughLooks).then(() => "looked")]);
    expect(first).toBe("looked");
    await (before ?? later)?.();
    await stalled;
  });
});
