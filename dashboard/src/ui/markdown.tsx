/** Markdown from anybody: never HTML of theirs, and nothing is fetched from elsewhere. */

import { late } from "./late.tsx";
import { Code } from "./panel.tsx";
import { Sketch } from "./states-of-loading.tsx";

const Body = late(async () => (await import("./markdown-body.tsx")).MarkdownBody, <Sketch rows={3} />);

/** Longer texts are shown as they are, in characters. */
const maxLength = 200_000;

export function Markdown({ text, label }: { readonly text: string; readonly label: string }) {
  if (text.length > maxLength) return <Code text={text} label={label} />;
  return <Body text={text} />;
}
