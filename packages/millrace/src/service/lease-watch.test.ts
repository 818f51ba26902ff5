import { describe, expect, test } from "vitest";
import type { ExecutorProcess } from "../contract/records.ts";
import { createVirtualClock } from "../kit/virtual-clock.ts";
import { createLeaseWatch } from "./lease-watch.ts";

const leaseMs = 30_000;
const lookEveryMs = 5000;

/** A server that looks every 5 s, and processes that renew every 10 s by clocks of their own. */
function start() {
  const clock = createVirtualClock();
  const watch = createLeaseWatch({ clock, leaseMs });
  const processes = new Map<string, ExecutorProcess>();
  let isAnswering = true;
  const own = { host: "another", bootId: null, pid: 1, startToken: null, startedAt: 0 };
  const renew = (id: string, at = clock.now()): void =>
    void processes.set(id, { ...own, id, leaseExpiresAt: at + leaseMs });
  const read = async (): Promise<readonly ExecutorProcess[]> => {
    if (!isAnswering) throw new Error("no answer");
    return [...processes.values()];
  };

  /** Those whose leases have ended, at a look now. */
  async function look(): Promise<readonly string[]> {
    const found = await watch.look(read).catch(() => []);
    return found.filter((process) => watch.hasEnded(process)).map(({ id }) => id);
  }

  return {
    watch,
    renew,
    look,
    pass: (ms: number) => clock.advance(ms),
    setWallClock: (byMs: number) => clock.setWallTime(clock.now() + byMs),
    answers: (does: boolean) => void (isAnswering = does),
    /** Looks for so long. Those that `renewing` says renew every 10 s. */
    async go(ms: number, renewing: readonly string[] = []): Promise<readonly string[]> {
      const ended = new Set<string>();
      for (let at = 0; at < ms; at += lookEveryMs) {
        if (at % 10_000 === 0) for (const id of renewing) renew(id);
        for (const id of await look()) ended.add(id);
        await clock.advance(lookEveryMs);
      }
      return [...ended];
    },
  };
}

describe("a process that does not renew any more", () => {
  test("has no lease once its time is over, and not before", async () => {
    const server = start();
    server.renew("dead");
    expect(await server.go(leaseMs, ["alive"])).toEqual([]);
    expect(await server.look()).toEqual(["dead"]);
  });

  test("is found after a start of the server too, when those that live have had time to renew", async () => {
    const server = start();
    for (const id of ["dead", "alive"]) server.renew(id);
    await server.pass(3 * leaseMs);
    expect(server.watch.isSettled).toBe(false);
    expect(await server.look()).toEqual([]);
    await server.pass(1000);
    expect(await server.go(30_000, ["alive"])).toEqual(["dead"]);
    expect(server.watch.isSettled).toBe(true);
  });

  test("is found though the wall clock was set back since", async () => {
    const server = start();
    expect(await server.go(20_000, ["dead", "alive"])).toEqual([]);
    server.setWallClock(-2 * 3_600_000);
    expect(await server.go(40_000, ["alive"])).toEqual(["dead"]);
  });
});

describe("nobody loses a lease", () => {
  test.each([3_600_000, -2 * 3_600_000, 40_000])("because the wall clock was set by %d ms", async (byMs) => {
    const server = start();
    await server.go(60_000, ["alive"]);
    await server.pass(4000);
    server.setWallClock(byMs);
    expect(await server.look()).toEqual([]);
    expect(server.watch.isSettled).toBe(false);
    expect(await server.go(120_000, ["alive"])).toEqual([]);
  });

  test("because it renews by a clock that is behind", async () => {
    const server = start();
    for (let times = 0; times < 12; times++) {
      server.renew("behind", Date.UTC(2020, 0, 1) + times * 10_000);
      expect(await server.go(10_000)).toEqual([]);
    }
  });

  test("because the database did not answer for longer than a lease", async () => {
    const server = start();
    await server.go(60_000, ["alive"]);
    server.answers(false);
    await server.go(2 * leaseMs);
    server.answers(true);
    expect(await server.look()).toEqual([]);
    await server.pass(1000);
    expect(await server.go(60_000, ["alive"])).toEqual([]);
  });

  test("because the server was stopped for longer than a lease", async () => {
    const server = start();
    await server.go(60_000, ["alive"]);
    await server.pass(2 * leaseMs);
    expect(await server.look()).toEqual([]);
    expect(await server.go(60_000, ["alive"])).toEqual([]);
  });
});
