/** What of a ledger is left on a disk whose power went: whether it is sound, and what of it had been acknowledged. */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "../../../packages/millrace/src/contract/store.ts";
import type { TaskRun } from "../../../packages/millrace/src/contract/task-run.ts";
import { systemClock } from "../../../packages/millrace/src/kit/clock.ts";
import { createFileStorage } from "../../../packages/millrace/src/results/file-storage.ts";
import { openSqliteStore } from "../../../packages/millrace/src/store/sqlite/open.ts";
import type { Image } from "./power-loss-images.ts";

/** What somebody was told is recorded, as its JSON stands in the recording. */
export type Acknowledged =
  /** By its name: it is completed, and its result can be read. */
  { readonly taskRun: string } | { readonly flowRun: string } | { readonly variable: string };

export interface Found {
  readonly isRecorded: boolean;
  /** With its result. */
  readonly isWhole: boolean;
}

/** What is wrong with what is left; and how much of what was acknowledged is gone. */
export interface Judged {
  readonly wrong: readonly string[];
  /** Of each that was acknowledged. */
  readonly found: readonly Found[];
}

/**
 * @param options.home where the ledger was when it was recorded
 * @param options.scratch where the image is laid out
 */
export async function judgeImage(
  image: Image,
  { home, scratch }: { readonly home: string; readonly scratch: string },
): Promise<Judged> {
  const folder = await mkdtemp(join(scratch, "image-"));
  const placed = (path: string): string => join(folder, path.slice(home.length));
  for (const path of [home, ...image.folders]) mkdirSync(placed(path), { recursive: true });
  for (const [path, bytes] of image.files) writeFileSync(placed(path), bytes);
  try {
    const store = await openSqliteStore({
      path: join(folder, "ledger.db"),
      durability: "power",
      clock: systemClock,
      isServer: true,
    });
    try {
      const findings = await store.check({ depth: "everything" });
      const acknowledged = image.acknowledged.map((text) => JSON.parse(text) as Acknowledged);
      return {
        wrong: findings.map((finding) => JSON.stringify(finding)),
        found: await findThem(store, acknowledged, folder),
      };
    } finally {
      await store.close();
    }
  } catch (error) {
    return { wrong: [String(error)], found: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const everything = { all: [] };

async function findThem(store: Store, asked: readonly Acknowledged[], folder: string): Promise<readonly Found[]> {
  const tasks = new Map((await store.findTaskRuns({}, { limit: 10_000 })).items.map((run) => [run.name, run]));
  const runs = new Set((await store.findFlowRuns({}, "created-asc", { limit: 10_000 })).items.map(({ id }) => id));
  const page = { limit: 1000 };
  const variables = new Set(
    (await store.findObjects("variable", { where: everything }, page)).items.map(({ name }) => name),
  );
  const storage = createFileStorage({ folder: join(folder, "results") });

  /** Reading it checks its hash too. */
  async function isReadable({ result, name }: TaskRun): Promise<boolean> {
    if (result === null || result.storage === "none") return false;
    if (result.storage === "inline") return result.data.includes(name);
    return storage.read(result.key).then(
      () => true,
      () => false,
    );
  }

  return Promise.all(
    asked.map(async (what) => {
      if (!("taskRun" in what)) {
        const isThere = "flowRun" in what ? runs.has(what.flowRun) : variables.has(what.variable);
        return { isRecorded: isThere, isWhole: isThere };
      }
      const run = tasks.get(what.taskRun);
      const isRecorded = run?.state.type === "COMPLETED";
      return { isRecorded, isWhole: isRecorded && (await isReadable(run)) };
    }),
  );
}
