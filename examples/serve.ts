/**
 * A flow that is served: its runs start in processes of their own, at the times of its schedules and when somebody asks for
 * one. This example serves it, asks for two runs itself, and stops; yours goes on until Ctrl-C.
 *
 *   node examples/serve.ts
 */

import { flow, logger, runDeployment } from "millrace";
import { z } from "zod";

export const report = flow({ name: "report", parameters: z.object({ region: z.string() }) }, async ({ region }) => {
  logger().info(`writing the report of ${region}`);
  return `report of ${region}`;
});

if (import.meta.main) {
  const stopping = new AbortController();
  const { promise: isServed, resolve: onServing } = Promise.withResolvers<void>();
  const served = report.serve({
    name: "nightly",
    cron: "0 2 * * *",
    timezone: "Europe/Berlin",
    parameters: { region: "eu" },
    limit: 2,
    signal: stopping.signal,
    onServing,
  });
  await Promise.race([isServed, served]);

  const usual = await runDeployment("report/nightly");
  console.log(await usual.result());
  const other = await runDeployment("report/nightly", { parameters: { region: "us" } });
  console.log(await other.result());

  stopping.abort();
  await served;
}
