/** The program that builds and pushes images. */

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { runProgram } from "../../worker/code/run-program.ts";
import type { StepContext } from "./step-context.ts";

export type EngineName = "docker" | "podman";

const engines = ["docker", "podman"] as const;

/** The one that is asked for, else the first that is installed. @throws Error when there is none */
export function findEngine(asked: EngineName | null | undefined, { env }: Pick<StepContext, "env">): EngineName {
  const candidates = asked == null ? engines : [asked];
  const found = candidates.find((name) => isInstalled(name, env));
  if (found !== undefined) return found;
  throw new Error(`images are built by ${candidates.join(" or ")}, which is not installed`);
}

function isInstalled(program: string, env: NodeJS.ProcessEnv): boolean {
  const suffixes = process.platform === "win32" ? [".exe", ".cmd"] : [""];
  return (env.PATH ?? "")
    .split(delimiter)
    .some((folder) => suffixes.some((end) => canRun(join(folder, program + end))));
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface EngineCall {
  readonly engine: EngineName;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  /** Over those of the context. */
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Runs it, and passes on what it prints. @throws Error with the last line that it says */
export function runEngine(call: EngineCall, { folder, env, masker, say }: StepContext): Promise<string> {
  const { engine, args, timeoutMs, input } = call;
  return runProgram(engine, args, {
    folder,
    env: { ...env, ...call.env },
    timeoutMs,
    ...(input === undefined ? {} : { input }),
    onOutput: (text) => say(masker.mask(text)),
  });
}

/** A command as people would type it. */
export function showCommand(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

export interface ImageName {
  readonly name: string;
  readonly tag: string | null;
}

/** `registry:5000/team/etl:1.2` has a port and a tag. */
export function parseImage(text: string): ImageName {
  const [, name = text, tag = null] = /^(.+?)(?::(\w[\w.-]*))?$/.exec(text) ?? [];
  return { name, tag };
}
