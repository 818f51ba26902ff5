/** Serves a flow that says when its first line ran, in ms since the epoch. */

import { flow } from "millrace";

export const served = flow({ name: "served" }, async () => performance.timeOrigin + performance.now());

if (import.meta.main) await served.serve({ name: "bench", ready: 3 });
