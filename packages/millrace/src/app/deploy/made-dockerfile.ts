/** A small Dockerfile for a project that has none: Node 24 runs its TypeScript as it is. */

import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where the code is in the image. */
export const codeFolder = "/app";

export interface MadeDockerfileOptions {
  /** The folder that becomes the image. */
  readonly folder: string;
  /** The image that it begins with. */
  readonly base: string;
  /** Ids of the secrets that the build is given; `npmrc` is where npm looks for it. */
  readonly secrets: readonly string[];
}

/** No step of it uses a shell either. Packages are a layer of their own, which stays while they are the same. */
export function makeDockerfile({ folder, base, secrets }: MadeDockerfileOptions): string {
  const has = (name: string): boolean => existsSync(join(folder, name));
  const manifests = ["package.json", "package-lock.json", ".npmrc"].filter(has);
  const mount = secrets.includes("npmrc") ? "--mount=type=secret,id=npmrc,target=/root/.npmrc " : "";
  const verb = has("package-lock.json") ? "ci" : "install";
  const install = `RUN ${mount}["npm", "${verb}", "--omit=dev", "--no-audit", "--no-fund"]`;
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
