// Ends a CI run: reads the reports of vitest and of the checks from a folder, and prints `N passed, N failed` as the last line.
// A report that is missing counts as one failure.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly success: boolean;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

interface ChecksReport {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

function read<Report>(file: string, toCounts: (report: Report) => Counts): Counts {
  if (!existsSync(file)) {
    process.stdout.write(`No report at ${file}: what should have written it did not get to its end.\n`);
    return { passed: 0, failed: 1 };
  }
  return toCounts(JSON.parse(readFileSync(file, "utf8")) as Report);
}

/** A file that fails before its first test has no failed test, and a run can fail with none: each counts as one. */
function fromVitest(report: VitestReport): Counts {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const failed = report.numFailedTests + broken.length;
  return { passed: report.numPassedTests, failed: failed === 0 && !report.success ? 1 : failed };
}

const folder = process.argv[2] ?? ".reports";
const tests = read(join(folder, "tests.json"), fromVitest);
const checks = read<ChecksReport>(join(folder, "checks.json"), ({ passed, failed }) => ({
  passed: passed.length,
  failed: failed.length,
}));
const failed = tests.failed + checks.failed;
process.stdout.write(`${tests.passed + checks.passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
