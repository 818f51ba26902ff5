import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "./clock.ts";
import { identifyProcess } from "./process-identity.ts";
import { endStarted, findStarted, killStarted } from "./started-processes.ts";

const variable = "STARTED_PROCESSES_TEST";

/** Shells that write their numbers into a file, and hear nothing. */
const deaf = `trap '' TERM INT HUP; echo $$ >> "$0"; while :; do sleep 1; done`;

interface Family {
  readonly root: ChildProcess;
  readonly mark: string;
  readonly pids: readonly number[];
}

/** A shell that runs `script` with the name of the file as $0, until `count` processes have written their numbers. */
async function startFamily(script: string, count: number): Promise<Family> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-started-"));
  const file = join(folder, "pids");
  const mark = `${variable}=${folder}`;
  const env = { PATH: process.env.PATH, [variable]: folder, deaf };
  const root = spawn("sh", ["-c", script, file], { detached: true, stdio: "ignore", env });
  const read = (): readonly number[] =>
    existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
  onTestFinished(() => {
    for (const pid of [root.pid ?? 0, ...read()].filter(isThere)) process.kill(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  while (read().length < count) await systemClock.sleep(10);
  return { root, mark, pids: read() };
}

const isThere = (pid: number): boolean => identifyProcess(pid).startToken !== null && !hasEnded(pid);

function hasEnded(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch (error) {
    // It was there a moment ago. Which of the two it is depends on when the file is opened, and read.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return true;
    throw error;
  }
}

const isElsewhere = process.platform !== "linux";

test.skipIf(isElsewhere)("children are found, and theirs, in whichever group and session they are", async () => {
  const { root, pids } = await startFamily(
    `sh -c "$deaf" "$0" & setsid sh -c "$deaf" "$0" & sh -c 'sh -c "$deaf" "$0"; :' "$0" & wait`,
    3,
  );
  const found = findStarted({ pid: root.pid ?? 0, mark: null });
  expect(found).toEqual(expect.arrayContaining([...pids]));
  expect(found).not.toContain(root.pid);
  expect(found).not.toContain(process.pid);
});

test.skipIf(isElsewhere)(
  "what has left its parent, its group and its session is found by its mark, and with it what has not that",
  async () => {
    const { root, mark, pids } = await startFamily(
      `(setsid sh -c "$deaf" "$0" &); (setsid sh -c 'env -i PATH="$PATH" sh -c "$deaf" "$0"; :' "$0" &)`,
      2,
    );
    if (root.exitCode === null) await new Promise((resolve) => root.once("exit", resolve));
    expect(findStarted({ pid: null, mark: `${mark}x` })).toEqual([]);
    expect(findStarted({ pid: null, mark })).toEqual(expect.arrayContaining([...pids]));
  },
);

test.skipIf(isElsewhere)("all of them are ended, also those that are started meanwhile", async () => {
  const { mark, pids } = await startFamily(
    `sh -c "$deaf" "$0" & (setsid sh -c 'echo $$ >> "$0"; while :; do sleep 0.01 & done' "$0" &); wait`,
    2,
  );
  expect(await endStarted({ pid: null, mark }, systemClock)).toEqual([]);
  expect(pids.filter(isThere)).toEqual([]);
});

test.skipIf(isElsewhere)("those that there are now are killed at once", async () => {
  const { root, pids } = await startFamily(`sh -c "$deaf" "$0" & setsid sh -c "$deaf" "$0" & wait`, 2);
  expect(killStarted({ pid: root.pid ?? 0, mark: null })).toBeGreaterThanOrEqual(2);
  while (pids.some(isThere)) await systemClock.sleep(10);
  expect(killStarted({ pid: null, mark: null })).toBe(0);
});
