// Runs before each test file: a home of its own inside the temporary home of the run.
import { mkdtempSync } from "node:fs";
import { join } from "node:path";

const home = process.env.MILLRACE_HOME;
if (home === undefined) throw new Error("MILLRACE_HOME is not set: run tests with vitest, whose global setup sets it.");
process.env.MILLRACE_HOME = mkdtempSync(join(home, "file-"));
