/** Runs a program of its own, as a user would, and takes what it says of itself. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface ProgramOptions {
  /** Default: the Node that runs the benchmarks. */
  readonly command?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: 5 minutes. */
  readonly limitMs?: number;
  /** Told of each line of its output, as it comes. */
  readonly onLine?: (line: string) => unknown;
  /** Set where the program kills itself, which is then no failure. */
  readonly endsBySignal?: NodeJS.Signals;
}

export interface ProgramEnd {
  /** The last line of its output. */
  readonly lastLine: string;
  /** From the start of the process to its end. */
  readonly wallMs: number;
}

export async function runProgram(options: ProgramOptions): Promise<ProgramEnd> {
  const { command = process.execPath, args, env = {}, limitMs = 300_000, endsBySignal, onLine } = options;
  const startedAt = performance.now();
  const child = spawn(command, args, {
    env: { ...neutralEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
  if (onLine !== undefined) createInterface(child.stdout).on("line", onLine);
  const [output, errors] = [collect(child.stdout), collect(child.stderr)];
  await once(child, "exit");
  const wallMs = performance.now() - startedAt;
  const isAsExpected = endsBySignal === undefined ? child.exitCode === 0 : child.signalCode === endsBySignal;
  if (!isAsExpected) {
    const how = child.signalCode === null ? `exit code ${child.exitCode}` : `signal ${child.signalCode}`;
    const late = wallMs >= limitMs ? `, after its limit of ${limitMs} ms` : "";
    throw new Error(`${command} ${args.join(" ")} ended with ${how}${late}\n${await output}${await errors}`);
  }
  return { wallMs, lastLine: (await output).trimEnd().split("\n").at(-1) ?? "" };
}

/** Ours, without what the person has set of Millrace or a peer. */
function neutralEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MILLRACE|PREFECT|DBOS)_/.test(name)));
}

/** What the program's last line says, as JSON. */
export async function measureProgram<Sample>(options: ProgramOptions): Promise<Sample> {
  const { lastLine } = await runProgram(options);
  return JSON.parse(lastLine) as Sample;
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}
