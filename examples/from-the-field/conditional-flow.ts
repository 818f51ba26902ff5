/**
 * Conditional logic: where a model goes is decided by how good it is.
 *
 *   node examples/from-the-field/conditional-flow.ts
 */

import { flow, task } from "millrace";

const deployToProduction = task({ name: "deploy-to-production" }, () => "deployed to production");
const deployToStaging = task({ name: "deploy-to-staging" }, () => "deployed to staging");
const notifyTeam = task({ name: "notify-team" }, (message: string) => `told the team: ${message}`);

export const conditionalFlow = flow({ name: "conditional-flow" }, async ({ accuracy }: { accuracy: number }) => {
  if (accuracy > 0.9) return await deployToProduction();
  if (accuracy > 0.8) return await deployToStaging();
  return await notifyTeam("Model accuracy too low");
});

if (import.meta.main) {
  for (const accuracy of [0.95, 0.85, 0.5]) console.log(accuracy, await conditionalFlow({ accuracy }));
}
