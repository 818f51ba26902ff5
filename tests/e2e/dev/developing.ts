/** `millrace dev` over a project of a user, as a script sees it: a line of JSON for each thing that happens. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "millrace/client";
import { onTestFinished } from "vitest";
import { createLedger, type Running, until } from "../cli/millrace.ts";
import { linesOf } from "../serve/serving.ts";
import { ask, endOf } from "../worker/project.ts";

const source = join(import.meta.dirname, "../../../packages/millrace");

/** What is told, as far as the tests look at it. */
export interface Told {
  readonly kind: string;
  readonly url?: string;
  readonly pid?: number;
  readonly serverPid?: number;
  readonly worker?: { readonly pid: number };
  readonly process?: string;
  readonly change?: { readonly name: string; readonly what: string; readonly changes: readonly { field: string }[] };
  readonly problem?: { readonly place: string | null; readonly code: string | null; readonly message: string };
  readonly run?: { readonly id: string };
}

export interface Project {
  readonly folder: string;
  write(name: string, text: string): void;
  remove(name: string): void;
}

/** A folder in which `millrace` is installed. */
export function makeProject(files: Readonly<Record<string, string>>): Project {
  const folder = mkdtempSync(join(tmpdir(), "millrace-developing-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write("package.json", JSON.stringify({ name: "project", version: "1.0.0", type: "module" }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(source, join(folder, "node_modules/millrace"));
  for (const [name, text] of Object.entries(files)) write(name, text);
  return { folder, write, remove: (name) => rmSync(join(folder, name)) };
}

export interface Developing {
  readonly running: Running;
  readonly up: Told;
  readonly client: Client;
  /** The next line that has not been asked for, of those that match; lines before it are passed over. */
  next(matches: (told: Told) => boolean): Promise<Told>;
  /** Runs a deployment to its end, and gives what its flow has written meanwhile. */
  run(name: string): Promise<readonly string[]>;
  /** What flows have written. */
  written(): readonly string[];
}

export async function develop(project: Project, words: readonly string[] = []): Promise<Developing> {
  const ledger = createLedger();
  const diary = join(ledger.home, "diary");
  const env = { DIARY: diary, MILLRACE_GRACE_MS: "1s" };
  const running = ledger.start(["dev", "--json", "--port", "0", ...words], { cwd: project.folder, env });
  onTestFinished(async () => {
    running.child.kill("SIGKILL");
    await running.ended;
  });
  let passed = 0;
  const next: Developing["next"] = (matches) =>
    until(() => {
      const { stdout, stderr } = running.printed();
      const lines = stdout.split("\n").slice(0, -1);
      for (const line of lines.slice(passed)) {
        passed++;
        const told = JSON.parse(line) as Told;
        if (matches(told)) return told;
      }
      if (running.child.exitCode !== null) throw new Error(`millrace dev has ended:\n${stdout}\n${stderr}`);
      return false;
    });
  const up = await next(({ kind }) => kind === "up");
  const client = createClient({ url: up.url ?? "" });
  const written = (): readonly string[] => linesOf(diary);
  return {
    running,
    up,
    client,
    next,
    written,
    async run(name) {
      const before = written().length;
      const { state } = await endOf(client, await ask(client, name));
      if (state.type !== "COMPLETED") throw new Error(`${name} is ${state.name}: ${state.message}`);
      return written().slice(before);
    },
  };
}

export function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
