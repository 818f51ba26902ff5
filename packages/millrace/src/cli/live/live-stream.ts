/** Where the live view is written to: process.stderr, or anything that takes text. */
export interface LiveStream {
  write(text: string): unknown;
  /** Size of the terminal, in characters; read before each drawing, as it may change. */
  readonly columns?: number;
  readonly rows?: number;
  readonly isTTY?: boolean;
}

const defaultSize = { columns: 80, rows: 24 } as const;

/** In characters. Some terminals do not tell, or say 0. */
export function terminalSize({ columns = 0, rows = 0 }: LiveStream): {
  readonly columns: number;
  readonly rows: number;
} {
  return { columns: columns > 0 ? columns : defaultSize.columns, rows: rows > 0 ? rows : defaultSize.rows };
}

/** A reader of this process's output that goes away (`| head`) ends the view, not the run. */
export function surviveClosedPipe(stream: LiveStream): void {
  const own = [process.stderr, process.stdout].find((each) => each === stream);
  own?.on("error", () => undefined);
}

/** True for the stderr or stdout of this process when it is a terminal. */
export function isOwnTerminal(stream: LiveStream): boolean {
  return (stream === process.stderr || stream === process.stdout) && stream.isTTY === true;
}
