import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../contract/objects.ts";
import { createMasker } from "../../kit/mask.ts";
import { systemClock } from "../../kit/clock.ts";
import { createFileStorage } from "../../results/file-storage.ts";
import { fetchArchive } from "../../worker/code/code-archive.ts";
import { createCodeCache } from "../../worker/code/code-cache.ts";
import { hashFolder } from "../hash-folder.ts";
import { createStandInEngine } from "./stand-in-engine.testsuite.ts";
import { takeSteps } from "./take-steps.ts";

function makeFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-steps-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const project = {
  "package.json": '{ "name": "etl", "type": "module" }',
  "package-lock.json": "{}",
  "flows/etl.ts": "export const etl = 1;",
  "node_modules/left/out.js": "",
};

interface Steps {
  readonly build?: readonly JsonObject[];
  readonly push?: readonly JsonObject[];
}

function open({
  files = project,
  engine = "docker",
}: {
  files?: Record<string, string>;
  engine?: "docker" | "podman";
} = {}) {
  const folder = makeFolder(files);
  const standIn = createStandInEngine(makeFolder(), engine);
  const masker = createMasker();
  const said: string[] = [];
  const contentHash = hashFolder(folder);
  const context = {
    folder,
    contentHash,
    env: { PATH: standIn.path, HOME: folder },
    sources: {
      environment: (name: string) => ({ REGISTRY: "registry.example" })[name],
      variable: async (name: string) => (name === "team" ? "team" : undefined),
      secret: async (name: string) => {
        if (name !== "token") return null;
        masker.add("t0p-s3cret");
        return "t0p-s3cret";
      },
      block: async () => ({ username: "ada", password: "t0p-s3cret", registry_url: "https://hub.example" }),
    },
    masker,
    openStorage: (address: string) => createFileStorage({ folder: address }),
    say: (text: string) => void said.push(text),
  };
  const take = ({ build = [], push = [] }: Steps, { isDryRun = false } = {}) =>
    takeSteps({ build, push }, { context, deployment: "nightly", isDryRun });
  return { folder, contentHash, take, calls: standIn.calls, said: () => said.join("") };
}

test("an image is built of the code alone, tagged and labelled with its hash, and pushed", async () => {
  const { contentHash, folder, take, calls, said } = open();
  const tag = contentHash.slice(0, 12);
  const image = `registry.example/team/etl:${tag}`;
  const { outputs, taken } = await take({
    build: [
      { buildImage: { id: "build-image", name: "{{ $REGISTRY }}/{{ variables.team }}/etl", platform: "linux/arm64" } },
    ],
    push: [{ pushImage: { additionalTags: ["newest"] } }],
  });
  expect(outputs).toMatchObject({
    image,
    image_id: `sha256:${"ab".repeat(32)}`,
    digest: `registry.example/team/etl@sha256:${"cd".repeat(32)}`,
    "build-image": { image, image_name: "registry.example/team/etl", tag },
  });
  const [build, ...others] = calls();
  expect(build?.args.slice(0, 3)).toEqual(["build", "--tag", image]);
  expect(build?.args).toEqual(expect.arrayContaining(["--label", `millrace.content-hash=${contentHash}`]));
  expect(build?.args).toEqual(expect.arrayContaining(["--platform", "linux/arm64"]));
  expect(build?.files).toEqual(["flows", "flows/etl.ts", "package-lock.json", "package.json"]);
  expect(build?.dockerfile).toContain("FROM node:24-slim\n");
  expect(build?.dockerfile).toContain('RUN ["npm", "ci", "--omit=dev", "--no-audit", "--no-fund"]');
  const newest = "registry.example/team/etl:newest";
  expect(others.map(({ args }) => args)).toEqual([
    ["tag", image, newest],
    ["push", image],
    ["push", newest],
    ["image", "inspect", "--format", "{{index .RepoDigests 0}}", image],
  ]);
  expect(said()).toContain("step 1/1");
  expect(taken.map(({ phase, name }) => [phase, name])).toEqual([
    ["build", "build_image"],
    ["push", "push_image"],
  ]);
  expect(taken[1]?.does).toBe(`docker tag ${image} ${newest}; docker push ${image}; docker push ${newest}`);
  writeFileSync(join(folder, "flows/etl.ts"), "export const etl = 2;");
  expect(hashFolder(folder)).not.toBe(contentHash);
});

test("a Dockerfile of the project is used in its own folder; secrets are in no word of the command and no output", async () => {
  const { folder, take, calls, said } = open({ files: { ...project, Dockerfile: "FROM scratch" } });
  const { taken } = await take({
    build: [
      {
        build_image: {
          name: "etl:1.2",
          build_args: { TOKEN: "{{ secrets.token }}", PLAIN: 1 },
          secrets: { npmrc: "//registry/:_authToken={{ secrets.token }}" },
          no_cache: true,
        },
      },
    ],
  });
  const [build] = calls();
  expect(build?.args.slice(-1)).toEqual([folder]);
  expect(build?.dockerfile).toBe("FROM scratch");
  expect(build?.args).toEqual(
    expect.arrayContaining(["--build-arg", "TOKEN", "PLAIN=1", "id=npmrc,env=MILLRACE_BUILD_SECRET_0", "--no-cache"]),
  );
  expect(build?.env).toEqual({ TOKEN: "t0p-s3cret", MILLRACE_BUILD_SECRET_0: "//registry/:_authToken=t0p-s3cret" });
  for (const text of [JSON.stringify(build?.args), JSON.stringify(taken), said()]) expect(text).not.toContain("s3cret");
  expect(said()).toContain("********");
});

test("a made Dockerfile gives npm its configuration as a secret", async () => {
  const { take, calls } = open();
  await take({ build: [{ build_image: { name: "etl", secrets: { npmrc: "//registry/:_authToken=x" } } }] });
  expect(calls()[0]?.dockerfile).toContain(
    'RUN --mount=type=secret,id=npmrc ["npm", "ci", "--omit=dev", "--no-audit", "--no-fund", "--userconfig=/run/secrets/npmrc"]',
  );
});

test("a registry is logged in to for the push alone, by the standard input", async () => {
  const { folder, take, calls } = open();
  mkdirSync(join(folder, ".docker/contexts"), { recursive: true });
  writeFileSync(join(folder, ".docker/config.json"), '{ "currentContext": "far", "auths": { "x": {} } }');
  await take({
    push: [{ push_image: { image: "registry.example/etl:1", credentials: "{{ prefect.blocks.docker.hub }}" } }],
  });
  const [login, push, inspect] = calls();
  expect(login?.args).toEqual(["login", "--username", "ada", "--password-stdin", "hub.example"]);
  expect(login?.input).toBe("t0p-s3cret");
  const config = login?.env.DOCKER_CONFIG ?? "";
  expect([push?.env.DOCKER_CONFIG, inspect?.env.DOCKER_CONFIG]).toEqual([config, undefined]);
  expect(() => readFileSync(join(config, "config.json"))).toThrow("ENOENT");
  expect(readFileSync(join(folder, ".docker/config.json"), "utf8")).toContain("far");
});

test("podman does where there is no docker", async () => {
  const { take, calls } = open({ engine: "podman" });
  await expect(take({ build: [{ build_image: { name: "etl", engine: "docker" } }] })).rejects.toMatchObject({
    code: "DEPLOYMENT_INVALID",
    message: expect.stringContaining("docker, which is not installed"),
  });
  await take({ build: [{ build_image: { name: "etl" } }] });
  expect(calls().map(({ program }) => program)).toEqual(["podman.mjs"]);
});

test("steps of Prefect that do the same are taken", async () => {
  const { take, calls } = open();
  const { outputs } = await take({
    build: [
      {
        "prefect_docker.deployments.steps.build_docker_image": {
          id: "build-image",
          requires: "prefect-docker>=0.6",
          image_name: "team/etl",
          tag: "{{ content_hash }}",
          dockerfile: "auto",
          buildargs: { A: "b" },
        },
      },
    ],
    push: [
      {
        "prefect_docker.deployments.steps.push_docker_image": {
          requires: "prefect-docker>=0.6",
          image_name: "{{ build-image.image_name }}",
          tag: "{{ build-image.tag }}",
        },
      },
    ],
  });
  expect(calls().map(({ args }) => args[0])).toEqual(["build", "push", "image"]);
  expect(calls()[1]?.args).toEqual(["push", outputs.image]);
});

test("a dry run says what would be done, and does nothing", async () => {
  const { take, calls, folder } = open();
  const storage = join(folder, "../never");
  const { taken, outputs } = await take(
    {
      build: [{ build_image: { name: "etl", build_args: { TOKEN: "{{ secrets.token }}" } } }, { build_archive: {} }],
      push: [{ push_image: {} }, { push_archive: { storage } }],
    },
    { isDryRun: true },
  );
  expect(taken.map(({ does }) => does)).toEqual([
    expect.stringMatching(/^docker build --tag etl:[\da-f]{12} --file '\(made\)' --label \S+ --build-arg TOKEN /),
    expect.stringMatching(/^packs 3 files of /),
    expect.stringMatching(/^docker push etl:[\da-f]{12}$/),
    expect.stringContaining(`to ${storage} as `),
  ]);
  expect(outputs).toMatchObject({ storage, key: expect.stringMatching(/^[\da-f]{64}$/) });
  expect(calls()).toEqual([]);
  expect(() => readFileSync(storage)).toThrow("ENOENT");
});

test("an archive is written by its hash, and brought back as it was", async () => {
  const { take, folder } = open();
  const storage = makeFolder();
  const steps = {
    build: [{ build_archive: { output: "out/code.tgz" } }],
    push: [{ push_archive: { storage, folder: "flows" } }],
  };
  const { outputs } = await take(steps);
  const key = String(outputs.key);
  expect(execFileSync("tar", ["-tzf", join(folder, "out/code.tgz")], { encoding: "utf8" })).toContain("flows/etl.ts");
  const cache = createCodeCache({ folder: makeFolder(), retentionMs: 3_600_000, clock: systemClock });
  const fetched = await fetchArchive(createFileStorage({ folder: storage }), { key, cache });
  expect(readFileSync(join(fetched, "etl.ts"), "utf8")).toBe(project["flows/etl.ts"]);
  expect((await take({ push: steps.push })).outputs.key).toBe(key);
});

test("what fails is told with what the program said last", async () => {
  const { take } = open();
  await expect(take({ push: [{ push_image: { image: "denied/etl" } }] })).rejects.toMatchObject({
    code: "STEP_FAILED",
    data: { step: "push_image", deployment: "nightly", reason: "docker push: denied: access is not granted" },
  });
});

test("what takes too long is ended", async () => {
  const { take } = open();
  await expect(take({ build: [{ build_image: { name: "slow", timeout: "700ms" } }] })).rejects.toMatchObject({
    code: "STEP_FAILED",
    message: expect.stringContaining("it took longer than 700 ms"),
  });
});

test.each<[string, Steps, string]>([
  ["a step that runs a shell", { build: [{ run_shell_script: { script: "ls" } }] }, "runs a shell"],
  ["a step for Python", { build: [{ pip_install_requirements: {} }] }, "packages of Python"],
  ["a step at the wrong time", { push: [{ build_image: { name: "x" } }] }, "there are push_image, push_archive"],
  ["an input that nobody knows", { build: [{ build_image: { name: "x", tga: "1" } }] }, "tga"],
  ["a name that is an option", { build: [{ build_image: { name: "--privileged" } }] }, "no name of an image"],
  ["an image without a name", { push: [{ push_image: {} }] }, "needs an `image`"],
  ["a template without a value", { build: [{ build_image: { name: "{{ $NOBODY }}" } }] }, "no value for {{ $NOBODY }}"],
  ["a Dockerfile that is not there", { build: [{ build_image: { name: "x", dockerfile: "No" } }] }, "there is no file"],
  ["a storage of another kind", { push: [{ push_archive: { storage: "gs://x" } }] }, "must be a folder or s3://"],
  ["a time that is none", { build: [{ build_image: { name: "x", timeout: "soon" } }] }, "timeout"],
])("%s is told before anything is done", async (_, steps, reason) => {
  const { take, calls } = open();
  await expect(take(steps)).rejects.toMatchObject({
    code: "DEPLOYMENT_INVALID",
    message: expect.stringContaining(reason),
  });
  expect(calls()).toEqual([]);
});
