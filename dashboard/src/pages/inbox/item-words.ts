import type { InboxItem } from "millrace/client";

/** What a run asks, in a line. */
export function titleOf({ title, key, schema }: Pick<InboxItem, "title" | "key" | "schema">): string {
  if (title !== null && title !== "") return title;
  if (key === null) return "Paused by somebody";
  return schema === null ? `Waits at ${key}` : `Asks for ${key}`;
}

const timeoutWords = { fail: "fails", "go-on": "goes on", answer: "default" } as const;

/** The same in a word, for a table. */
export const timeoutWord = ({ onTimeout }: Pick<InboxItem, "onTimeout">): string => timeoutWords[onTimeout.kind];

/** What happens when nobody answers in time. */
export function timeoutText({ onTimeout }: Pick<InboxItem, "onTimeout">): string {
  switch (onTimeout.kind) {
    case "fail":
      return "then it fails";
    case "go-on":
      return "then it goes on";
    case "answer": {
      const answer = JSON.stringify(onTimeout.answer);
      return `then it is answered ${answer.length > 200 ? `${answer.slice(0, 200)}…` : answer}`;
    }
  }
}
