/**
 * A source that fails most of the time, fetched with retries: no error handling of one's own.
 *
 *   node examples/from-the-field/flaky-fetch.ts
 */

import { context, flow, task } from "millrace";

const fetchData = task({ name: "fetch-data", retries: 3, retryDelay: "100ms" }, () => {
  const attempt = context().taskRun?.attempt ?? 1;
  if (attempt < 3) throw new Error(`Temporary network error (attempt ${attempt})`);
  return { data: [1, 2, 3], attempt };
});

export const flakyFetch = flow({ name: "flaky-fetch" }, async () => await fetchData());

if (import.meta.main) console.log(await flakyFetch());
