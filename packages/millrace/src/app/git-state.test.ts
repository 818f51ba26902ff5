import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createVirtualClock } from "../kit/virtual-clock.ts";
import { isWorkTreeDirty, readGitHead } from "./git-state.ts";

function git(folder: string, ...args: readonly string[]): string {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"];
  return execFileSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim();
}

const newFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), "millrace-git-")));

/** A repository with one commit, which has `flow.ts`. */
function newRepository(): string {
  const folder = newFolder();
  git(folder, "init");
  writeFileSync(join(folder, "flow.ts"), "");
  git(folder, "add", ".");
  git(folder, "commit", "--message", "first");
  return folder;
}

describe("the commit that is checked out", () => {
  test("is what Git says, in the repository and below", () => {
    const folder = newRepository();
    const expected = { workTree: folder, commit: git(folder, "rev-parse", "HEAD"), branch: "main" };
    mkdirSync(join(folder, "deep/er"), { recursive: true });
    expect(readGitHead(folder)).toEqual(expected);
    expect(readGitHead(join(folder, "deep/er"))).toEqual(expected);
  });

  test("is found among packed references", () => {
    const folder = newRepository();
    git(folder, "checkout", "-b", "feature/one");
    git(folder, "commit", "--allow-empty", "--message", "second");
    git(folder, "pack-refs", "--all");
    expect(readGitHead(folder)).toMatchObject({ commit: git(folder, "rev-parse", "HEAD"), branch: "feature/one" });
  });

  test("has no branch when a commit is checked out by itself", () => {
    const folder = newRepository();
    git(folder, "checkout", "--detach");
    expect(readGitHead(folder)).toEqual({ workTree: folder, commit: git(folder, "rev-parse", "HEAD"), branch: null });
  });

  test("is that of a linked work tree", () => {
    const folder = newRepository();
    const linked = join(newFolder(), "linked");
    git(folder, "worktree", "add", "-b", "other", linked);
    git(linked, "commit", "--allow-empty", "--message", "second");
    expect(readGitHead(linked)).toEqual({
      workTree: linked,
      commit: git(linked, "rev-parse", "HEAD"),
      branch: "other",
    });
    git(folder, "pack-refs", "--all");
    expect(readGitHead(linked)).toMatchObject({ commit: git(linked, "rev-parse", "HEAD"), branch: "other" });
  });

  test("is not known outside a repository, before the first commit, and where the files are damaged", () => {
    const folder = newFolder();
    expect(readGitHead(folder)).toBeNull();
    git(folder, "init");
    expect(readGitHead(folder)).toBeNull();
    writeFileSync(join(folder, ".git/HEAD"), "\0");
    expect(readGitHead(folder)).toBeNull();
    rmSync(join(folder, ".git"), { recursive: true });
    writeFileSync(join(folder, ".git"), "gitdir: ../nowhere\n");
    expect(readGitHead(folder)).toBeNull();
  });
});

describe("a work tree", () => {
  test("is dirty when a file is changed, or new", async () => {
    const folder = newRepository();
    expect(await isWorkTreeDirty(folder)).toBe(false);
    writeFileSync(join(folder, "new.ts"), "");
    expect(await isWorkTreeDirty(folder)).toBe(true);
    rmSync(join(folder, "new.ts"));
    expect(await isWorkTreeDirty(folder)).toBe(false);
    writeFileSync(join(folder, "flow.ts"), "changed");
    expect(await isWorkTreeDirty(folder)).toBe(true);
  });

  test("runs no program that its configuration names", async () => {
    const folder = newRepository();
    const mark = join(newFolder(), "was-run");
    git(folder, "config", "core.fsmonitor", `touch ${mark}; false`);
    expect(await isWorkTreeDirty(folder)).toBe(false);
    expect(() => realpathSync(mark)).toThrow(/ENOENT/);
  });

  test("is not known where Git does not say, or not in time", async () => {
    expect(await isWorkTreeDirty(newFolder())).toBeNull();
    expect(await isWorkTreeDirty("/nonexistent/folder")).toBeNull();
    expect(await withPath("/nonexistent/folder", () => isWorkTreeDirty(newFolder()))).toBeNull();
  });

  test.skipIf(process.platform === "win32")("is not known when Git takes more than 5 s", async () => {
    const programs = newFolder();
    writeFileSync(join(programs, "git"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
    const clock = createVirtualClock();
    const answer = withPath(`${programs}:${process.env.PATH}`, () => isWorkTreeDirty(programs, clock));
    await clock.advance(5000);
    expect(await answer).toBeNull();
  });
});

/** Calls it where programs are looked for in these folders. */
function withPath<T>(path: string, call: () => T): T {
  const { PATH } = process.env;
  process.env.PATH = path;
  try {
    return call();
  } finally {
    process.env.PATH = PATH;
  }
}
