/** A recorded error taken apart: what it says, where it was thrown, and what caused it. */

import type { RecordedError } from "millrace/client";

export interface Frame {
  /** As it stands in the stack, without `at`. */
  readonly text: string;
  /** In the code of whoever wrote the flow. */
  readonly isOwn: boolean;
}

/** Frames of one kind that follow each other. */
export interface FrameGroup {
  readonly isOwn: boolean;
  readonly frames: readonly Frame[];
}

export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  /** What to do, of errors that say it. */
  readonly fix: string | null;
  readonly groups: readonly FrameGroup[];
  /** Own properties as JSON text; null when it has none that are not shown otherwise. */
  readonly properties: string | null;
}

/** Of causes and of errors in an AggregateError; what is deeper is in the copied text. */
const maxCauses = 10;
const maxFrames = 200;

/** The error, then its cause, then the cause of that. */
export function toErrorChain(error: RecordedError): readonly ErrorParts[] {
  const written = readWritten(error.data);
  const first = toParts({ ...error, own: ownOf(written) });
  const chain = [first];
  let next = causeOf(written);
  while (next !== null && chain.length < maxCauses) {
    chain.push(toParts(readNamed(next)));
    next = causeOf(next);
  }
  return chain;
}

interface Named {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  readonly stack: string | null;
  readonly own: Readonly<Record<string, unknown>>;
}

function toParts({ name, message, code, stack, own }: Named): ErrorParts {
  const { fix, code: _, ...rest } = own;
  // Of our own errors these say nothing that is not said already.
  const { status: _status, retryable: _retryable, data: _data, ...others } = rest;
  const properties = typeof fix === "string" ? others : rest;
  return {
    name,
    message,
    code,
    fix: typeof fix === "string" ? fix : null,
    groups: toFrameGroups(stack ?? ""),
    properties: Object.keys(properties).length === 0 ? null : JSON.stringify(properties, null, 2),
  };
}

/** An error as the JSON serializer writes it: `{"!error": {name, message, stack, cause, own}}`. */
type Written = Readonly<Record<string, unknown>>;

function readWritten(data: string | null): Written | null {
  if (data === null) return null;
  try {
    return toWritten(JSON.parse(data));
  } catch {
    // Cut off where it was too long.
    return null;
  }
}

function toWritten(value: unknown): Written | null {
  if (typeof value !== "object" || value === null) return null;
  const written = (value as { readonly "!error"?: unknown })["!error"];
  return typeof written === "object" && written !== null ? (written as Written) : null;
}

function causeOf(written: Written | null): Written | null {
  const cause = written?.cause;
  if (cause === undefined || cause === null) return null;
  // Anything can be a cause.
  return toWritten(cause) ?? { name: "Cause", message: typeof cause === "string" ? cause : JSON.stringify(cause) };
}

function ownOf(written: Written | null): Readonly<Record<string, unknown>> {
  const own = written?.own;
  return typeof own === "object" && own !== null ? (own as Readonly<Record<string, unknown>>) : {};
}

function readNamed(written: Written): Named {
  const own = ownOf(written);
  const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return {
    name: textOf(written.name) ?? "Error",
    message: textOf(written.message) ?? "",
    code: textOf(own.code),
    stack: textOf(written.stack),
    own,
  };
}

/** Frames of Node, of packages and of Millrace itself are somebody else's. */
const foreign = /node_modules[\\/]|\bnode:|\/millrace\/(dist|src)\/|<anonymous>|\(native\)|Promise\.all \(index/;

export function toFrameGroups(stack: string): readonly FrameGroup[] {
  const groups: { readonly isOwn: boolean; readonly frames: Frame[] }[] = [];
  const frames = stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, maxFrames);
  for (const line of frames) {
    const text = line.trim().slice("at ".length);
    const isOwn = !foreign.test(text);
    const last = groups.at(-1);
    if (last?.isOwn === isOwn) last.frames.push({ text, isOwn });
    else groups.push({ isOwn, frames: [{ text, isOwn }] });
  }
  return groups;
}

/** What is pasted into a ticket. */
export function toErrorText(error: RecordedError): string {
  return toErrorChain(error)
    .map(({ name, message, code, fix, groups }, at) =>
      [
        `${at === 0 ? "" : "Caused by: "}${name}${code === null ? "" : ` [${code}]`}: ${message}`,
        ...(fix === null ? [] : [`  fix: ${fix}`]),
        ...groups.flatMap(({ frames }) => frames.map(({ text }) => `    at ${text}`)),
      ].join("\n"),
    )
    .join("\n");
}
