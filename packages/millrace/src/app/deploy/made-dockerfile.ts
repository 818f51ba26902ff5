/** A small Dockerfile for a project that has none: Node 24 runs its TypeScript as it is. */

import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where a build finds its secrets, each by its id. */
const secretFolder = "/run/secrets";

/** Where the code is in the image. */
export const codeFolder = "/app";

export interface MadeDockerfileOptions {
  /** The folder that becomes the image. */
  readonly folder: string;
  /** The image that it begins with. */
  readonly base: string;
  /** Ids of the secrets that the build is given; `npmrc` is the configuration of npm. */
  readonly secrets: readonly string[];
}

/** No step of it uses a shell either. Packages are a layer of their own, which stays while they are the same. */
export function makeDockerfile({ folder, base, secrets }: MadeDockerfileOptions): string {
  const has = (name: string): boolean => existsSync(join(folder, name));
  const manifests = ["package.json", "package-lock.json", ".npmrc"].filter(has);
  const isSecret = secrets.includes("npmrc");
  const verb = has("package-lock.json") ? "ci" : "install";
  const words = ["npm", verb, "--omit=dev", "--no-audit", "--no-fund"];
  if (isSecret) words.push(`--userconfig=${secretFolder}/npmrc`);
  const mount = isSecret ? "--mount=type=secret,id=npmrc " : "";
  const install = `RUN ${mount}[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
  return [
    "# syntax=docker/dockerfile:1",
    `FROM ${base}`,
    "ENV NODE_ENV=production",
    `WORKDIR ${codeFolder}`,
    ...(has("package.json") ? [`COPY ${JSON.stringify([...manifests, "./"])}`, install] : []),
    'COPY [".", "./"]',
    "USER node",
    "",
  ].join("\n");
}
