/** A program in place of Docker, which writes down how it is called and does what is asked of it as far as a test sees. */

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

export interface EngineCallSeen {
  readonly program: string;
  readonly args: readonly string[];
  readonly input: string;
  /** The variables that steps set. */
  readonly env: Readonly<Record<string, string>>;
  /** Of a build: the files of its folder, and its Dockerfile. */
  readonly files: readonly string[];
  readonly dockerfile: string | null;
}

export interface StandInEngine {
  /** The PATH that has it first. */
  readonly path: string;
  readonly calls: () => readonly EngineCallSeen[];
}

/** What it pushes to a name with `denied` in it is refused; a build of one with `slow` never ends. */
const script = `
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
const [, file, ...args] = process.argv;
const after = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : null);
const isBuild = args[0] === "build";
const call = {
  program: basename(file),
  args,
  input: args.includes("--password-stdin") ? readFileSync(0, "utf8") : "",
  env: Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(MILLRACE_BUILD_|DOCKER_CONFIG|TOKEN$)/.test(name))),
  files: isBuild ? readdirSync(args.at(-1), { recursive: true }).map(String).sort() : [],
  dockerfile: isBuild ? readFileSync(after("--file"), "utf8") : null,
};
appendFileSync(DIARY, JSON.stringify(call) + "\\n");
if (isBuild) {
  console.log("step 1/1");
  console.error("with " + JSON.stringify(call.env));
  if (after("--iidfile")) writeFileSync(after("--iidfile"), "sha256:" + "ab".repeat(32));
  if (after("--tag").includes("slow")) setInterval(() => {}, 1000);
}
if (args[0] === "image") console.log("registry.example/team/etl@sha256:" + "cd".repeat(32));
if (args[0] === "push" && args[1].includes("denied")) {
  console.error("denied: access is not granted");
  process.exitCode = 1;
}
`;

export function createStandInEngine(folder: string, name: "docker" | "podman" = "docker"): StandInEngine {
  const bin = join(folder, "bin");
  const diary = join(folder, "diary");
  mkdirSync(bin, { recursive: true });
  const module = join(bin, `${name}.mjs`);
  writeFileSync(module, script.replace("DIARY", JSON.stringify(diary)));
  const program = join(bin, name);
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${module}' "$@"\n`);
  chmodSync(program, 0o755);
  return {
    path: [bin, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
    calls: () =>
      existsSync(diary)
        ? readFileSync(diary, "utf8")
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as EngineCallSeen)
        : [],
  };
}
