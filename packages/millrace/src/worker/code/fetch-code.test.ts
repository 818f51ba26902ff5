import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Deployment, JsonObject } from "../../contract/objects.ts";
import { createCodeFetcher } from "./fetch-code.ts";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-code-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];

/** A repository with one commit a text, and how to add one. */
function makeRepository(...texts: readonly string[]) {
  const folder = makeFolder();
  const git = (...args: readonly string[]): string => execFileSync("git", [...args], { cwd: folder, encoding: "utf8" });
  git("init", "--quiet", "--initial-branch", "main");
  const commit = (text: string): string => {
    writeFileSync(join(folder, "flow.txt"), text);
    git("add", ".");
    git(...author, "commit", "--quiet", "-m", text);
    return git("rev-parse", "HEAD").trim();
  };
  return { folder, commits: texts.map(commit), commit };
}

function open(): (pullSteps: readonly JsonObject[] | null, path?: string) => Promise<string> {
  const { PATH, HOME } = process.env;
  const fetcher = createCodeFetcher({ cacheFolder: makeFolder(), env: { PATH, HOME }, defaultFolder: "/here" });
  return (pullSteps, path) => fetcher.fetch({ name: "nightly", path: path ?? null, pullSteps } as Deployment);
}

const read = (folder: string): string => readFileSync(join(folder, "flow.txt"), "utf8");

test("without steps the code is in the deployment's folder", async () => {
  const fetch = open();
  expect(await fetch(null, "/srv/flows")).toBe("/srv/flows");
  expect(await fetch([])).toBe("/here");
});

test("a repository is cloned once a commit, and its newest commit is found", async () => {
  const { folder: repository, commit } = makeRepository("one");
  const fetch = open();
  const step = { git_clone: { repository, branch: "main" } };
  const first = await fetch([step]);
  expect(read(first)).toBe("one");
  expect(await fetch([step])).toBe(first);
  commit("two");
  const second = await fetch([step]);
  expect([read(second), read(first)]).toEqual(["two", "one"]);
});

test("a commit that is named stays, whatever comes after it", async () => {
  const { folder: repository, commits } = makeRepository("one", "two");
  const folder = await open()([{ "prefect.deployments.steps.git_clone": { repository, commit_sha: commits[0] } }]);
  expect(read(folder)).toBe("one");
});

test("runs that start at the same time share a clone", async () => {
  const { folder: repository } = makeRepository("one");
  const fetch = open();
  const steps = [{ git_clone: { repository } }];
  const folders = await Promise.all([fetch(steps), fetch(steps), fetch(steps)]);
  expect(new Set(folders).size).toBe(1);
});

test("a working directory is relative to what was brought", async () => {
  const { folder: repository } = makeRepository("one");
  const fetch = open();
  const root = await fetch([{ git_clone: { repository } }]);
  expect(await fetch([{ git_clone: { repository } }, { set_working_directory: { directory: "flows" } }])).toBe(
    join(root, "flows"),
  );
});

test.each([
  ["a step that nobody knows", [{ pull_from_moon: {} }], "`pull_from_moon` is not known"],
  ["a repository that is not there", [{ git_clone: { repository: "/no/such/place" } }], "git ls-remote:"],
  ["a branch that is not there", "other-branch", "has no branch nowhere"],
  ["a way to a repository that starts a program", [{ git_clone: { repository: "ext::sh -c id" } }], "not allowed"],
  ["an option in place of a repository", [{ git_clone: { repository: "--upload-pack=id" } }], "git ls-remote:"],
  ["a template", [{ git_clone: { repository: "{{ repository }}" } }], "is a template"],
  ["credentials of a block", [{ git_clone: { repository: "x", credentials: {} } }], "does not take `credentials`"],
])("%s is told", async (_, given, reason) => {
  const steps =
    given === "other-branch"
      ? [{ git_clone: { repository: makeRepository("one").folder, branch: "nowhere" } }]
      : (given as JsonObject[]);
  await expect(open()(steps)).rejects.toMatchObject({
    code: "CODE_UNAVAILABLE",
    message: expect.stringContaining(reason),
  });
});
