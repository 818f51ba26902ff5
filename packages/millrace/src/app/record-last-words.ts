/** A process of its own: records the last words of one that ends, which are on its standard input. */

import { json } from "node:stream/consumers";
import { systemClock } from "../kit/clock.ts";
import { openLedger } from "./open-ledger.ts";
import { readSettings } from "./settings.ts";
import type { LastWords } from "./untimely-end.ts";

const { ledger, processId, batches } = (await json(process.stdin)) as LastWords;
const { home, database, apiUrl } = ledger;
const settings = readSettings({
  home,
  ...(apiUrl === null ? {} : { apiUrl }),
  database: database ?? "",
  heedsFileProfile: false,
});
const { api } = await openLedger(settings, { clock: systemClock });
try {
  for (const batch of batches) await api.record(batch);
} finally {
  await api.endProcess(processId);
  await api.close();
}
