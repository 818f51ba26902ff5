import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../contract/objects.ts";
import { systemClock } from "../../kit/clock.ts";
import { createMasker } from "../../kit/mask.ts";
import { createFileStorage } from "../../results/file-storage.ts";
import { packArchive } from "./code-archive.ts";
import { createCodeCache } from "./code-cache.ts";
import { createCodeFetcher, type FetchedCode } from "./fetch-code.ts";

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

type Fetch = (pullSteps: readonly JsonObject[] | null, path?: string) => Promise<string>;

function openWhole({ env = {}, secrets = {} }: { env?: NodeJS.ProcessEnv; secrets?: Record<string, string> } = {}) {
  const { PATH, HOME } = process.env;
  const masker = createMasker();
  const fetcher = createCodeFetcher({
    cache: createCodeCache({ folder: makeFolder(), retentionMs: 3_600_000, clock: systemClock }),
    env: { PATH, HOME, ...env },
    defaultFolder: "/here",
    sources: {
      environment: (name) => ({ BRANCH: "main" })[name],
      variable: async (name) => (name === "folder" ? "flows" : undefined),
      secret: async (name) => {
        const value = secrets[name] ?? null;
        if (value !== null) masker.add(value);
        return value;
      },
      block: async () => null,
    },
    openStorage: (folder) => createFileStorage({ folder }),
    mask: (text) => masker.mask(text),
  });
  return (pullSteps: readonly JsonObject[] | null, path?: string): Promise<FetchedCode> =>
    fetcher.fetch({ name: "nightly", path: path ?? null, pullSteps });
}

function open(options?: Parameters<typeof openWhole>[0]): Fetch {
  const fetch = openWhole(options);
  return async (pullSteps, path) => (await fetch(pullSteps, path)).folder;
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

test("the newest commit is told, so that a run can have it again", async () => {
  const { folder: repository, commits, commit } = makeRepository("one");
  const fetch = openWhole();
  const step = { "prefect.deployments.steps.git_clone": { repository, branch: "{{ $BRANCH }}" } };
  const first = await fetch([step, { set_working_directory: { directory: "." } }]);
  const named = "prefect.deployments.steps.git_clone";
  expect(first.pinnedSteps).toEqual([
    { [named]: { repository, branch: "{{ $BRANCH }}", commit: commits[0] } },
    { set_working_directory: { directory: "." } },
  ]);
  commit("two");
  const again = await fetch(first.pinnedSteps);
  expect(read(again.folder)).toBe("one");
  expect(again.pinnedSteps).toBeNull();
});

test("a repository with submodules is cloned with them", async () => {
  const inner = makeRepository("inner");
  const outer = makeRepository("outer");
  const git = (...args: readonly string[]) => execFileSync("git", [...author, ...args], { cwd: outer.folder });
  git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.folder, "inner");
  git("commit", "--quiet", "-m", "inner");
  const repository = outer.folder;
  const fetch = open();
  const whole = await fetch([{ git_clone: { repository, include_submodules: true } }]);
  expect(read(join(whole, "inner"))).toBe("inner");
  expect(readdirSync(join(await fetch([{ git_clone: { repository } }]), "inner"))).toEqual([]);
});

/** A server of one repository that is read with a password only, and a `git` that writes down how it is called. */
async function servePrivately(user: string) {
  const { folder } = makeRepository("private");
  execFileSync("git", ["update-server-info"], { cwd: folder });
  const wanted = `Basic ${Buffer.from(user).toString("base64")}`;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== wanted) return response.writeHead(401).end();
    try {
      const path = new URL(request.url ?? "", "http://host").pathname.replace(/^\/flows\.git/, "");
      return response.end(readFileSync(join(folder, ".git", path)));
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const real = execFileSync("which", ["git"], { encoding: "utf8" }).trim();
  const bin = makeFolder();
  const diary = join(bin, "diary");
  writeFileSync(join(bin, "git"), `#!/bin/sh\necho "$@" >> '${diary}'\nexec '${real}' "$@"\n`, { mode: 0o755 });
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    env: { PATH: [bin, process.env.PATH].join(delimiter) },
    calls: () => readFileSync(diary, "utf8"),
  };
}

test.each([
  [
    "a token",
    "x-access-token:t0p-s3cret",
    (host: string) => ({ repository: `http://${host}/flows.git`, access_token: "{{ secrets.token }}" }),
  ],
  [
    "a block",
    "ada:t0p-s3cret",
    (host: string) => ({
      repository: `http://${host}/flows.git`,
      credentials: { username: "ada", token: "{{ prefect.blocks.secret.token }}" },
    }),
  ],
  [
    "the address",
    "ada:t0p-s3cret",
    (host: string) => ({ repository: `http://ada:{{ secrets.token }}@${host}/flows.git` }),
  ],
])("credentials by %s are seen in no list of processes, in no clone and in no error", async (_, user, toInputs) => {
  const { host, env, calls } = await servePrivately(user);
  const fetch = open({ env, secrets: { token: "t0p-s3cret" } });
  const folder = await fetch([{ git_clone: toInputs(host) }]);
  expect(read(folder)).toBe("private");
  expect(calls()).toContain(`clone --quiet --no-checkout -- http://${host}/flows.git`);
  expect(calls()).not.toContain("s3cret");
  expect(readFileSync(join(folder, ".git/config"), "utf8")).not.toContain("s3cret");
  const wrong = { ...toInputs(host), branch: "t0p-s3cret" };
  await expect(fetch([{ git_clone: wrong }])).rejects.toMatchObject({
    message: expect.not.stringContaining("s3cret"),
  });
});

test("an archive is fetched once, and only what has its hash is used", async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, "flows"));
  const long = `${"deep-".repeat(30)}name.txt`;
  const texts: Readonly<Record<string, string>> = { "flow.txt": "packed", [long]: "long", "flows/empty.txt": "" };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  const files = Object.entries(texts).map(([name, text]) => ({
    name,
    path: join(folder, name),
    sizeBytes: Buffer.byteLength(text),
    isExecutable: name === "flow.txt",
  }));
  const storage = makeFolder();
  const { key } = await createFileStorage({ folder: storage }).write(packArchive(files));
  const fetch = open();
  const step = { pull_archive: { storage, key } };
  const fetched = await fetch([step, { set_working_directory: { directory: "{{ directory }}" } }]);
  expect(read(fetched)).toBe("packed");
  expect(readFileSync(join(fetched, long), "utf8")).toBe("long");
  expect(readFileSync(join(fetched, "flows/empty.txt"), "utf8")).toBe("");
  expect(statSync(join(fetched, "flow.txt")).mode & 0o111).not.toBe(0);

  const kept = join(storage, key.slice(0, 2), key.slice(2));
  expect(await fetch([step])).toBe(fetched);
  writeFileSync(kept, readFileSync(kept).subarray(0, -1));
  await expect(open()([step])).rejects.toMatchObject({
    code: "CODE_UNAVAILABLE",
    message: expect.stringContaining("hash"),
  });
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
  ["a template without a value", [{ git_clone: { repository: "{{ repository }}" } }], "no value for {{ repository }}"],
  ["credentials of nothing", [{ git_clone: { repository: "x", credentials: {} } }], "have no token"],
  ["an input that nobody knows", [{ git_clone: { repository: "x", directories: [] } }], "does not take `directories`"],
  ["a step that runs a shell", [{ "prefect.deployments.steps.run_shell_script": { script: "ls" } }], "runs a shell"],
  ["a step for Python", [{ pip_install_requirements: {} }], "packages of Python"],
  ["a key that is none", [{ pull_archive: { storage: "/x", key: "latest" } }], "must be a hash"],
  ["two names", [{ git_clone: {}, npm_ci: {} }], "an object of one name"],
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
