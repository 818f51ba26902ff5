/**
 * A flow to run every night: it calls the training pipeline as a subflow, with that day's data.
 *
 *   node examples/from-the-field/daily-training.ts
 */

import { join } from "node:path";
import { flow } from "millrace";
import { conditionalFlow } from "./conditional-flow.ts";
import { mlPipeline } from "./ml-pipeline.ts";

export const dailyTraining = flow({ name: "daily-training" }, async () => {
  const accuracy = await mlPipeline({ dataPath: join(import.meta.dirname, "data/train.csv") });
  return await conditionalFlow({ accuracy });
});

if (import.meta.main) console.log(await dailyTraining());
