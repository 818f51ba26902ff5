/** Lines into a file, read page by page: of a million of them no more than a page is asked for at once. */

import type { LogFilter, StoredLogLine } from "millrace/client";
import { api } from "../../../api/api.ts";
import { toShown } from "./ansi.ts";

export type LogFormat = "text" | "ndjson";

const pageSize = 5000;

export interface Download {
  readonly filter: LogFilter;
  readonly format: LogFormat;
  readonly signal: AbortSignal;
  readonly onProgress: (lines: number) => void;
}

/** Its file, when all is read. Rejects when it is given up. */
export async function readLogFile({ filter, format, signal, onProgress }: Download): Promise<Blob> {
  const parts: string[] = [];
  let afterSeq = 0;
  let count = 0;
  for (;;) {
    const { items } = await api.listLogs({ ...filter, afterSeq }, { limit: pageSize });
    signal.throwIfAborted();
    const last = items.at(-1);
    if (last === undefined) break;
    parts.push(items.map((line) => (format === "text" ? toTextLine(line) : JSON.stringify(line))).join("\n"), "\n");
    afterSeq = last.seq;
    count += items.length;
    onProgress(count);
    if (items.length < pageSize) break;
  }
  return new Blob(parts, { type: format === "text" ? "text/plain" : "application/x-ndjson" });
}

/** `2026-11-26T06:12:04.120Z ERROR millrace.task  message`, without colours. */
export function toTextLine({ at, level, logger, message }: StoredLogLine): string {
  return `${new Date(at).toISOString()} ${level.toUpperCase().padEnd(5)} ${logger}  ${toShown(message).plain}`;
}

export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
