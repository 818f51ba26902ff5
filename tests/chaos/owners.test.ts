/** One run, two processes that would have it: one owns it at a time, and who does not is refused. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { databases, postgresMissing } from "./chosen-seeds.ts";
import { crashVariable } from "./fixtures/crash-point.ts";
import { effectsVariable, generationVariable, readEffects, type RecordedEffect } from "./fixtures/effects.ts";
import { goVariable } from "./fixtures/relay.ts";
import { createLedger, type Database, type LedgerUnderTest } from "./ledger-under-test.ts";
import {
  fixture,
  type ProcessEnd,
  type ProcessOptions,
  startCommand,
  type StartedProcess,
  startNode,
} from "./processes.ts";
import { rootOf, type Rows, toUuid } from "./rows.ts";

/** What the chain returns: the sum of its places. */
const sum = "66";

/** A chain of tasks on a ledger of its own, and the processes that run it. */
class Relay {
  readonly ledger: LedgerUnderTest;
  readonly effectsFile: string;
  readonly #folder: string;
  readonly #goFile: string;
  #processes: StartedProcess[] = [];

  constructor(ledger: LedgerUnderTest, folder: string) {
    this.ledger = ledger;
    this.#folder = folder;
    this.effectsFile = join(folder, "effects.jsonl");
    this.#goFile = join(folder, "go");
  }

  /** Lets the leg that holds go on. */
  async letGo(): Promise<void> {
    await writeFile(this.#goFile, "");
  }

  start(env: Readonly<Record<string, string>> = {}): StartedProcess {
    return this.#begun(startNode([fixture("relay.ts")], this.#options(env)));
  }

  async resume(env: Readonly<Record<string, string>> = {}, preloads: readonly string[] = []): Promise<StartedProcess> {
    const root = rootOf(await this.ledger.readRows());
    if (root === undefined) throw new Error("the run has not begun");
    return this.#begun(startCommand(["flow-run", "resume", toUuid(root.id)], this.#options(env, preloads)));
  }

  #begun(process: StartedProcess): StartedProcess {
    this.#processes.push(process);
    return process;
  }

  #options(env: Readonly<Record<string, string>>, preloads: readonly string[] = []): ProcessOptions {
    const own = {
      [effectsVariable]: this.effectsFile,
      [generationVariable]: String(this.#processes.length),
      [goVariable]: this.#goFile,
    };
    return { env: { ...this.ledger.env, ...own, ...env }, preloads: ["install-crash-points.ts", ...preloads] };
  }

  /** Resolves when this process has begun the body of a call; false when it has ended before. */
  async begins(call: string, by: StartedProcess): Promise<boolean> {
    let hasEnded = false;
    void by.ended.then(() => {
      hasEnded = true;
    });
    const isIt = (effect: RecordedEffect): boolean => effect.call === call && effect.pid === by.pid;
    while (!readEffects(this.effectsFile).some(isIt)) {
      if (hasEnded) return false;
      await pause(20);
    }
    return true;
  }

  async end(): Promise<void> {
    for (const process of this.#processes) process.kill("SIGKILL");
    await Promise.all(this.#processes.map(({ ended }) => ended));
    await this.ledger.drop();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const relays: Relay[] = [];

async function createRelay(database: Database): Promise<Relay> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-chaos-relay-"));
  await writeFile(join(folder, "effects.jsonl"), "");
  const relay = new Relay(await createLedger(database, join(folder, "ledger")), folder);
  relays.push(relay);
  return relay;
}

afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.end()));
});

/** Of which the first has ended, and which. */
async function firstOf(
  processes: readonly StartedProcess[],
): Promise<{ readonly end: ProcessEnd; readonly at: number }> {
  return Promise.race(processes.map(async ({ ended }, at) => ({ end: await ended, at })));
}

function valueOf(rows: Rows): string | undefined {
  const result = rootOf(rows)?.result;
  return result == null ? undefined : (JSON.parse(result) as { data: string }).data;
}

for (const database of databases()) {
  describe.skipIf(database === "postgres" && postgresMissing !== undefined)(`on ${database}`, () => {
    test.for([1, 2, 3])("two processes resume one run at once: one has it, the other is refused (%i)", async () => {
      const relay = await createRelay(database);
      const killed = relay.start({ [crashVariable]: "body:started#3" });
      await expect(killed.ended).resolves.toMatchObject({ signal: "SIGKILL" });

      const both = [await relay.resume(), await relay.resume()];
      const { end: refused, at } = await firstOf(both);
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toMatch(/RUN_OWNED|LEASE_LOST/);

      await relay.letGo();
      const winner = at === 0 ? both[1] : both[0];
      await expect(winner?.ended).resolves.toMatchObject({ code: 0, stderr: "" });
      const rows = await relay.ledger.readRows();
      expect(valueOf(rows)).toBe(sum);
      expect(rootOf(rows)?.epoch).toBe(2);
      const loser = at + 1;
      expect(readEffects(relay.effectsFile).map(({ generation }) => generation)).not.toContain(loser);
    });

    test("a live process keeps its run", async () => {
      const relay = await createRelay(database);
      const owner = relay.start();
      await expect(relay.begins("leg 6", owner)).resolves.toBe(true);
      const second = await relay.resume();
      const { code, stderr } = await second.ended;
      expect(code).not.toBe(0);
      expect(stderr).toContain("RUN_OWNED");
      await relay.letGo();
      await expect(owner.ended).resolves.toMatchObject({ code: 0, stderr: "" });
      expect(valueOf(await relay.ledger.readRows())).toBe(sum);
    });

    describe("a process that was stopped while another took its run", () => {
      const short = { MILLRACE_LEASE_MS: "1000", MILLRACE_ATTENTION_MS: "100" };

      /** Another host sees no processes: there the lease decides, which is over after a while. */
      async function takeOver(relay: Relay): Promise<StartedProcess> {
        for (;;) {
          const taker = await relay.resume(short, ["another-host.ts"]);
          const isRefused = Promise.race([
            taker.ended.then(() => true),
            relay.begins("leg 6", taker).then(() => false),
          ]);
          if (!(await isRefused)) return taker;
          expect(await taker.ended).toMatchObject({ stderr: expect.stringContaining("RUN_OWNED") });
        }
      }

      test("writes nothing when it goes on after the other's end", async () => {
        const relay = await createRelay(database);
        const frozen = relay.start(short);
        await expect(relay.begins("leg 6", frozen)).resolves.toBe(true);
        frozen.kill("SIGSTOP");
        const taker = await takeOver(relay);
        await relay.letGo();
        await expect(taker.ended).resolves.toMatchObject({ code: 0, stderr: "" });
        const before = await relay.ledger.readRows();
        expect(valueOf(before)).toBe(sum);

        frozen.kill("SIGCONT");
        await expect(frozen.ended).resolves.toMatchObject({ code: 1, stderr: expect.stringContaining("LEASE_LOST") });
        expect(await relay.ledger.readRows()).toEqual(before);
      });

      test("ends when it goes on beside the other", async () => {
        const relay = await createRelay(database);
        const frozen = relay.start(short);
        await expect(relay.begins("leg 6", frozen)).resolves.toBe(true);
        frozen.kill("SIGSTOP");
        const taker = await takeOver(relay);
        frozen.kill("SIGCONT");
        await expect(frozen.ended).resolves.toMatchObject({ code: 1, stderr: expect.stringContaining("LEASE_LOST") });

        await relay.letGo();
        await expect(taker.ended).resolves.toMatchObject({ code: 0, stderr: "" });
        const rows = await relay.ledger.readRows();
        expect(valueOf(rows)).toBe(sum);
        expect(rows.logs.filter(({ message }) => message === `leg 6 is run by process ${frozen.pid}`)).toEqual([]);
      });
    });
  });
}
