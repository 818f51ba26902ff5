/**
 * Model monitoring: retrain only when the metric has fallen below what is wanted.
 *
 *   node examples/from-the-field/model-monitoring.ts
 */

import { flow, task } from "millrace";

const getMetric = task({ name: "get-metric" }, () => 0.85);
const retrainModel = task({ name: "retrain-model" }, () => console.log("Retraining the model …"));

export const modelMonitoring = flow({ name: "model-monitoring" }, async () => {
  const metric = await getMetric();
  if (metric < 0.9) await retrainModel();
  return metric;
});

if (import.meta.main) console.log(await modelMonitoring());
