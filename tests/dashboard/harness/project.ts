/** What a person has beside the dashboard: a folder with flows in which `millrace` is installed, and a terminal in it. */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { cleanEnvironment, main } from "./server-process.ts";

const root = join(import.meta.dirname, "../../..");

export interface Project {
  readonly folder: string;
  write(name: string, text: string): void;
  /** Types a command, waits for its end, and gives what it printed. Fails where it does. */
  run(command: string): Promise<string>;
  /** Types a command that goes on, and waits until it has printed this. It ends with the test. */
  start(command: string, ready: RegExp): Promise<void>;
}

export interface ProjectOptions {
  /** Where its processes record: `MILLRACE_API_URL` or `MILLRACE_HOME`. */
  readonly env: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** It is there until the test ends. */
export function makeProject({ env, files = {} }: ProjectOptions): Project {
  const folder = mkdtempSync(join(process.env.MILLRACE_HOME ?? "/tmp", "project-"));
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  symlinkSync(join(root, "packages/millrace"), join(modules, "millrace"));
  symlinkSync(join(root, "node_modules/zod"), join(modules, "zod"));
  symlinkSync(main, join(modules, ".bin/millrace"));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write("package.json", JSON.stringify({ name: "project", version: "1.0.0", type: "module" }));
  for (const [name, text] of Object.entries(files)) write(name, text);

  const clean = cleanEnvironment();
  const path = [dirname(process.execPath), join(modules, ".bin"), clean.PATH].join(delimiter);
  const running = new Set<Typed>();
  const begin = (command: string): Typed => {
    const typed = type(command, {
      cwd: folder,
      env: { ...clean, MILLRACE_GRACE_MS: "1s", ...env, PATH: path },
    });
    running.add(typed);
    void typed.ended.then(() => running.delete(typed));
    return typed;
  };
  onTestFinished(async () => {
    await Promise.all([...running].map((typed) => typed.stop()));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    folder,
    write,
    async run(command) {
      const { ended, printed } = begin(command);
      const code = await ended;
      if (code !== 0) throw new Error(`${command} ended with ${code}:\n${printed()}`);
      return printed();
    },
    async start(command, ready) {
      const { ended, printed, onPrinted } = begin(command);
      await new Promise<void>((resolve, reject) => {
        onPrinted(() => {
          if (ready.test(printed())) resolve();
        });
        void ended.then((code) => reject(new Error(`${command} ended with ${code}:\n${printed()}`)));
      });
    },
  };
}

interface Typed {
  readonly ended: Promise<number | null>;
  readonly printed: () => string;
  readonly onPrinted: (look: () => void) => void;
  readonly stop: () => Promise<unknown>;
}

function type(command: string, { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }): Typed {
  // A group of its own: what the shell has started ends with it.
  const child = spawn("sh", ["-c", command], { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  const lookers: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      for (const look of lookers) look();
    });
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return {
    ended,
    printed: () => printed,
    onPrinted: (look) => void lookers.push(look),
    stop() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
      return ended;
    },
  };
}
