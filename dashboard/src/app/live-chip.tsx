import { type LiveState, useLiveState } from "../api/live.ts";

const words: Readonly<Record<LiveState, readonly [word: string, why: string, color: string]>> = {
  connecting: ["Connecting", "The server has not been heard yet.", "var(--waiting)"],
  live: ["Live", "What happens is shown as it happens.", "var(--completed)"],
  polling: [
    "Polling",
    "The stream of events does not get through, so the server is asked every 2 s.",
    "var(--attention)",
  ],
  reconnecting: [
    "Reconnecting",
    "The server does not answer. It is tried again, and nothing is lost.",
    "var(--failed)",
  ],
  paused: ["Paused", "The page was out of sight, and reads nothing meanwhile.", "var(--inert)"],
};

/** Whether the page follows what happens. */
export function LiveChip() {
  const [word, why, color] = words[useLiveState()];
  return (
    <span
      role="status"
      title={why}
      // As wide as its longest word, so that what is beside it stays where it is.
      className="flex items-center justify-end gap-1.5 text-small whitespace-nowrap text-muted sm:min-w-25"
      data-live={word}
    >
      <span className="size-2 rounded-full" style={{ background: color }} aria-hidden />
      {word}
    </span>
  );
}
