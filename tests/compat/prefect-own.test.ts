/**
 * Prefect's own integration tests, each file by pytest as it is, from the folder that MILLRACE_COMPAT_PREFECT_TESTS names:
 * integration-tests of a checkout of its repository. None of it is part of this one.
 */

import { globSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findPrefectVenv, findPytest } from "../../tools/prefect-venv.ts";
import { createPythonHome, type PythonHome, runPython } from "./harness/python.ts";
import { chosenTargets, reasonToSkip, useTarget } from "./harness/targets.ts";

const folder = process.env.MILLRACE_COMPAT_PREFECT_TESTS;

/** What is not run, and why. */
const leftOut: Readonly<Record<string, string>> = {
  "test_client_context_lifespan.py": "asks nothing of a server",
  "test_concurrency_leases.py": "reads the files in which Prefect's own server keeps its leases",
  "test_deploy.py": "clones a repository from GitHub",
  "test_docker_deploy.py": "needs Docker",
  "test_load_flows_concurrently.py": "clones a repository from GitHub",
  "test_worker.py": "has uv install prefect-kubernetes for its commands",
};

const uvStandIn = join(import.meta.dirname, "harness/uv-stand-in");
const testLimitSeconds = 300;

const files = folder === undefined ? [] : globSync("test_*.py", { cwd: folder }).sort();
const targets = chosenTargets("prefect-own").filter((kind) => folder !== undefined && reasonToSkip(kind) === undefined);

test("a folder that is named has Prefect's own tests", ({ skip }) => {
  skip(folder === undefined, "no folder of them is named: the nightly run names one");
  expect(files).toEqual(expect.arrayContaining(Object.keys(leftOut)));
});

describe.each(targets)("Prefect's own tests on %s", (kind) => {
  const target = useTarget(kind);
  const home = createPythonHome();
  afterAll(() => home.close());
  let pytest: Pytest;
  beforeAll(async () => {
    pytest = await preparePytest(home);
  });

  test.for(files)("%s", async (file, { skip }) => {
    skip(leftOut[file] !== undefined, leftOut[file]);
    const { code, stdout } = await runPython({ home, apiUrl: target.apiUrl(), ...pytest.commandOf(file) });
    if (code !== 0) throw new Error(stdout);
    expect(code).toBe(0);
  });
});

interface Pytest {
  readonly commandOf: (file: string) => {
    readonly program: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  };
}

async function preparePytest(home: PythonHome): Promise<Pytest> {
  const venv = await findPrefectVenv();
  if ("skipped" in venv) throw new Error(venv.skipped);
  const found = await findPytest(venv);
  if ("skipped" in found) throw new Error(found.skipped);
  const settings = join(home.path, "pytest.ini");
  writeFileSync(settings, "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = session\n");
  const options = ["-c", settings, "-p", "no:cacheprovider", "--timeout", String(testLimitSeconds), "-rs", "-q"];
  const env = { PYTHONPATH: uvStandIn, MILLRACE_COMPAT_PYTHON: found.python };
  return {
    commandOf: (file) => ({
      program: found.python,
      args: ["-m", "pytest", ...options, join(folder ?? "", file)],
      env,
    }),
  };
}
