/** What is read out, politely: at most once in a while, and then the last of it. */

import { useEffect, useRef, useState } from "react";

const leastMs = 700;

export function useAnnouncement(): { readonly announcement: string; readonly announce: (text: string) => void } {
  const [announcement, setAnnouncement] = useState("");
  const next = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const announce = (text: string): void => {
    const isResting = next.current !== null;
    next.current = text;
    if (isResting) return;
    timer.current = setTimeout(() => {
      setAnnouncement(next.current ?? "");
      next.current = null;
    }, leastMs);
  };
  return { announcement, announce };
}

/** While a log is followed, in ms. */
const followMs = 5000;

/** Tells of lines that came, every few seconds. */
export function useNewLineAnnouncement(props: {
  readonly count: number;
  readonly isFollowing: boolean;
  readonly lastText: () => string;
  readonly announce: (text: string) => void;
}): void {
  const latest = useRef(props);
  latest.current = props;
  const { isFollowing } = props;
  useEffect(() => {
    if (!isFollowing) return;
    let told = latest.current.count;
    const timer = setInterval(() => {
      const { count, lastText, announce } = latest.current;
      if (count > told) announce(`${count - told} new lines. The last: ${lastText()}`);
      told = count;
    }, followMs);
    return () => clearInterval(timer);
  }, [isFollowing]);
}
