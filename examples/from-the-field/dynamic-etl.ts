/**
 * A flow with parameters, for many data sets and dates: from the command line, the API or the page.
 *
 *   node examples/from-the-field/dynamic-etl.ts
 *   npm run millrace -- run examples/from-the-field/dynamic-etl.ts --param datasetName=sales --param executionDate=2026-11-22
 */

import { flow, logger } from "millrace";
import { z } from "zod";

export const dynamicEtl = flow(
  { name: "dynamic-etl", parameters: z.object({ datasetName: z.string(), executionDate: z.iso.date() }) },
  async ({ datasetName, executionDate }) => {
    logger().info(`Running ETL for ${datasetName} on ${executionDate}`);
    return `${datasetName}/${executionDate}`;
  },
);

if (import.meta.main) console.log(await dynamicEtl({ datasetName: "sales", executionDate: "2026-11-22" }));
