/** The real Prefect 3 from PyPI, in a virtual environment of its own, for the tests of compatibility and the benchmarks. */

import { execFile } from "node:child_process";
import { globSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Peer, peerFolder } from "./peer-folder.ts";

export const prefectVersion = "3.9.1";

const pytestPackages = ["pytest==9.2.0", "pytest-asyncio==1.5.0", "pytest-timeout==2.4.0"];

const installLimitMs = 600_000;

export interface PrefectVenv {
  readonly python: string;
  /** The command line of Prefect. */
  readonly prefect: string;
}

/** Installs it where it is not there yet. */
export async function findPrefectVenv(): Promise<Peer<PrefectVenv>> {
  const folder = await peerFolder(`prefect-${prefectVersion}`, async (path) => {
    await createVenv(path);
    await pipInstall(path, [`prefect==${prefectVersion}`]);
  });
  if ("skipped" in folder) return folder;
  return { python: join(folder.path, "bin/python"), prefect: join(folder.path, "bin/prefect") };
}

/** A second environment over the first: what pytest brings does not change what Prefect runs with. */
export async function findPytest(prefect: PrefectVenv): Promise<Peer<{ readonly python: string }>> {
  const folder = await peerFolder(`prefect-${prefectVersion}-pytest`, async (path) => {
    await createVenv(path);
    writeFileSync(join(sitePackages(path), "prefect.pth"), `${sitePackages(dirname(dirname(prefect.python)))}\n`);
    await pipInstall(path, pytestPackages);
  });
  if ("skipped" in folder) return folder;
  return { python: join(folder.path, "bin/python") };
}

function createVenv(path: string): Promise<void> {
  return run("python3", ["-m", "venv", path]);
}

function pipInstall(venv: string, packages: readonly string[]): Promise<void> {
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages];
  return run(join(venv, "bin/python"), pip);
}

function sitePackages(venv: string): string {
  const [found] = globSync(join(venv, "lib/python*/site-packages"));
  if (found === undefined) throw new Error(`${venv} is not a virtual environment`);
  return found;
}

async function run(command: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(command, args, { timeout: installLimitMs, killSignal: "SIGKILL" });
}
