import { spawn } from "node:child_process";
import type { Clock } from "../../kit/clock.ts";
import { systemClock } from "../../kit/clock.ts";

/** A program may take this long where its step does not say otherwise, in ms. */
const defaultTimeoutMs = 600_000;
/** Between being told to stop and being killed, in ms. */
const stopMs = 5000;
/** How long the rest of the output is waited for; what it has started may hold the pipe for ever. In ms. */
const drainMs = 100;
/** Of what is printed, so much of the end is kept, in characters. */
const maxKeptChars = 2 ** 24;

export interface ProgramOptions {
  /** Its working directory. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Default 600,000. */
  readonly timeoutMs?: number;
  /** Its standard input. Default: none. */
  readonly input?: string;
  /** What it prints, on either of its outputs, as it comes. */
  readonly onOutput?: (text: string) => void;
  readonly clock?: Clock;
}

/** Runs a program without a shell, and gives back what it prints. @throws Error with the last line that it says */
export async function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  const { folder, env, timeoutMs = defaultTimeoutMs, input, onOutput, clock = systemClock } = options;
  const child = spawn(program, args, {
    cwd: folder,
    env,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // A program that does not read its input to the end is judged by how it ends.
  child.stdin?.on("error", () => undefined).end(input);
  const printed = keep(child.stdout, onOutput);
  const said = keep(child.stderr, onOutput);
  let isLate = false;
  const timer = clock.setTimer(timeoutMs, () => {
    isLate = true;
    child.kill("SIGTERM");
    clock.setTimer(stopMs, () => child.kill("SIGKILL"), { background: true });
  });
  try {
    const how = await new Promise<string | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        const closed = new Promise<void>((close) => child.once("close", () => close()));
        const end = (): void => resolve(describeEnd(code, signal));
        void Promise.race([closed, clock.sleep(drainMs)]).then(end);
      });
    });
    if (isLate) throw new Error(`it took longer than ${timeoutMs} ms`);
    if (how !== null) throw new Error(lastLine(said()) ?? lastLine(printed()) ?? how);
    return printed();
  } catch (cause) {
    const isAbsent = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const why = isAbsent ? `\`${program}\` is not installed` : (cause as Error).message;
    throw new Error(`${program} ${args[0] ?? ""}: ${why}`, { cause });
  } finally {
    timer.cancel();
  }
}

/** Null for an end that is as it should be. */
function describeEnd(code: number | null, signal: NodeJS.Signals | null): string | null {
  if (code === 0) return null;
  return signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
}

function keep(stream: NodeJS.ReadableStream | null, onOutput: ProgramOptions["onOutput"]): () => string {
  let text = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk: string) => {
    text = (text + chunk).slice(-maxKeptChars);
    onOutput?.(chunk);
  });
  return () => text;
}

function lastLine(text: string): string | null {
  return text.trim().split("\n").at(-1)?.trim() || null;
}
