/**
 * The power goes while a flow, or a server, records with `durability` set to `power`. What the processes asked of their disk is
 * recorded, and what the disk may hold then is made of it again and again. From each: the ledger is sound, and has whatever
 * somebody had been told was recorded, and its results can be read. With `durability` left at `process` the newest may be lost,
 * and nothing from the middle.
 */

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createClient } from "millrace/client";
import { createRandom } from "../../../packages/millrace/src/kit/random.ts";
import { isCi } from "../../../tools/is-ci.ts";
import { createLedger, type Ledger } from "../../e2e/cli/millrace.ts";
import { startServer } from "../../e2e/server/server.ts";
import { type Acknowledged, judgeImage } from "../disk/judge-image.ts";
import { powerLossImages } from "../disk/power-loss-images.ts";
import { acknowledge, prepareRecorder, readRecording } from "../disk/recording.ts";
import { fixture } from "../processes.ts";
import { chaosFactor } from "./chaos-factor.ts";

const scratch = process.env.MILLRACE_HOME ?? "";
const images = 50 * chaosFactor();

const recorder = prepareRecorder(join(scratch, "recorder"));
if ("reason" in recorder && isCi()) throw new Error(`A recorder of the disk is needed in CI: ${recorder.reason}`);

interface Recorded {
  readonly ledger: Ledger;
  readonly env: Readonly<Record<string, string>>;
  readonly recording: string;
  /** From when this file is there, with a number in it, one of so many syncs fails. */
  readonly failures: string;
}

function prepare(durability: "process" | "power"): Recorded {
  if ("reason" in recorder) throw new Error(recorder.reason);
  const ledger = createLedger();
  const recording = join(scratch, `recording-${durability}-${recordings++}`);
  const failures = `${recording}.failures`;
  const env = {
    MILLRACE_LIVE: "off",
    MILLRACE_DURABILITY: durability,
    ...recorder.envFor({ folder: ledger.home, recording, failures }),
  };
  return { ledger, env, recording, failures };
}
let recordings = 0;

async function recordFlow(durability: "process" | "power"): Promise<Recorded> {
  const recorded = prepare(durability);
  const { code, stderr } = await recorded.ledger.startFile(fixture("acknowledging.ts"), { env: recorded.env }).ended;
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return recorded;
}

/** A server that is told of many things, in turn and at once, and goes on until it is stopped. */
async function recordServer({ failEvery }: { readonly failEvery?: number } = {}) {
  const recorded = prepare("power");
  const server = await startServer(recorded.ledger, { env: recorded.env });
  const client = createClient({ url: server.url, retryForMs: 0 });
  const { deployment } = await client.saveDeployment({ flowName: "etl", name: "nightly" });
  if (failEvery !== undefined) writeFileSync(recorded.failures, String(failEvery));
  const codes: unknown[] = [];
  const attempt = async (act: () => Promise<Acknowledged>): Promise<void> => {
    try {
      acknowledge(recorded.recording, JSON.stringify(await act()));
    } catch (error) {
      codes.push((error as { readonly code?: unknown }).code);
    }
  };
  for (let round = 0; round < 15; round++) {
    const each = Array.from({ length: 4 }, async (_, index) => {
      const name = `v-${round}-${index}`;
      await attempt(async () => {
        await client.createObject("variable", { name, value: JSON.stringify("x".repeat(9000)), tags: [] });
        return { variable: name };
      });
      await attempt(async () => {
        const { run } = await client.submitRun({ deployment: deployment.id, idempotencyKey: name });
        return { flowRun: run.id };
      });
    });
    await Promise.all(each);
  }
  rmSync(recorded.failures, { force: true });
  await client.close();
  expect(await server.end("SIGTERM")).toMatchObject({ code: 0 });
  return { ...recorded, codes };
}

/** Places after which the power goes: anywhere, and often right after somebody was told. */
function drawPoints(operations: ReturnType<typeof readRecording>, seed: string): readonly number[] {
  const random = createRandom(seed);
  const told = operations.flatMap(({ kind }, index) => (kind === "acknowledged" ? [index + 1] : []));
  return Array.from({ length: images }, (_, index) =>
    index % 3 === 0 ? (told[Math.floor(random() * told.length)] ?? 0) : Math.floor(random() * (operations.length + 1)),
  ).toSorted((a, b) => a - b);
}

async function judgeAll({ ledger, recording }: Recorded, seed: string) {
  const operations = readRecording(recording);
  const points = drawPoints(operations, seed);
  const random = createRandom(`${seed} images`);
  const outcome = { operations, damaged: [] as string[], lost: [] as string[], gaps: [] as string[], whole: 0 };
  for (const image of powerLossImages({ operations, points, root: ledger.home, random })) {
    const { wrong, found } = await judgeImage(image, { home: ledger.home, scratch });
    const where = `${seed}, after ${image.at} operations`;
    outcome.damaged.push(...wrong.map((each) => `${where}: ${each}`));
    const gone = image.acknowledged.filter((_, index) => found[index]?.isWhole !== true);
    if (gone.length === 0) outcome.whole++;
    else outcome.lost.push(`${where}: ${gone.slice(0, 3).join(", ")}`);
    const recorded = found.map(({ isRecorded }) => isRecorded);
    const firstGone = recorded.indexOf(false);
    if (firstGone !== -1 && recorded.lastIndexOf(true) > firstGone) outcome.gaps.push(`${where}: ${gone[0]}`);
  }
  return outcome;
}

describe.skipIf("reason" in recorder)("when the power goes", () => {
  test("a flow that records for that has lost nothing that it went on with", async () => {
    const judged = await judgeAll(await recordFlow("power"), "flow");
    expect(judged.damaged).toEqual([]);
    expect(judged.lost).toEqual([]);
    expect(judged.whole).toBe(images);
  });

  test("a server that records for that has lost nothing that it answered", async () => {
    const recorded = await recordServer();
    expect(recorded.codes).toEqual([]);
    const judged = await judgeAll(recorded, "server");
    // The log was written back into the file, and begun anew, while it was recorded.
    const synced = judged.operations.filter((each) => each.kind === "sync-ended" && each.path.endsWith("ledger.db"));
    expect(synced.length).toBeGreaterThan(1);
    expect(judged.damaged).toEqual([]);
    expect(judged.lost).toEqual([]);
    expect(judged.whole).toBe(images);
  });

  test("a server whose disk fails to sync now and then refuses what it could not keep, and has lost nothing else", async () => {
    const recorded = await recordServer({ failEvery: 7 });
    expect(recorded.codes.length).toBeGreaterThan(5);
    expect(new Set(recorded.codes)).toEqual(new Set(["LEDGER_UNWRITABLE"]));
    const judged = await judgeAll(recorded, "failing server");
    expect(judged.damaged).toEqual([]);
    expect(judged.lost).toEqual([]);
    expect(judged.whole).toBe(images);
  });

  test("what is recorded for the death of the process alone is sound, and has lost only the newest", async () => {
    const judged = await judgeAll(await recordFlow("process"), "relaxed");
    expect(judged.damaged).toEqual([]);
    // That something is lost shows that the images lose what was not synced.
    expect(judged.lost.length).toBeGreaterThan(images / 10);
    // A result whose file is gone is computed again; the ledger itself is as it was at some moment before.
    expect(judged.gaps).toEqual([]);
  });
});
