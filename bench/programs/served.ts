/** A flow that says when its first line ran, in ms since the epoch: served from here, or deployed for the workers of a pool, with `deploy`. */

import { flow } from "millrace";

export const served = flow({ name: "served" }, async () => performance.timeOrigin + performance.now());

if (import.meta.main) {
  if (process.argv[2] === "deploy") await served.deploy({ name: "bench", pool: "bench" });
  else await served.serve({ name: "bench", ready: 3 });
}
