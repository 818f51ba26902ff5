import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { createMasker } from "../kit/mask.ts";
import { createEnvironmentDescriber } from "./describe-environment.ts";

const keep = (text: string): string => text;

function newProject(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "millrace-project-")));
  writeFileSync(join(folder, "package.json"), '{ "name": "my-flows", "version": "1.2.3" }');
  writeFileSync(join(folder, "flow.ts"), "");
  return folder;
}

function commit(folder: string): string {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  git("init", "--initial-branch=main");
  git("add", ".");
  git("commit", "--message", "first");
  return git("rev-parse", "HEAD");
}

describe("the environment of a run", () => {
  test("says where it runs and what runs it", () => {
    const cwd = newProject();
    const argv = ["/usr/bin/node", join(cwd, "flow.ts"), "--fast"];
    const { now, later } = createEnvironmentDescriber({ mask: keep, argv, cwd }).describe();
    expect(now).toEqual({
      host: hostname(),
      pid: process.pid,
      platform: `${process.platform}-${process.arch}`,
      node: process.version,
      millrace: manifest.version,
      package: "my-flows@1.2.3",
      cwd,
      argv,
    });
    expect(later).toBeNull();
  });

  test("has the commit at once, and later whether the work tree is dirty", async () => {
    const cwd = newProject();
    const head = commit(cwd);
    writeFileSync(join(cwd, "flow.ts"), "changed");
    const describer = createEnvironmentDescriber({ mask: keep, argv: ["node", join(cwd, "flow.ts")], cwd });
    const first = describer.describe();
    expect(first.now.git).toEqual({ commit: head, branch: "main" });
    expect(describer.describe().later).toBe(first.later);
    expect(await first.later).toEqual({ ...first.now, git: { commit: head, branch: "main", dirty: true } });
    expect(describer.describe()).toEqual({ now: await first.later, later: null });
  });

  test("masks the secrets that are known when it is asked for", () => {
    const masker = createMasker(["s3cret-one"]);
    const argv = ["node", "-", "--token=s3cret-one", "--key=s3cret-two"];
    const describer = createEnvironmentDescriber({ mask: (text) => masker.mask(text), argv, cwd: newProject() });
    expect(describer.describe().now.argv).toEqual(["node", "-", "--token=********", "--key=s3cret-two"]);
    masker.add("s3cret-two");
    expect(describer.describe().now.argv).toEqual(["node", "-", "--token=********", "--key=********"]);
  });

  test("is that of the script, wherever the person stands; of a tool, where the person stands", () => {
    const project = newProject();
    const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), "millrace-elsewhere-")));
    const packageFor = (script: string | undefined, cwd: string): string | undefined =>
      createEnvironmentDescriber({
        mask: keep,
        argv: script === undefined ? ["node"] : ["node", script],
        cwd,
      }).describe().now.package;
    expect(packageFor(join(project, "flow.ts"), elsewhere)).toBe("my-flows@1.2.3");
    const tool = join(elsewhere, "node_modules/tool");
    mkdirSync(tool, { recursive: true });
    writeFileSync(join(tool, "main.js"), "");
    for (const script of [join(tool, "main.js"), import.meta.filename, "/nonexistent.ts", undefined]) {
      expect(packageFor(script, project)).toBe("my-flows@1.2.3");
    }
  });

  test("has versions of modules", () => {
    const project = newProject();
    const { versionOf } = createEnvironmentDescriber({ mask: keep });
    expect(versionOf(pathToFileURL(join(project, "deep/flow.ts")).href)).toBe("1.2.3");
    expect(versionOf("data:text/javascript,")).toBeNull();
  });
});
