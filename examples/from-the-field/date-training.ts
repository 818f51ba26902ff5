/**
 * Training for a date: fetch that day's data, validate it, train on it, promote the model; the run is named after it.
 *
 *   node examples/from-the-field/date-training.ts
 */

import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { context, flow, task } from "millrace";
import { z } from "zod";
import { type Row, readCsv } from "./csv.ts";

const folder = join(tmpdir(), "millrace-date-training");

const fetchData = task({ name: "fetch-data", retries: 3, retryDelay: ["1s", "10s", "60s"] }, async (date: string) => {
  const path = join(folder, `training-${date}.csv`);
  await mkdir(folder, { recursive: true });
  await copyFile(join(import.meta.dirname, "data/train.csv"), path);
  return path;
});

const validateData = task({ name: "validate-data" }, async (path: string) => {
  const rows = await readCsv(path);
  const missing = (name: string) => rows.filter((row) => row[name] === "").length / rows.length;
  const worst = Math.max(...Object.keys(rows[0] ?? {}).map(missing));
  if (worst > 0.05) throw new Error(`Data quality failed: ${(worst * 100).toFixed(1)} % missing`);
  return rows;
});

const trainModel = task({ name: "train-model" }, async (date: string, rows: readonly Row[]) => {
  const groups = Object.groupBy(rows, (row) => row.target ?? "");
  const mean = (group: readonly Row[] = []) =>
    group.reduce((sum, row) => sum + Number(row.body_mass), 0) / group.length;
  const model = Object.fromEntries(Object.entries(groups).map(([target, group]) => [target, mean(group)]));
  const runId = context().flowRun?.id ?? "alone";
  await writeFile(join(folder, `model-${runId}.json`), JSON.stringify({ date, model }));
  return runId;
});

const promoteModel = task({ name: "promote-model" }, async (runId: string) => {
  const production = join(folder, "production.json");
  await copyFile(join(folder, `model-${runId}.json`), production);
  return production;
});

export const dateTraining = flow(
  { name: "date-training", runName: "train {date}", parameters: z.object({ date: z.iso.date() }) },
  async ({ date }) => {
    const rows = await validateData(await fetchData(date));
    return await promoteModel(await trainModel(date, rows));
  },
);

if (import.meta.main) console.log(await dateTraining({ date: "2026-11-22" }));
