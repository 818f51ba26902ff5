import { createRecording, type RunRecording } from "./recording.ts";
import { idOf, type RunSubject } from "./subjects.ts";

/**
 * A run of the ledger that the settings name (MILLRACE_HOME …), with its records and results, as plain JSON: keep it beside
 * the tests and hand it to `replay()`. It holds what the run's tasks returned. Of a run in a test ledger: `ledger.export()`.
 *
 * @example writeFileSync("recordings/nightly.json", JSON.stringify(await exportRun("0190b5c8-…")));
 * @throws RUN_NOT_FOUND; what opening the ledger throws
 */
export async function exportRun(run: RunSubject): Promise<RunRecording> {
  const { openEngine } = await import("../app/open-engine.ts");
  const { readSettings } = await import("../app/settings.ts");
  const opened = await openEngine(readSettings(), { hasHeartbeat: false });
  try {
    return await createRecording({ api: opened.api, storages: opened.engine.ports.storages }, idOf(run));
  } finally {
    await opened.close();
  }
}
