/** What processes asked of their files, in its order: written by record-writes.c, which is compiled here and loaded into them. */

import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "../../../tools/find-program.ts";
import { installPackages } from "../../../tools/install-packages.ts";

export type DiskOperation =
  /** A name was given to a file, which is new or was there. */
  | { readonly kind: "opened"; readonly path: string; readonly inode: number }
  | { readonly kind: "written"; readonly inode: number; readonly offset: number; readonly data: Buffer }
  | { readonly kind: "cut"; readonly inode: number; readonly size: number }
  | { readonly kind: "sync-begun"; readonly inode: number; readonly thread: number }
  /** What was done to the file before the same thread began is on the disk; of a folder, which names are in it. */
  | { readonly kind: "sync-ended"; readonly path: string; readonly inode: number; readonly thread: number }
  /** It failed: the kernel may have dropped what was to be written, and says nothing of it to whoever syncs again. */
  | { readonly kind: "sync-failed"; readonly inode: number; readonly thread: number }
  | { readonly kind: "renamed"; readonly path: string; readonly to: string }
  | { readonly kind: "deleted"; readonly path: string }
  | { readonly kind: "folder-made"; readonly path: string }
  /** Somebody was told that something is recorded. */
  | { readonly kind: "acknowledged"; readonly what: string };

/** Where processes find what they append acknowledgements to. */
export const recordingVariable = "MILLRACE_RECORD_TO";

const headBytes = 33;

/** What a process needs in its environment, so that what it does in the folder is recorded; or why there is none. */
export function prepareRecorder(scratch: string): Recorder | { readonly reason: string } {
  if (process.platform !== "linux") return { reason: "what is asked of a disk is recorded on Linux only" };
  const compiler = findCompiler() ?? (installPackages(["gcc", "libc6-dev"]) ? findCompiler() : undefined);
  if (compiler === undefined) {
    const reason =
      "no C compiler found. Install Debian's package gcc, or as root set MILLRACE_INSTALL=1 to have it installed.";
    return { reason };
  }
  mkdirSync(scratch, { recursive: true });
  const library = join(scratch, "record-writes.so");
  const source = join(import.meta.dirname, "record-writes.c");
  execFileSync(compiler, ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library, source, "-ldl"]);
  return {
    envFor: ({ folder, recording, failures }) => ({
      LD_PRELOAD: library,
      MILLRACE_RECORD_FOLDER: folder,
      [recordingVariable]: recording,
      ...(failures === undefined ? {} : { MILLRACE_FAIL_SYNCS: failures }),
      // What goes to the kernel by its rings is not seen.
      UV_USE_IO_URING: "0",
    }),
  };
}

export interface Recorder {
  envFor(options: {
    readonly folder: string;
    readonly recording: string;
    /** A file with a number, once it is there: every so many syncs one fails. Default: none does. */
    readonly failures?: string;
  }): Readonly<Record<string, string>>;
}

function findCompiler(): string | undefined {
  return findProgram(["cc", "gcc", "clang"]);
}

/** Says in the recording that somebody was told: what is recorded before it must not be lost. */
export function acknowledge(recording: string, what: string): void {
  const text = Buffer.from(what);
  const head = Buffer.alloc(headBytes);
  head.write("A");
  head.writeUInt32LE(text.length, 29);
  appendFileSync(recording, Buffer.concat([head, text]));
}

export function readRecording(path: string): readonly DiskOperation[] {
  const content = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const operations: DiskOperation[] = [];
  for (let at = 0; at < content.length; ) {
    const kind = String.fromCharCode(content.readUInt8(at));
    const thread = content.readUInt32LE(at + 1);
    const inode = Number(content.readBigUInt64LE(at + 5));
    const offset = Number(content.readBigUInt64LE(at + 13));
    const pathAt = at + headBytes;
    const otherAt = pathAt + content.readUInt32LE(at + 21);
    const dataAt = otherAt + content.readUInt32LE(at + 25);
    at = dataAt + content.readUInt32LE(at + 29);
    const own = content.toString("utf8", pathAt, otherAt);
    const data = content.subarray(dataAt, at);
    operations.push(
      toOperation({ kind, thread, inode, offset, path: own, other: content.toString("utf8", otherAt, dataAt), data }),
    );
  }
  return operations;
}

function toOperation(record: {
  readonly kind: string;
  readonly thread: number;
  readonly inode: number;
  readonly offset: number;
  readonly path: string;
  readonly other: string;
  readonly data: Buffer;
}): DiskOperation {
  const { kind, thread, inode, offset, path, other, data } = record;
  switch (kind) {
    case "O":
      return { kind: "opened", path, inode };
    case "W":
      return { kind: "written", inode, offset, data };
    case "T":
      return { kind: "cut", inode, size: offset };
    case "S":
      return { kind: "sync-begun", inode, thread };
    case "E":
      return { kind: "sync-ended", path, inode, thread };
    case "F":
      return { kind: "sync-failed", inode, thread };
    case "R":
      return { kind: "renamed", path, to: other };
    case "U":
      return { kind: "deleted", path };
    case "M":
      return { kind: "folder-made", path };
    case "A":
      return { kind: "acknowledged", what: data.toString() };
    default:
      throw new Error(`the recording has a record of the kind ${JSON.stringify(kind)}`);
  }
}
