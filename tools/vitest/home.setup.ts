// One temporary home for all of a test run, so that no test writes to the home of the person who runs it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default function setup(): () => void {
  const home = mkdtempSync(join(tmpdir(), "millrace-tests-"));
  process.env.MILLRACE_HOME = home;
  return () => rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
