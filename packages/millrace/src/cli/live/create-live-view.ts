/** What a person sees of the runs in this process: a tree in a terminal, else plain lines. Given to the engine as its observer. */

import type { RunObserver } from "../../contract/observer.ts";
import type { Clock } from "../../kit/clock.ts";
import { type LiveStream, surviveClosedPipe } from "./live-stream.ts";
import { createLook } from "../output/look.ts";
import type { SummaryOptions } from "./summary.ts";

export interface LiveViewOptions extends Pick<SummaryOptions, "pageOf"> {
  /** Usually process.stderr. While a tree is drawn there, what the program writes itself is printed above the tree. */
  readonly stream: LiveStream;
  /** `tree` needs a terminal that moves its cursor; `lines` goes anywhere. */
  readonly mode: "tree" | "lines";
  readonly color: boolean;
  /** Signs beyond ASCII. Default: what the platform's terminals can draw. */
  readonly unicode?: boolean;
  readonly clock: Clock;
}

/** Its methods are quick and never throw. `stop` draws for the last time, and gives the terminal back. */
export async function createLiveView(options: LiveViewOptions): Promise<RunObserver & { stop(): void }> {
  const { stream, clock, pageOf = null } = options;
  const look = createLook(options);
  surviveClosedPipe(stream);
  switch (options.mode) {
    case "tree": {
      const { createTreeView } = await import("./tree-view.ts");
      return createTreeView({ ...look, stream, clock, pageOf });
    }
    case "lines": {
      const { createLinesView } = await import("./lines-view.ts");
      return { ...createLinesView({ ...look, stream, clock, pageOf }), stop: () => undefined };
    }
  }
}
