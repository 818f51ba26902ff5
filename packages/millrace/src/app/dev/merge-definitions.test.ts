import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { copyPath } from "./code-copy.ts";
import { mergeDefinitions, type WantedDeployments } from "./merge-definitions.ts";
import type { DefinedDeployment, Problem } from "./messages.ts";
import type { Definitions } from "./read-definitions.ts";

function defined(
  file: string,
  flowName: string,
  more: Partial<DefinedDeployment> & { name?: string } = {},
): DefinedDeployment {
  const { name = flowName, ...rest } = more;
  const plan = { deployment: { flowName, name }, pool: "dev", queue: null };
  return { definedIn: file, file, isImplied: true, plan, ...rest };
}

function problemOf(file: string): Problem {
  return { file, place: null, code: null, message: "a mistake", fix: null };
}

interface Project {
  readonly folder: string;
  /** Saves a file. */
  write(name: string, text: string): string;
  /** What a read with these files would give, with what it has copied. */
  merge(
    before: WantedDeployments,
    found: Partial<Definitions>,
    copied: readonly string[],
  ): ReturnType<typeof mergeDefinitions>;
}

function makeProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), "millrace-merge-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const texts = new Map<string, string>();
  let version = 0;
  return {
    folder,
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      texts.set(path, text);
      return path;
    },
    merge(before, found, copied) {
      const copyFolder = join(folder, `copies-${++version}`);
      for (const file of copied) putCopy(copyFolder, file, texts.get(file) ?? "");
      const all = { deployments: [], problems: [], imports: [], unread: [], ...found };
      return mergeDefinitions({ before, found: all, copyFolder });
    },
  };
}

function putCopy(copyFolder: string, file: string, text: string): void {
  mkdirSync(dirname(copyPath(copyFolder, file)), { recursive: true });
  writeFileSync(copyPath(copyFolder, file), text);
}

const none: WantedDeployments = new Map();

test("code is another when a module that it imports is, and else keeps the copy that it has", () => {
  const project = makeProject();
  const [a, b, lib] = [project.write("a.ts", "a"), project.write("b.ts", "b"), project.write("lib.ts", "1")];
  const found = { deployments: [defined(a, "a"), defined(b, "b")], imports: [[a, lib] as const] };
  const first = project.merge(none, found, [a, b, lib]).wanted;
  const same = project.merge(first, found, [a, b, lib]).wanted;
  expect(same.get("a/a")?.code).toBe(first.get("a/a")?.code);
  project.write("lib.ts", "2");
  const next = project.merge(same, found, [a, b, lib]).wanted;
  expect(next.get("a/a")?.code.hash).not.toBe(first.get("a/a")?.code.hash);
  expect(next.get("b/b")?.code).toBe(first.get("b/b")?.code);
});

test("what runs have imported late counts as their code", () => {
  const project = makeProject();
  const [a, late] = [project.write("a.ts", "a"), project.write("late.ts", "1")];
  const found = { deployments: [defined(a, "a")] };
  const first = project.merge(none, found, [a]).wanted;
  putCopy(first.get("a/a")?.code.copyFolder ?? "", late, "1");
  expect(project.merge(first, found, [a]).wanted.get("a/a")?.code).toBe(first.get("a/a")?.code);
  project.write("late.ts", "2");
  expect(project.merge(first, found, [a]).wanted.get("a/a")?.code).not.toBe(first.get("a/a")?.code);
});

test("a file with a mistake, or that was not come to, keeps what it had; one that is gone does not", () => {
  const project = makeProject();
  const [a, b, c] = [project.write("a.ts", "a"), project.write("b.ts", "b"), project.write("c.ts", "c")];
  const before = project.merge(none, { deployments: [defined(a, "a"), defined(b, "b"), defined(c, "c")] }, [a, b, c]);
  const now = project.merge(before.wanted, { problems: [problemOf(a)], unread: [b] }, []);
  expect([...now.wanted.keys()]).toEqual(["a/a", "b/b"]);
});

test("a flow with a deployment that somebody wrote gets no other; of two of a name the first is taken", () => {
  const project = makeProject();
  const [a, b] = [project.write("a.ts", "a"), project.write("b.ts", "b")];
  const written = defined(a, "a", { name: "nightly", isImplied: false, definedIn: "millrace.yaml" });
  const { wanted, problems } = project.merge(
    none,
    { deployments: [defined(a, "a"), written, defined(b, "same"), defined(a, "same")] },
    [a, b],
  );
  expect([...wanted.keys()]).toEqual(["a/nightly", "same/same"]);
  expect(wanted.get("same/same")?.defined.file).toBe(b);
  expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining("same/same is defined in")]);
});
