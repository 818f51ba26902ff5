import type { LogFilter } from "millrace/client";
import { useRef, useState } from "react";
import { say, sayError } from "../../../ui/toast.ts";
import { type LogFormat, readLogFile, saveFile } from "./download.ts";

export interface DownloadRequest {
  readonly filter: LogFilter;
  readonly format: LogFormat;
  /** Of the file, without its ending. */
  readonly name: string;
}

/** One download at a time. `lines` is how many have been read; null when nothing is downloaded. */
export function useDownload(): {
  readonly lines: number | null;
  readonly start: (request: DownloadRequest) => void;
  readonly stop: () => void;
} {
  const [lines, setLines] = useState<number | null>(null);
  const abort = useRef<AbortController | null>(null);
  const run = async ({ filter, format, name }: DownloadRequest): Promise<void> => {
    abort.current?.abort();
    const controller = new AbortController();
    abort.current = controller;
    setLines(0);
    try {
      const file = await readLogFile({ filter, format, signal: controller.signal, onProgress: setLines });
      saveFile(file, `${name}.${format === "text" ? "log" : "ndjson"}`);
    } catch (error) {
      if (controller.signal.aborted) say("The download was stopped");
      else sayError(error);
    } finally {
      if (abort.current === controller) setLines(null);
    }
  };
  return { lines, start: (request) => void run(request), stop: () => abort.current?.abort() };
}
