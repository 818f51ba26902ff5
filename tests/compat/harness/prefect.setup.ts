// Gives the tests their Prefect, installed once before any of them starts: the paths of its programs, or the reason why
// there is none, which is a failure in CI.
import { isCi } from "../../../tools/is-ci.ts";
import { findPrefectVenv } from "../../../tools/prefect-venv.ts";

export async function setup(): Promise<void> {
  const venv = await findPrefectVenv();
  if ("skipped" in venv) {
    if (isCi()) throw new Error(`Prefect is needed in CI: ${venv.skipped}`);
    process.env.MILLRACE_TEST_PREFECT_SKIPPED = venv.skipped;
    process.stderr.write(`Tests of compatibility are skipped: ${venv.skipped}\n`);
    return;
  }
  process.env.MILLRACE_TEST_PREFECT_PYTHON = venv.python;
  process.env.MILLRACE_TEST_PREFECT = venv.prefect;
}
