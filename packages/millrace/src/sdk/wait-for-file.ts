import { type Duration, toMs } from "../kit/duration.ts";
import { currentClock } from "./recorded-step.ts";
import { type Found, type WaitOptions, waitUntilFound } from "./waiting.ts";

export interface WaitForFileOptions extends WaitOptions {
  /** Waits until size and time have not changed for this long, for files that are still being written. Default 0. */
  readonly stableFor?: Duration;
}

export interface FoundFile {
  /** As it was given; a file URL as its path. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

/** What is not there yet. */
const absent = new Set(["ENOENT", "ENOTDIR"]);

/**
 * Waits until a file or a folder is there. The wait is a step of the run: once it is over, a resumed run is given the same
 * answer, whatever has become of the file.
 *
 * @example const { sizeBytes } = await waitForFile("/inbox/orders.csv", { stableFor: "5s", timeout: "1h" });
 * @throws TIMED_OUT; an error of the file system other than that it is not there
 */
export async function waitForFile(
  file: string | URL,
  { stableFor = 0, ...options }: WaitForFileOptions = {},
): Promise<FoundFile> {
  const stableMs = toMs(stableFor);
  const path = await toPath(file);
  let before: { readonly file: FoundFile; readonly since: number } | null = null;
  return waitUntilFound<FoundFile>({
    name: "wait-for-file",
    subject: path,
    options,
    async look(): Promise<Found<FoundFile>> {
      const file = await readFile(path);
      if (file === null) {
        before = null;
        return { isFound: false };
      }
      const now = currentClock().now();
      if (before === null || !isSame(before.file, file)) before = { file, since: now };
      const leftMs = before.since + stableMs - now;
      return leftMs <= 0 ? { isFound: true, value: file } : { isFound: false, againInMs: leftMs };
    },
  });
}

async function toPath(file: string | URL): Promise<string> {
  return typeof file === "string" ? file : (await import("node:url")).fileURLToPath(file);
}

async function readFile(path: string): Promise<FoundFile | null> {
  const { stat } = await import("node:fs/promises");
  try {
    const { size, mtime } = await stat(path);
    return { path, sizeBytes: size, modifiedAt: mtime };
  } catch (error) {
    if (error instanceof Error && "code" in error && absent.has(String(error.code))) return null;
    throw error;
  }
}

function isSame(one: FoundFile, other: FoundFile): boolean {
  return one.sizeBytes === other.sizeBytes && one.modifiedAt.getTime() === other.modifiedAt.getTime();
}
