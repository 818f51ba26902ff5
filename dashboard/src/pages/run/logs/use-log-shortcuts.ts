import { useMemo, useRef } from "react";
import { useShortcuts } from "../../../app/shortcuts.ts";

export interface LogActions {
  readonly find: () => void;
  readonly hit: (step: 1 | -1) => void;
  readonly error: (step: 1 | -1) => void;
  readonly wrap: () => void;
  readonly follow: () => void;
}

export function useLogShortcuts(actions: LogActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useShortcuts(
    useMemo(
      () => [
        { keys: "f", does: "Find in the log", run: () => latest.current.find() },
        { keys: "n", does: "Go to the next match", run: () => latest.current.hit(1) },
        { keys: "p", does: "Go to the match before", run: () => latest.current.hit(-1) },
        { keys: "e", does: "Go to the next error", run: () => latest.current.error(1) },
        { keys: "w", does: "Wrap long lines", run: () => latest.current.wrap() },
        { keys: "l", does: "Follow the log", run: () => latest.current.follow() },
      ],
      [],
    ),
  );
}
