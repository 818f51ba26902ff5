/**
 * The training pipeline: load, validate, split, train six forests at once, evaluate, choose, promote, report.
 *
 *   npm run demo                                      runs it and says what happened
 *   node examples/penguins/pipeline.ts '{"seed": 3}'  runs it bare
 */

import { appendFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { code, flow, inputs, logger, task, threads } from "millrace";
import { z } from "zod";
import {
  type Feature,
  features,
  isComplete,
  missingShares,
  type Penguin,
  penguinsFile,
  readSightings,
  type Sighting,
  type Split,
  splitBySpecies,
} from "./data.ts";
import { type Candidate, type Evaluation, type ForestSpec, type Model, scoreForest, trainForest } from "./model.ts";
import { percent, writeReport } from "./report.ts";

const allowedMissing = 0.05;

const forests: readonly ForestSpec[] = [
  { trees: 10, seed: 1 },
  { trees: 25, seed: 2 },
  { trees: 50, seed: 3 },
  { trees: 100, seed: 4 },
  { trees: 150, seed: 5 },
  { trees: 200, seed: 6 },
];

const load = task({ name: "load", retries: 3, retryDelay: ["1s", "10s", "60s"] }, (file: string) =>
  readSightings(file),
);

const validate = task({ name: "validate" }, (sightings: readonly Sighting[]) => {
  for (const [feature, share] of Object.entries(missingShares(sightings))) {
    logger().info(`${feature}: ${percent(share)} missing`);
    if (share > allowedMissing) {
      throw new Error(
        `Data quality failed: ${percent(share)} of ${feature} is missing, ${percent(allowedMissing)} allowed`,
      );
    }
  }
  return sightings.filter(isComplete);
});

const split = task({ name: "split" }, (penguins: readonly Penguin[], seed: number) => splitBySpecies(penguins, seed));

const train = task(
  {
    name: "train",
    runName: (_rows, _features, { trees }) => `train ${trees} trees`,
    cache: inputs().and(code()),
    expiresIn: "1h",
    timeout: "10m",
    runner: threads(),
    onCompletion: ({ run }) => note("recorded", run.name),
  },
  (rows: readonly Penguin[], use: readonly Feature[], spec: ForestSpec): Model => {
    note("started", `train ${spec.trees} trees`);
    return trainForest(rows, use, spec);
  },
);

const evaluate = task(
  { name: "evaluate", runName: ({ trees }, _rows) => `evaluate ${trees} trees` },
  (model: Model, { validation, test }: Split): Evaluation => ({
    trees: model.trees,
    seed: model.seed,
    validation: scoreForest(model, validation),
    test: scoreForest(model, test),
  }),
);

/** The validation rows choose; the test rows then judge that one model, so that its accuracy is an honest one. */
const choose = task(
  { name: "choose" },
  (models: readonly Model[], evaluations: readonly Evaluation[]): Candidate =>
    models
      .map((model, at) => ({ model, evaluation: evaluations[at] as Evaluation }))
      .reduce((best, next) =>
        next.evaluation.validation.accuracy > best.evaluation.validation.accuracy ? next : best,
      ),
);

const deploy = task(
  { name: "deploy", runName: "deploy to {stage}" },
  async ({ model, evaluation }: Candidate, stage: "production" | "staging", registry: string) => {
    const folder = join(registry, stage);
    const { forest, ...about } = model;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "model.json"), forest);
    await writeFile(
      join(folder, "metadata.json"),
      JSON.stringify({ ...about, accuracy: evaluation.test.accuracy }, null, 2),
    );
    return stage;
  },
);

const tellTeam = task({ name: "tell-team" }, (accuracy: number) => {
  console.log(`To the team: no model is good enough; the best recognises ${percent(accuracy)} of the penguins.`);
  return "nowhere" as const;
});

const report = task({ name: "report" }, writeReport);

export const pipeline = flow(
  {
    name: "train-penguins",
    parameters: z.object({
      file: z.url().default(penguinsFile),
      features: z
        .array(z.enum(features))
        .min(1)
        .default([...features]),
      seed: z.int().default(2),
      registry: z.string().default("registry"),
    }),
  },
  async ({ file, features, seed, registry }) => {
    const penguins = await validate(await load(file));
    const rows = await split(penguins, seed);

    const models = await Promise.all(forests.map((spec) => train(rows.train, features, spec)));
    const evaluations = await Promise.all(models.map((model) => evaluate(model, rows)));
    const best = await choose(models, evaluations);

    const { accuracy } = best.evaluation.test;
    const stage =
      accuracy > 0.9
        ? await deploy(best, "production", registry)
        : accuracy > 0.8
          ? await deploy(best, "staging", registry)
          : await tellTeam(accuracy);

    await report(evaluations, best, rows.test, stage);
    return { stage, accuracy, trees: best.model.trees, evaluations };
  },
);

/** What really ran, kept outside the ledger, so that the demo can show it: a line an event. */
function note(event: "started" | "recorded", what: string): void {
  const file = process.env.DEMO_JOURNAL;
  if (file !== undefined) appendFileSync(file, `${event} ${what}\n`);
}

if (import.meta.main) console.log(await pipeline(JSON.parse(process.argv[2] ?? "{}")));
