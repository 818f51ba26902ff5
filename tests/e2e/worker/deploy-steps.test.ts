/** `millrace deploy` with steps: what is built and pushed, and what workers bring. */

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createClient } from "millrace/client";
import { expect, test } from "vitest";
import { linesOf } from "../serve/serving.ts";
import { createRemoteLedger, startServerOn } from "../server/server.ts";
import { ask, endOf, makeProject, startWorker } from "./project.ts";

async function openPlace() {
  const server = await startServerOn("SQLite");
  const ledger = createRemoteLedger(server.url);
  const client = createClient({ url: server.url });
  const project = makeProject();
  rmSync(join(project, "millrace.yaml"));
  const deploy = async (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const ended = await ledger.run(["deploy", ...words], { cwd: project, env });
    return { ...ended, outcomes: words.includes("--json") ? (JSON.parse(ended.stdout || "[]") as unknown) : null };
  };
  return { ledger, client, project, deploy };
}

/** A program that writes down the words that it is called with. */
function placeStandIn(folder: string): { readonly PATH: string; readonly diary: string } {
  const bin = join(folder, "stand-in");
  const diary = join(bin, "diary");
  mkdirSync(bin);
  writeFileSync(join(bin, "docker"), `#!/bin/sh\necho "$@" >> '${diary}'\necho built and pushed\n`);
  chmodSync(join(bin, "docker"), 0o755);
  return { PATH: [bin, process.env.PATH].join(delimiter), diary };
}

test("an archive of the code is pushed to a storage, and run by a worker that has nothing else of it", async () => {
  const { ledger, client, project, deploy } = await openPlace();
  await client.createWorkPool({ name: "local", type: "process", paused: false });
  // No lock file: nothing is installed where it runs, and the package is named by where it is.
  const source = new URL("../../../packages/millrace/src/exports/index.ts", import.meta.url).href;
  const text = readFileSync(join(project, "flows.ts"), "utf8").replace('"millrace"', JSON.stringify(source));
  writeFileSync(join(project, "flows.ts"), text);
  const storage = join(ledger.home, "storage");
  writeFileSync(
    join(project, "prefect.yaml"),
    `
push:
  - push_archive: { storage: "{{ $STORAGE }}" }
deployments:
  - { name: nightly, entrypoint: "flows.ts:quick", work_pool: { name: local }, tags: ["{{ content_hash }}"] }
`,
  );
  const env = { STORAGE: storage };
  const dry = await deploy(["--dry-run"], env);
  expect(dry.stdout).toMatch(
    /^Would push: writes \d+ files of .+ to .+storage as [\da-f]{12}\nWould make quick\/nightly$/m,
  );
  expect(existsSync(storage)).toBe(false);

  const made = await deploy(["--json"], env);
  expect(made.outcomes).toMatchObject([{ outcome: "made", steps: [{ phase: "push", name: "push_archive" }] }]);
  const [deployment] = (await client.listObjects("deployment")).items;
  expect(deployment).toMatchObject({
    path: null,
    tags: [deployment?.contentHash],
    pullSteps: [{ pull_archive: { storage, key: expect.stringMatching(/^[\da-f]{64}$/) } }],
  });
  expect((await deploy(["--json"], env)).outcomes).toMatchObject([{ outcome: "unchanged" }]);

  rmSync(join(project, "flows.ts"));
  const diary = join(ledger.home, "diary");
  await startWorker(ledger, { env: { DIARY: diary } });
  expect(await endOf(client, await ask(client, "quick/nightly", { n: 5 }))).toMatchObject({
    state: { type: "COMPLETED" },
  });
  expect(linesOf(diary)).toEqual(["quick 5"]);
});

test("an image is built and pushed, and becomes a job variable", async () => {
  const { ledger, client, project, deploy } = await openPlace();
  await client.createWorkPool({ name: "local", type: "process", paused: false });
  const { PATH, diary } = placeStandIn(ledger.home);
  const words = (pool: string) => ["flows.ts:quick", "--pool", pool, "--image", "registry.example/etl", "--json"];
  expect((await deploy(words("local"), { PATH })).stderr).toContain("kind process, which runs none");
  await client.createWorkPool({ name: "containers", type: "docker", paused: false });
  const dry = await deploy([...words("containers"), "--dry-run"], { PATH });
  expect(dry.outcomes).toMatchObject([
    { outcome: "made", steps: [{ does: expect.stringMatching(/^docker build --tag registry.example\/etl:/) }, {}] },
  ]);
  expect(existsSync(diary)).toBe(false);

  const { outcomes, stderr } = await deploy(words("containers"), { PATH });
  expect(outcomes).toMatchObject([{ outcome: "made" }]);
  expect(stderr).toContain("built and pushed");
  const [deployment] = (await client.listObjects("deployment")).items;
  const image = `registry.example/etl:${deployment?.contentHash?.slice(0, 12)}`;
  expect(deployment).toMatchObject({
    path: null,
    pullSteps: null,
    entrypoint: "flows.ts:quick",
    jobVariables: { image },
  });
  expect(linesOf(diary).slice(0, 2)).toEqual([expect.stringContaining(`--tag ${image} `), `push ${image}`]);

  writeFileSync(join(project, "Dockerfile"), "FROM scratch");
  const failing = join(ledger.home, "stand-in/docker");
  writeFileSync(failing, "#!/bin/sh\necho 'no space left' >&2\nexit 3\n");
  const failed = await deploy(words("containers"), { PATH });
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("no space left") });
  expect((await client.listObjects("deployment")).items).toEqual([deployment]);
});

test("`flow.deploy()` takes the same steps", async () => {
  const { ledger, client, project } = await openPlace();
  await client.createWorkPool({ name: "containers", type: "docker", paused: false });
  const { PATH, diary } = placeStandIn(ledger.home);
  const program = `
import { quick } from "./flows.ts";
const common = { pool: "containers", name: "main" };
const made = await quick.deploy({ ...common, image: { name: "etl", tag: "1", platform: "linux/amd64" } });
const pulled = await quick.deploy({
  pool: "containers",
  name: "pulled",
  image: "other:2",
  build: false,
  pull: [{ gitClone: { repository: "https://git.example/r.git", accessToken: "{{ secrets.git }}" } }, { npmCi: {} }],
});
console.log(JSON.stringify([made, pulled]));
`;
  writeFileSync(join(project, "deploy.ts"), program);
  const { stdout, stderr } = await ledger.startFile(join(project, "deploy.ts"), { cwd: project, env: { PATH } }).ended;
  if (stdout === "") throw new Error(stderr);
  expect(JSON.parse(stdout)).toMatchObject([
    { outcome: "made", steps: [{ name: "build_image" }, { name: "push_image" }] },
    { outcome: "made", steps: [] },
  ]);
  expect(linesOf(diary)[0]).toMatch(/^build --tag etl:1 .* --platform linux\/amd64 /);
  const byName = Object.fromEntries((await client.listObjects("deployment")).items.map((each) => [each.name, each]));
  expect(byName.main).toMatchObject({ jobVariables: { image: "etl:1" } });
  expect(byName.pulled).toMatchObject({
    jobVariables: { image: "other:2" },
    path: null,
    pullSteps: [
      { git_clone: { repository: "https://git.example/r.git", access_token: "{{ secrets.git }}" } },
      { npm_ci: {} },
    ],
  });
});
